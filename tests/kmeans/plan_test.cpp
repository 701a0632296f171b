#include "kmeans/support.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/eigen_cpu.hpp>
#include <shoal/kmeans/kmeans.hpp>

using namespace shoal;
using kmeans_test::blobs;

TEST_CASE("the plan says what bounds take, under a budget too") {
  const auto planned = [](Bounds bounds, std::size_t memory) {
    return plan(KMeans<>{.clusters = 1000, .bounds = bounds}, {82'115, 384},
                Cpu(CpuSettings{.threads = 1, .memory = memory}));
  };
  CHECK(planned(Bounds::pair, 0)["bounds"] > 82'115u * 1024);
  CHECK(planned(Bounds::off, 0)["bounds"] == 0);
  CHECK(planned(Bounds::automatic, 100 << 20)["bounds"] == planned(Bounds::group, 0)["bounds"]);
  CHECK(planned(Bounds::pair, 0).total() > planned(Bounds::group, 0).total());
}

TEST_CASE("the generic path keeps to the memory budget and says what needs how much") {
  const auto rows = blobs(2000, 8, 12, 0.4f, 63);
  const KMeans<Euclidean> settings{.clusters = 30};
  const MemoryPlan parts = plan(settings, {2000, 8}, EigenCpu(2));
  CHECK(parts["scratch"] > 0);
  CHECK(parts["rows"] > 0);
  CHECK_NOTHROW(fit(settings, Rows(rows), EigenCpu(2, parts.total())));
  CHECK_THROWS_AS(fit(settings, Rows(rows), EigenCpu(2, parts.total() - 1)), error);
}
