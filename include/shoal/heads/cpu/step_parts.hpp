// The parts of a step that the ranks of a team compute, and what they exchange.
#pragma once

#include <initializer_list>
#include <span>
#include <vector>

#include <shoal/heads/cpu/batch_statistics.hpp>
#include <shoal/heads/cpu/update.hpp>
#include <shoal/heads/head_team.hpp>

namespace shoal {

/// How a team divides the step of a head: each rank passes some groups of rows forward and backward, and then
/// updates some tiles of parameters, by the gradient over all rows. So a rank computes each of its numbers as
/// one process does. Without a team all is this rank's, and nothing is exchanged.
class StepParts {
 public:
  /// All must outlive it.
  StepParts(const HeadTeam* team, const PairGroups& groups, const HeadShape& shape)
      : team_(team), groups_(groups), shape_(shape) {}

  /// The groups and the tasks of HeadUpdate that are this rank's.
  [[nodiscard]] Block groups() const { return own(groups_.count()); }
  [[nodiscard]] Block tasks() const { return own(HeadUpdate::tasks(shape_)); }

  /// Exchanges the statistics of the rows.
  void exchange(BatchStatistics& statistics) const {
    if (team_ == nullptr) return;
    team_->exchange<float>([&](Index rank, const auto& f) { statistics.each_part(rows_of(rank).blocks, f); });
  }
  /// Exchanges what the gradients of parameters need of each row, the labels [2 × B], and the losses of
  /// blocks.
  void exchange(HeadPass& pass, Matrix<float>& gradient, Label* labels,
                std::vector<double>& block_loss) const {
    if (team_ == nullptr) return;
    team_->exchange<float>([&](Index rank, const auto& f) {
      const RankRows r = rows_of(rank);
      const auto values = [&](MatrixView<float> m) {
        f(std::span(m.data, static_cast<std::size_t>(m.rows * m.cols)));
      };
      pass.each_part(r.first, r.count, values);
      values(gradient.view().block(r.first, r.count));
    });
    team_->exchange<Label>([&](Index rank, const auto& f) {
      const RankRows r = rows_of(rank);
      for (Index view = 0; view < 2; ++view)
        f(std::span(labels + view * gradient.rows() / 2 + r.first / 2,
                    static_cast<std::size_t>(r.count / 2)));
    });
    team_->exchange<double>([&](Index rank, const auto& f) {
      const Block blocks = rows_of(rank).blocks;
      f(std::span(block_loss)
            .subspan(static_cast<std::size_t>(blocks.first), static_cast<std::size_t>(blocks.count)));
    });
  }
  /// Exchanges what each rank has updated in some arrays of parameters, which may be empty.
  void exchange_parameters(std::initializer_list<Buffer<float>*> arrays) const {
    if (team_ == nullptr) return;
    team_->exchange<float>([&](Index rank, const auto& f) {
      const Block tasks = team_->part(HeadUpdate::tasks(shape_), rank);
      for (Buffer<float>* array : arrays)
        if (!array->empty())
          HeadUpdate::each_range(shape_, 0, tasks, [&](Index place, Index count) {
            f(std::span(array->data() + place, static_cast<std::size_t>(count)));
          });
    });
  }

 private:
  [[nodiscard]] Block own(Index count) const {
    return team_ != nullptr ? team_->part(count, team_->rank()) : Block{0, 0, count};
  }

  /// The blocks and the rows of the groups of a rank.
  struct RankRows {
    Block blocks;
    Index first, count;
  };
  [[nodiscard]] RankRows rows_of(Index rank) const {
    const Block part = team_->part(groups_.count(), rank);
    if (part.count == 0) return {};
    const PairGroup head = groups_[part.first], tail = groups_[part.first + part.count - 1];
    return {{rank, head.blocks.first, tail.blocks.first + tail.blocks.count - head.blocks.first},
            head.first,
            tail.first + tail.count - head.first};
  }

  const HeadTeam* team_;
  const PairGroups& groups_;
  const HeadShape& shape_;
};

}  // namespace shoal
