// How do I cluster data that my program already holds: an Eigen matrix, a vector, 16-bit floats?
#include <cstdio>
#include <vector>

#include <shoal/eigen.hpp>  // includes <Eigen/Core>
#include <shoal/shoal.hpp>

int main() try {
  using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  RowMajor points = RowMajor::Random(600, 2) * 0.2f;  // four clouds of points around the corners of a square
  for (Eigen::Index i = 0; i < points.rows(); ++i)
    points.row(i) += Eigen::RowVector2f(static_cast<float>(i % 2), static_cast<float>(i / 2 % 2));

  const shoal::Cpu cpu(shoal::CpuSettings{.threads = 1});
  const shoal::KMeans<shoal::Euclidean> settings{.clusters = 4, .restarts = 5};
  const auto from_eigen = shoal::fit(settings, shoal::rows_of(points), cpu);  // no copy is made

  const std::vector<float> values(points.data(), points.data() + points.size());
  const auto from_vector = shoal::fit(settings, shoal::rows_of(std::span(values), 2), cpu);

  const Eigen::Matrix<Eigen::half, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> half =
      points.cast<Eigen::half>();
  const auto from_half = shoal::fit(settings, shoal::rows_of(half), cpu);

  for (shoal::Index c = 0; c < 4; ++c)
    std::printf("centre %lld: (%.2f, %.2f)\n", static_cast<long long>(c),
                static_cast<double>(from_eigen.centroids(c, 0)),
                static_cast<double>(from_eigen.centroids(c, 1)));
  const double agreement = shoal::evaluate(from_half.labels, from_eigen.labels, cpu).ari;
  std::printf("the same labels from a vector: %s; agreement (ARI) with 16-bit floats: %.3f\n",
              from_vector.labels == from_eigen.labels ? "yes" : "no", agreement);
  return from_vector.labels == from_eigen.labels && agreement > 0.9 ? 0 : 1;
} catch (const shoal::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
