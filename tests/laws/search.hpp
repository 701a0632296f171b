// The laws of a search for neighbours.
#pragma once

#include <neighbors/support.hpp>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/neighbors/exact.hpp>

namespace shoal::laws {

/// `make(threads, memory)` gives a backend. Its neighbours are those of a search in double precision, in
/// order and without the row itself; the same bits for any number of threads and any budget.
template <class Make> void obeys_search(Make&& make, shoal::Index n = 1300, shoal::Index d = 37) {
  using namespace shoal;
  using namespace neighbors_test;
  const Matrix<float> x = random_rows(n, d), queries = random_rows(n / 3, d, 9);
  for (const Similarity kind : {Similarity::cosine, Similarity::inner_product, Similarity::euclidean}) {
    const NeighborSettings settings{.count = 9, .similarity = kind, .keep_similarities = true};
    const Neighbors own = exact_neighbors(Rows(x), settings, make(1, 0)),
                    other = exact_neighbors(Rows(queries), Rows(x), settings, make(1, 0));
    const auto right = [&](const Neighbors& found, const Matrix<float>& asking, bool self) {
      REQUIRE(found.ids.rows() == asking.rows());
      REQUIRE(found.ids.cols() == 9);
      for (Index i = 0; i < asking.rows(); ++i) {
        const auto s = similarities(asking, i, x, kind);
        REQUIRE(right_neighbors(found.ids.view().span(i), s, self ? i : -1, 1e-12));
        for (Index k = 0; k < 9; ++k) {
          const double value = s[static_cast<std::size_t>(found.ids(i, k))];
          REQUIRE(found.similarities(i, k) ==
                  doctest::Approx(kind == Similarity::euclidean ? -value : value).epsilon(1e-6));
        }
      }
    };
    right(own, x, true);
    right(other, queries, false);
    const auto same = [](const Neighbors& a, const Neighbors& b) {
      CHECK(same_bits(a.ids, b.ids));
      CHECK(same_bits(a.similarities, b.similarities));
    };
    for (const int threads : {2, 7}) {
      const std::size_t own_bytes = plan(settings, {n, d}, make(threads, 0)).total(),
                        other_bytes = plan(settings, {n, d, queries.rows()}, make(threads, 0)).total();
      same(own, exact_neighbors(Rows(x), settings, make(threads, 0)));
      same(own, exact_neighbors(Rows(x), settings, make(threads, own_bytes - 1)));
      same(other, exact_neighbors(Rows(queries), Rows(x), settings, make(threads, other_bytes - 1)));
    }
  }
}

/// Equal rows are ordered by id.
template <class B> void orders_ties_by_id(const B& backend) {
  using namespace shoal;
  const Matrix<float> equal(300, 8, 2.f);
  const Neighbors same = exact_neighbors(Rows(equal), {.count = 299}, backend);
  for (const Index i : {0, 7, 299})
    for (Index k = 0; k < 299; ++k) CHECK(same.ids(i, k) == (k < i ? k : k + 1));
}

}  // namespace shoal::laws
