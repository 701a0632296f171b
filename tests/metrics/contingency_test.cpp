#include <map>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/random.hpp>
#include <shoal/metrics/contingency.hpp>

using namespace shoal;

namespace {

void check_table(const std::vector<Index>& labels, const std::vector<Index>& truth, Index none,
                 const Cpu& cpu) {
  std::map<std::pair<Index, Index>, Index> cells;
  std::map<Index, Index> clusters, classes;
  Index samples = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] == none || truth[i] == none) continue;
    ++cells[{labels[i], truth[i]}];
    ++clusters[labels[i]];
    ++classes[truth[i]];
    ++samples;
  }
  const Contingency t = contingency(labels, truth, cpu, none);
  CHECK(t.samples == samples);
  CHECK(t.unlabelled == static_cast<Index>(labels.size()) - samples);
  REQUIRE(t.clusters() == static_cast<Index>(clusters.size()));
  REQUIRE(t.classes() == static_cast<Index>(classes.size()));
  REQUIRE(t.cells() == static_cast<Index>(cells.size()));
  std::size_t k = 0, c = 0;
  Index wrong = 0;
  for (const auto& [id, size] : clusters) wrong += t.cluster_ids[k] != id || t.cluster_sizes[k++] != size;
  for (const auto& [id, size] : classes) wrong += t.class_ids[c] != id || t.class_sizes[c++] != size;
  auto cell = cells.begin();  // ordered as the table is
  for (k = 0; k < clusters.size(); ++k)
    for (auto e = static_cast<std::size_t>(t.row_start[k]); e < static_cast<std::size_t>(t.row_start[k + 1]);
         ++e, ++cell)
      wrong +=
          cell->first != std::pair(t.cluster_ids[k], t.class_ids[static_cast<std::size_t>(t.column[e])]) ||
          cell->second != t.count[e];
  CHECK(wrong == 0);
}

std::vector<Index> draw(std::size_t n, Index kinds, Index low, Index step, std::uint64_t stream) {
  const Philox random(4, stream);
  std::vector<Index> labels;
  for (std::size_t i = 0; i < n; ++i) labels.push_back(low + step * random.below(kinds, i));
  return labels;
}

}  // namespace

TEST_CASE("contingency counts what a map counts: few and many ids, compact and wide, negative, unlabelled") {
  for (const int threads : {1, 2, 7}) {
    const Cpu cpu(CpuSettings{.threads = threads});
    check_table({}, {}, no_label, cpu);
    check_table({4}, {-4}, no_label, cpu);
    check_table({4}, {4}, 4, cpu);
    check_table(draw(50'000, 7, -3, 1, 0), draw(50'000, 300, 0, 1, 1), -3, cpu);
    check_table(draw(40'000, 30'000, 0, 1, 2), draw(40'000, 90, -40, 1, 3), no_label, cpu);
    check_table(draw(5'000, 4'000, -1'000'000'000'000, 1'000'000'007, 4), draw(5'000, 3, -1, 1, 5), -1, cpu);
    check_table(draw(30'000, 20'000, 0, 1, 6), draw(30'000, 300'000, 5, 1, 7), 6, cpu);
  }
}

TEST_CASE("contingency: ids at the ends of 64 bits, unequal widths, unequal lengths") {
  const Index least = std::numeric_limits<Index>::min(), most = std::numeric_limits<Index>::max();
  check_table({least, most, 0, most}, {most, least, least, most}, no_label, Cpu{});
  const std::vector<Label> narrow{1, 2};
  const std::vector<Index> wide{1, 2}, longer{1, 2, 3};
  CHECK(contingency(narrow, wide).cells() == 2);
  CHECK_THROWS_AS(contingency(narrow, longer), error);
}
