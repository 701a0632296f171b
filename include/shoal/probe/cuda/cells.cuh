// The GPU kernels of linear probes: softmaxes of a row's scores under each of P classifiers, and SGD's step.
#pragma once

#include <cstdint>

#include <shoal/backend/gpu_row_storage.cuh>
#include <shoal/core/matrix.hpp>
#include <shoal/objective/objective.hpp>
#include <shoal/probe/probe_trainer.hpp>

namespace shoal {

/// The scores z [R × P C] of rows under classifiers; a cell is the C scores of a row under one of them.
struct Cells {
  MatrixView<float> scores;
  Index classes;

  [[nodiscard]] SHOAL_HD Index points() const { return scores.cols / classes; }
  [[nodiscard]] SHOAL_HD Index count() const { return scores.rows * points(); }
  [[nodiscard]] SHOAL_HD Index row(Index cell) const { return cell / points(); }
  [[nodiscard]] SHOAL_HD Index point(Index cell) const { return cell % points(); }
  [[nodiscard]] SHOAL_HD float* at(Index cell) const { return scores.row(row(cell)) + point(cell) * classes; }
};

/// The score of class y in a cell, in all of its threads.
template <class Team> SHOAL_HD float own_score(const Team& team, const float* z, Label y) {
  return team.max([=, &team](auto c) { return team.entry(c) == y ? c.load(z) : -__builtin_huge_valf(); });
}

/// z ← softmax(z) − onehot(y) for each cell, the gradient of its cross-entropy, and losses [R × P] ← −log
/// softmax(z)_y. One team for each cell. NaN propagates.
template <class By> struct CellGradients {
  static constexpr int threads = By::threads;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<float> scores, Index classes, const Label* labels,
                           MatrixView<double> losses) const {
    const Cells cells{scores, classes};
    const Index cell = By::row(exec);
    if (cell >= cells.count()) return;
    const Label y = labels[cells.row(cell)];
    const auto team = By::team(exec, classes);
    typename By::Room room;
    const float* z = By::take(team, cells.at(cell), room);
    const float partition = log_partition(team, z, 1.f), own = own_score(team, z, y);
    float* gradient = By::room(cells.at(cell), room);  // in the place of z
    team.each([=, &team](auto c) {
      c.store(gradient, probability(c.load(z), 1.f, partition) - (team.entry(c) == y ? 1.f : 0.f));
    });
    By::put(team, gradient, cells.at(cell));
    if (By::leads(exec))
      losses(cells.row(cell), cells.point(cell)) = static_cast<double>(partition) - static_cast<double>(own);
  }
};

/// losses [R × P] as above, and rights [R × P] ← 1 where y is the first of the classes of highest score, 0
/// elsewhere. One team for each cell.
template <class By> struct JudgeCells {
  static constexpr int threads = By::threads;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<float> scores, Index classes, const Label* labels,
                           MatrixView<double> losses, MatrixView<double> rights) const {
    const Cells cells{scores, classes};
    const Index cell = By::row(exec);
    if (cell >= cells.count()) return;
    const Label y = labels[cells.row(cell)];
    const auto team = By::team(exec, classes);
    typename By::Room room;
    const float* z = By::take(team, cells.at(cell), room);
    const float partition = log_partition(team, z, 1.f), own = own_score(team, z, y);
    // A class beats y by a higher score, or by an equal one and a lower number.
    const float better = team.sum([=, &team](auto c) {
      const float other = c.load(z);
      return other > own || (other == own && team.entry(c) < y) ? 1.f : 0.f;
    });
    if (!By::leads(exec)) return;
    losses(cells.row(cell), cells.point(cell)) = static_cast<double>(partition) - static_cast<double>(own);
    rights(cells.row(cell), cells.point(cell)) = better == 0 ? 1 : 0;
  }
};

/// totals[p] += Σ_i values(i, p), in a fixed order. One block for each p.
struct AddColumns {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const double> values, double* totals) const {
    const Index p = exec.block();
    double sum = 0;
    for (Index i = exec.thread(); i < values.rows; i += exec.threads()) sum += values(i, p);
    sum = block_reduce(exec, sum, Plus{});
    if (exec.thread() == 0) totals[p] += sum;
  }
};

/// The step of SGD with momentum for the weights of some classifiers: v ← μ v + scale · gradient + decay w, w
/// ← w − rate · anneal · v. Rows from `bias` on do not decay. One thread for each weight: `across` blocks for
/// each row. Places are divided in 32 bits, as 64 take a multiple of that.
struct SgdStep {
  float momentum, scale;
  double anneal;
  Index bias;
  std::uint32_t classes, across;

  static Grid grid(MatrixView<const float> weights, std::uint32_t across) { return {weights.rows * across}; }

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> gradient, const double* rates,
                           const double* decays, MatrixView<float> weights,
                           MatrixView<float> velocity) const {
    const auto block = static_cast<std::uint32_t>(exec.block()), row = block / across;
    const Index i = row, c = Index{block - row * across} * exec.threads() + exec.thread();
    if (c >= weights.cols) return;
    const Index p = static_cast<std::uint32_t>(c) / classes;
    const float decay = i < bias ? static_cast<float>(decays[p]) : 0.f, old = weights(i, c);
    const float next = next_velocity(velocity(i, c), gradient(i, c) * scale, old, decay, momentum);
    velocity(i, c) = next;
    weights(i, c) = old - static_cast<float>(rates[p] * anneal) * next;
  }
};

/// to ← x with a column of ones after its own, and zeros after that. One block for each row.
struct WithOnes {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> x, MatrixView<float> to) const {
    const Index i = exec.block();
    for (Index j = exec.thread(); j < to.cols; j += exec.threads())
      to(i, j) = j < x.cols ? x(i, j) : j == x.cols ? 1.f : 0.f;
  }
};

/// to ← from. One block for each row.
struct CopyRows {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> from, MatrixView<float> to) const {
    const Index i = exec.block();
    for (Index j = exec.thread(); j < to.cols; j += exec.threads()) to(i, j) = from(i, j);
  }
};

}  // namespace shoal
