#include <cstdint>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/random.hpp>
#include <shoal/metrics/label_view.hpp>

using namespace shoal;

namespace {

const auto all = [](Index) { return true; };

}  // namespace

TEST_CASE("a view shows 32 and 64 bits alike") {
  const std::vector<std::int32_t> narrow{3, -1, 7};
  const std::vector<std::int64_t> wide{3, -1, 7};
  for (const LabelView view : {LabelView(narrow), LabelView(wide)}) {
    REQUIRE(view.size() == 3);
    CHECK((view[0] == 3 && view[1] == -1 && view[2] == 7));
    CHECK(view.visit([](const auto* ids) { return static_cast<Index>(ids[2]); }) == 7);
  }
}

TEST_CASE("ids are numbered in ascending order, near together or far apart, on any number of threads") {
  const Index far = Index{1} << 40;
  for (const Index step : {Index{1}, far}) {
    std::vector<std::int64_t> labels;
    for (Index i = 0; i < 3000; ++i)
      labels.push_back((Philox(3, 1).below(40, static_cast<std::uint64_t>(i)) - 20) * step);
    for (const int threads : {1, 2, 7}) {
      const LabelIndex index(labels, all, Cpu({.threads = threads}));
      REQUIRE(index.size() == 40);
      for (Label c = 0; c < 40; ++c) {
        CHECK(index.ids()[static_cast<std::size_t>(c)] == (c - 20) * step);
        CHECK(index[(c - 20) * step] == c);
      }
    }
  }
}

TEST_CASE("samples that do not count leave no id; none at all give none") {
  const std::vector<Label> labels{5, 1, 9, 1};
  const Cpu cpu({.threads = 1});
  const LabelIndex index(
      labels, [&](Index i) { return labels[static_cast<std::size_t>(i)] != 1; }, cpu);
  CHECK(index.ids() == std::vector<Index>{5, 9});
  CHECK(LabelIndex(std::vector<Label>{}, all, cpu).size() == 0);
}
