#include "work.hpp"

#include <shoal/kmeans/kmeans.hpp>
#include <shoal/model/saved_model.hpp>

namespace {

using shoal::Index;

struct Asked {
  Index clusters, iterations, restarts;
  std::uint64_t seed;
  double tolerance;
  std::string seeding;
};

shoal::Seeding seeding_of(const std::string& name) {
  if (name == "k-means++") return shoal::Seeding::plus_plus;
  if (name == "random") return shoal::Seeding::random;
  shoal::check(name == "afk-mc2", shoal::Errc::invalid_argument, "init (", name,
               ") must be 'k-means++', 'afk-mc2', 'random' or an array");
  return shoal::Seeding::afk_mc2;
}

template <class Geometry>
nb::dict fit(const Asked& asked, const shoal::Rows& rows, std::span<const float> weights,
             shoal::MatrixView<const float> start, int threads, nb::object progress) {
  PythonHook python(std::move(progress));
  shoal::KMeansResult result = unlocked(python, [&](const shoal::Hook& hook) {
    return shoal::fit(shoal::KMeans<Geometry>{.clusters = asked.clusters,
                                              .iterations = asked.iterations,
                                              .seed = asked.seed,
                                              .seeding = seeding_of(asked.seeding),
                                              .restarts = asked.restarts,
                                              .tolerance = asked.tolerance,
                                              .weights = weights,
                                              .start = start},
                      rows, cpu_of(threads), hook);
  });
  static constexpr const char* reasons[] = {"iterations", "no change", "tolerance", "stopped"};
  const double temperature = shoal::model_of<Geometry>(result).temperature;
  nb::dict out;
  out["inertia"] = result.objective;
  out["iterations"] = result.history.size();
  out["stopped"] = python.interrupted() ? "interrupted" : reasons[static_cast<int>(result.stopped)];
  out["temperature"] = temperature;
  out["labels"] = array_of(std::move(result.labels));
  out["centroids"] = array_of(std::move(result.centroids));
  return out;
}

nb::dict predict(const Array2& x, const std::string& dtype,
                 const nb::ndarray<const float, nb::ndim<2>, nb::c_contig>& centroids, bool cosine,
                 double temperature, int threads) {
  const shoal::Rows rows = rows_of(x, dtype);
  shoal::KMeansModel model{
      shoal::Matrix<float>(static_cast<Index>(centroids.shape(0)), static_cast<Index>(centroids.shape(1))),
      cosine,
      temperature,
      {}};
  std::copy_n(centroids.data(), centroids.size(), model.centroids.data());
  PythonHook python{nb::none()};
  shoal::Prediction prediction =
      unlocked(python, [&](const shoal::Hook&) { return shoal::predict(model, rows, cpu_of(threads), 1); });
  nb::dict out;
  out["labels"] = array_of(std::move(prediction.labels));
  out["confidence"] = array_of(std::move(prediction.confidence));
  return out;
}

}  // namespace

void add_kmeans(nb::module_& m) {
  m.def(
      "kmeans_fit",
      [](const Array2& x, const std::string& dtype, Index clusters, bool cosine, Index iterations,
         const std::string& seeding, std::uint64_t seed, Index restarts, double tolerance,
         const std::optional<Floats>& weights,
         const std::optional<nb::ndarray<const float, nb::ndim<2>, nb::c_contig>>& start, int threads,
         nb::object progress) {
        const Asked asked{clusters, iterations, restarts, seed, tolerance, seeding};
        const shoal::Rows rows = rows_of(x, dtype);
        const std::span<const float> weigh = weights ? span_of(*weights) : std::span<const float>();
        shoal::MatrixView<const float> first;
        if (start)
          first = {start->data(), static_cast<Index>(start->shape(0)), static_cast<Index>(start->shape(1))};
        return cosine ? fit<shoal::Cosine>(asked, rows, weigh, first, threads, std::move(progress))
                      : fit<shoal::Euclidean>(asked, rows, weigh, first, threads, std::move(progress));
      },
      nb::arg("x"), nb::arg("dtype"), nb::kw_only(), nb::arg("clusters"), nb::arg("cosine"),
      nb::arg("iterations"), nb::arg("seeding"), nb::arg("seed"), nb::arg("restarts"), nb::arg("tolerance"),
      nb::arg("weights").none(), nb::arg("start").none(), nb::arg("threads"), nb::arg("progress").none());
  m.def("kmeans_predict", predict, nb::arg("x"), nb::arg("dtype"), nb::kw_only(), nb::arg("centroids"),
        nb::arg("cosine"), nb::arg("temperature"), nb::arg("threads"));
  m.def(
      "kmeans_save",
      [](const std::string& path, const nb::ndarray<const float, nb::ndim<2>, nb::c_contig>& centroids,
         bool cosine, double temperature) {
        shoal::KMeansModel model{shoal::Matrix<float>(static_cast<Index>(centroids.shape(0)),
                                                      static_cast<Index>(centroids.shape(1))),
                                 cosine,
                                 temperature,
                                 {}};
        std::copy_n(centroids.data(), centroids.size(), model.centroids.data());
        shoal::save_model(path, {std::move(model), "k-means", "by shoal for Python"});
      },
      nb::arg("path"), nb::kw_only(), nb::arg("centroids"), nb::arg("cosine"), nb::arg("temperature"));
}
