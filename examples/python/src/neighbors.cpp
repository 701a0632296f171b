#include "work.hpp"

#include <shoal/neighbors/exact.hpp>

namespace {

shoal::Similarity similarity_of(const std::string& name) {
  if (name == "cosine") return shoal::Similarity::cosine;
  if (name == "inner_product") return shoal::Similarity::inner_product;
  shoal::check(name == "euclidean", shoal::Errc::invalid_argument, "similarity (", name,
               ") must be 'cosine', 'inner_product' or 'euclidean'");
  return shoal::Similarity::euclidean;
}

}  // namespace

void add_neighbors(nb::module_& m) {
  m.def(
      "exact_neighbors",
      [](const Array2& x, const std::string& dtype, shoal::Index count, const std::string& similarity,
         int threads, nb::object progress) {
        const shoal::Rows rows = rows_of(x, dtype);
        const shoal::NeighborSettings settings{
            .count = count, .similarity = similarity_of(similarity), .keep_similarities = true};
        PythonHook python(std::move(progress));
        shoal::Neighbors found = unlocked(python, [&](const shoal::Hook& hook) {
          return shoal::exact_neighbors(rows, settings, cpu_of(threads), hook);
        });
        return nb::make_tuple(array_of(std::move(found.ids)), array_of(std::move(found.similarities)));
      },
      nb::arg("x"), nb::arg("dtype"), nb::kw_only(), nb::arg("count"), nb::arg("similarity"),
      nb::arg("threads"), nb::arg("progress").none());
}
