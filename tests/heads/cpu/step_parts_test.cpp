#include "support/thread_ranks.hpp"

#include <doctest/doctest.h>

#include <shoal/heads/cpu/step_parts.hpp>

using namespace shoal;

namespace {

/// Every number that the ranks exchange, set to its place where `rank` computes it, or all of them.
struct StepValues {
  static constexpr Index batch = 130, clusters = 200;  // six blocks of pairs; five tasks
  HeadShape shape{3, {4, 2}, clusters, 1};
  PairGroups groups{batch, clusters, 1};
  HeadPass pass{shape, 2 * batch, true};
  Matrix<float> gradient{2 * batch, clusters, 0.f};
  std::vector<Label> labels = std::vector<Label>(2 * batch, 0);
  std::vector<double> block_loss = std::vector<double>(6, 0);
  BatchStatistics statistics{batch, clusters};
  Buffer<float> student = Buffer<float>(static_cast<std::size_t>(shape.size()), 0.f), teacher;

  void compute(Block own_groups, Block own_tasks) {
    Matrix<float> logits(2 * batch, clusters), scratch(2, clusters);
    for (Index i = 0; i < logits.size(); ++i) logits.data()[i] = static_cast<float>(i % 17);
    for (Index g = own_groups.first; g < own_groups.first + own_groups.count; ++g) {
      const PairGroup group = groups[g];
      statistics.add(group, logits.view().block(group.first, group.count), 1, scratch);
      float place = 0;
      pass.each_part(group.first, group.count, [&](MatrixView<float> m) {
        for (Index i = 0; i < m.rows * m.cols; ++i) m.data[i] = static_cast<float>(group.first) + ++place;
      });
      for (Index i = group.first; i < group.first + group.count; ++i) {
        for (Index c = 0; c < clusters; ++c) gradient(i, c) = static_cast<float>(i * clusters + c);
        labels[static_cast<std::size_t>((i - group.first) % 2 * batch + group.first / 2 +
                                        (i - group.first) / 2)] = static_cast<Label>(i + 1);
      }
      for (Index b = group.blocks.first; b < group.blocks.first + group.blocks.count; ++b)
        block_loss[static_cast<std::size_t>(b)] = static_cast<double>(b + 1);
    }
    HeadUpdate::each_range(shape, 0, own_tasks, [&](Index place, Index count) {
      for (Index i = place; i < place + count; ++i)
        student[static_cast<std::size_t>(i)] = static_cast<float>(i + 1);
    });
  }
  void exchange(const StepParts& parts) {
    parts.exchange(statistics);
    parts.exchange(pass, gradient, labels.data(), block_loss);
    parts.exchange_parameters({&student, &teacher});
    statistics.merge();
  }
  bool same(StepValues& other) {
    std::vector<float> mine, theirs;
    const auto put = [](std::vector<float>& to) {
      return [&to](MatrixView<float> m) { to.insert(to.end(), m.data, m.data + m.rows * m.cols); };
    };
    pass.each_part(0, 2 * batch, put(mine));
    other.pass.each_part(0, 2 * batch, put(theirs));
    const auto equal = [](const auto* a, const auto* b, Index count) { return std::equal(a, a + count, b); };
    return mine == theirs && equal(gradient.data(), other.gradient.data(), gradient.size()) &&
           labels == other.labels && block_loss == other.block_loss && student == other.student &&
           equal(statistics.log_partition(), other.statistics.log_partition(), 2 * batch) &&
           equal(statistics.agreement(), other.statistics.agreement(), batch) &&
           equal(statistics.mean().data(), other.statistics.mean().data(), 2 * clusters);
  }
};

}  // namespace

TEST_CASE("after an exchange each rank of a team has what the others have computed") {
  StepValues whole;
  const StepParts all(nullptr, whole.groups, whole.shape);
  whole.compute(all.groups(), all.tasks());
  whole.exchange(all);
  for (const float value : whole.student) REQUIRE(value > 0);  // the tasks cover all parameters
  for (const Label label : whole.labels) REQUIRE(label > 0);
  for (const int ranks : {1, 3, 8}) {  // the last of which have nothing to compute
    std::vector<char> right(static_cast<std::size_t>(ranks), 0);
    test::over_ranks(ranks, [&](const test::ThreadRank& rank) {
      const AnyCommunicator any(rank);
      const HeadTeam team(any, 1);
      StepValues own;
      const StepParts parts(&team, own.groups, own.shape);
      own.compute(parts.groups(), parts.tasks());
      const bool before = own.same(whole);
      own.exchange(parts);
      right[static_cast<std::size_t>(rank.rank())] = own.same(whole) && (!before || ranks == 1) ? 1 : 0;
    });
    CHECK(right == std::vector<char>(static_cast<std::size_t>(ranks), 1));
  }
}
