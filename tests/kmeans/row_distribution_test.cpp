#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/kmeans/row_distribution.hpp>

using namespace shoal;

TEST_CASE("a draw is the row at that place of the cumulated masses; rows without mass are never drawn") {
  const Index n = 2500;
  const Shard shard({}, n, 1);
  const auto weight = [](Index i) {
    return i % 5 == 0 ? (i % 2 == 0 ? 0.0 : -0.0) : 1.0 + static_cast<double>(i % 3);
  };
  double total = 0;
  for (Index i = 0; i < n; ++i) total += weight(i);
  for (const double scale : {1.0, 0x1p-140, 0x1p200, 0x1p-1070}) {
    const auto mass = [&](Index i) { return scale * weight(i); };
    RowDistribution rows(shard);
    const Cpu cpu(CpuSettings{.threads = 2});
    CHECK(rows.fill(cpu, mass) == scale * total);
    std::vector<double> places{0, 1 - 0x1p-53};
    std::vector<Index> expected{1, n - 1};
    double before = 0;
    for (Index i = 0; i < n; ++i) {
      if (weight(i) > 0) {
        places.push_back((before + weight(i) / 2) / total);
        expected.push_back(i);
      }
      before += weight(i);
    }
    CHECK(rows.draw(places, mass, cpu) == expected);
  }
}

TEST_CASE("one mass far above all others leaves the others their share") {
  const Index n = 3000;
  const Shard shard({}, n, 1);
  const auto mass = [](Index i) { return i == 1234 ? 0x1p40 : 1.0; };
  RowDistribution rows(shard);
  CHECK(rows.fill(Cpu{}, mass) == 0x1p40 + n - 1);
  const std::vector<double> places{0.5, 2.5 * 0x1p-40, 1 - 0x1p-41};
  CHECK(rows.draw(places, mass, Cpu{}) == std::vector<Index>{1234, 2, n - 1});
  const auto none = [](Index) { return 0.0; };
  CHECK(rows.fill(Cpu{}, none) == 0);
}
