#include <doctest/doctest.h>

#include <shoal/kmeans/bounds/assigner_on_cpu.hpp>

using namespace shoal;

TEST_CASE("automatic bounds: half the budget, or 2 GiB where there is none") {
  const auto chosen = [](Index n, Index clusters, std::size_t memory) {
    return choose_bounds({{n, 384}, clusters, Bounds::automatic}, memory);
  };
  const Bounds least = fastest_cost < 1 ? Bounds::none : Bounds::off;
  CHECK(chosen(82'115, 4096, 0) == Bounds::pair);      // 320 MiB
  CHECK(chosen(1'000'000, 1000, 0) == Bounds::pair);   // 1.3 GiB
  CHECK(chosen(8'000'000, 1000, 0) == Bounds::group);  // pairs 10 GiB
  CHECK(chosen(13'000'000, 21'841, 0) == least);       // even groups 33 GiB
  CHECK(chosen(82'115, 1000, 240 << 20) == Bounds::pair);
  CHECK(chosen(82'115, 1000, 100 << 20) == Bounds::group);
  CHECK(chosen(82'115, 1000, 10 << 20) == least);
  CHECK(chosen(82'115, 32, 0) == Bounds::off);  // too few to pay
}
