// Plans of shapes without data: each product of two sizes that a fit or a search computes, beyond 2^31 and
// 2^63.
#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/backend/eigen_cpu.hpp>
#include <shoal/heads/fit.hpp>
#include <shoal/kmeans/kmeans.hpp>
#include <shoal/neighbors/exact.hpp>

using namespace shoal;

namespace {
constexpr auto two_to(int power) { return std::size_t{1} << power; }
}  // namespace

TEST_CASE("n and C · d beyond 2^31 in the plan of k-means") {
  const auto total = [](Index n, Index d, Index clusters) {
    return plan(KMeans<>{.clusters = clusters, .bounds = Bounds::none}, {n, d}, Cpu({.threads = 1})).total();
  };
  CHECK(total(Index{1} << 33, 64, 10) >= two_to(35));              // labels of n rows, 4 bytes each
  CHECK(total(1 << 20, 1 << 14, 1 << 19) >= two_to(14 + 19 + 2));  // centroids
  CHECK(total(1 << 20, 1 << 14, 1 << 19) < two_to(14 + 19 + 6));
}

TEST_CASE("H · C and H · parameters beyond 2^31 in the plan of heads") {
  TEMI settings{.clusters = 1 << 21};
  settings.heads = 64;
  const std::size_t one = plan(TEMI{.clusters = 1 << 21, .heads = 1}, 1024, EigenCpu(1)).total();
  const std::size_t all = plan(settings, 1024, EigenCpu(1)).total();
  CHECK(all > two_to(6 + 21 + 2));
  CHECK(all > one);
  CHECK(all / 64 <= one);
}

TEST_CASE("n · m beyond 2^31 in the plan of neighbours") {
  const Index n = (Index{1} << 31) - 65;
  const MemoryPlan whole = plan(NeighborSettings{.count = 100}, {n, 16}, Cpu({.threads = 1}));
  CHECK(whole["neighbours"] >= static_cast<std::size_t>(n) * 100 * sizeof(Label));
  CHECK(whole["neighbours"] <= static_cast<std::size_t>(n) * 100 * (sizeof(Label) + sizeof(float)));
  CHECK(whole.total() < two_to(44));
}

TEST_CASE("products beyond 2^63 bytes are refused by name") {
  const Cpu cpu({.threads = 1});
  constexpr Index huge = Index{1} << 40;
  const auto kmeans = [&](Index n, Index d, Index clusters) {
    return [=, &cpu] { (void)plan(KMeans<>{.clusters = clusters}, {n, d}, cpu); };
  };
  test::refused(Errc::too_large, "n × d", kmeans(huge, huge, 10));
  test::refused(Errc::too_large, "n × C", kmeans(huge, 10, huge));
  test::refused(Errc::too_large, "C × d", kmeans(10, huge, huge));
  const auto neighbors = [&](Index n, Index d, Index m) {
    return [=, &cpu] { (void)plan(NeighborSettings{.count = m}, {n, d}, cpu); };
  };
  test::refused(Errc::too_large, "n × d", neighbors(1 << 30, huge, 10));
  test::refused(Errc::too_large, "n × m", neighbors(1 << 30, 10, huge));
  TEMI settings{.clusters = huge, .heads = 1 << 20};
  test::refused(Errc::too_large, "heads × clusters", [&] { (void)plan(settings, 1024, EigenCpu(1)); });
}
