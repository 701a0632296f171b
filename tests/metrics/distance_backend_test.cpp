#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/metrics/separability.hpp>
#include <shoal/metrics/silhouette.hpp>

using namespace shoal;

namespace {

/// A backend that says of all distances that they are 1 to the own cluster and 4 to the next.
struct Says {
  [[nodiscard]] int threads() const { return 1; }
  [[nodiscard]] std::size_t memory() const { return 0; }
  template <class F> void each_task(Index tasks, F&& f) const {
    for (Index i = 0; i < tasks; ++i) f(i, 0);
  }
};

}  // namespace

template <> struct shoal::DistancesOn<Says> {
  static bool means(const MeanDistanceJob& job, const Says&, const Hook&) {
    std::ranges::fill(job.own, 1.);
    std::ranges::fill(job.other, 4.);
    return true;
  }
  static bool to_centroids(const CentroidDistanceJob& job, const Says&) {
    std::ranges::fill(job.own, 1.);
    std::ranges::fill(job.other, 4.f);
    return true;
  }
  static bool to_neighbors(const NeighborDistanceJob&, const Says&) { return false; }
};

TEST_CASE("scores use the distances of a backend that has its own, and the host's otherwise") {
  Matrix<float> rows(6, 2, 0.f);
  for (Index i = 0; i < 6; ++i) rows(i, 0) = static_cast<float>(i);
  const std::vector<Label> labels{0, 0, 0, 1, 1, 1};
  CHECK(silhouette(Rows(rows), labels, {}, Says{}).mean == 0.75);
  CHECK(separability(Rows(rows), labels, {}, Says{}).simplified_silhouette == 0.75);
  const Cpu cpu({.threads = 1});
  const DistanceBackend host(cpu);
  CHECK(host.threads() == 1);
  CHECK(silhouette(Rows(rows), labels, {}, host).mean == doctest::Approx((0.625 + 2. / 3 + 0.25) / 3));
}
