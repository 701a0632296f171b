#include "kmeans/support.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/kmeans/bounds/centroid_drift.hpp>

using namespace shoal;
using kmeans_test::blobs;

TEST_CASE("the drift since an epoch is at least what every member of a group has moved, and not much more") {
  const Index clusters = 21, group = 4;
  CentroidDrift drift(clusters, group, 64);
  const ByteScale scale(20.f);
  const Cpu cpu(CpuSettings{.threads = 2});
  std::vector<Matrix<float>> places{blobs(clusters, 9, clusters, 0.f, 71)};
  drift.start_epoch({}, scale);
  for (std::uint64_t t = 1; t <= 5; ++t) {
    const auto noise = blobs(clusters, 9, clusters, 0.f, 71 + t);
    places.push_back(places.back());
    for (Index i = 0; i < noise.size(); ++i) places.back().data()[i] += 0.1f * noise.data()[i];
    drift.advance(places[t - 1], places[t], cpu);
    drift.start_epoch({0, 1, 2, 3, 4}, scale);
  }
  CHECK(drift.latest() == 5);
  for (Index e = 0; e <= 4; ++e) {
    const Epoch& epoch = drift.epoch(e);
    for (Index g = 0; g < block_count(clusters, group); ++g) {
      double farthest = 0, longest = 0;  // of any member: straight, and the longest step by step
      for (std::size_t t = static_cast<std::size_t>(e); t < 5; ++t) {
        double step = 0;
        for (Index c = g * group; c < std::min(clusters, (g + 1) * group); ++c) {
          step = std::max(step, std::sqrt(squared_distance(places[t].row(c), places[t + 1].row(c), 9)));
          farthest = std::max(farthest, std::sqrt(squared_distance(places[static_cast<std::size_t>(e)].row(c),
                                                                   places[t + 1].row(c), 9)));
        }
        longest += step;
      }
      const auto at = static_cast<std::size_t>(g);
      CHECK(double{epoch.since[at]} >= farthest);
      CHECK(double{epoch.since[at]} <= longest * (1 + 1e-4));
      CHECK(epoch.steps[at] * double{scale.step} >= double{epoch.since[at]});
    }
    for (std::size_t beyond = 6; beyond < 64; ++beyond) CHECK(epoch.since[beyond] == 0);
  }
}
