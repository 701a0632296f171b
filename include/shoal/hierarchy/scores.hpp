// The cosines of rows with the prototypes of their candidates, computed by blocked products.
#pragma once

#include <numeric>

#include <shoal/core/buffer.hpp>
#include <shoal/core/fixed_array.hpp>
#include <shoal/core/function_ref.hpp>
#include <shoal/core/lists.hpp>
#include <shoal/core/progress.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/io/row_source.hpp>
#include <shoal/linalg/product.hpp>
#include <shoal/linalg/row_check.hpp>
#include <shoal/linalg/unit_row.hpp>

namespace shoal {

/// Rows that share one set of candidates, and their cosines with these.
struct ScoredRows {
  std::span<const Index> rows;        ///< row numbers
  std::span<const Label> candidates;  ///< rows of the prototypes
  MatrixView<const float> cosines;    ///< [rows × candidates]
};

namespace scores_impl {
inline constexpr Index block_rows = 256;

/// The working memory of one thread: normalised rows, their cosines, and the gathered prototypes of a set.
struct Scratch {
  Matrix<float> rows, cosines, prototypes;
  ProductScratch product;
};

/// Whether the candidates are all `count` prototypes in order, so that no prototypes need be gathered.
inline bool all_of(std::span<const Label> candidates, Index count) {
  if (static_cast<Index>(candidates.size()) != count) return false;
  for (Index j = 0; j < count; ++j)
    if (candidates[static_cast<std::size_t>(j)] != j) return false;
  return true;
}

inline void score(const char* function, AnyRows features, MatrixView<const float> prototypes,
                  ScoredRows& block, Scratch& scratch) {
  const auto n = static_cast<Index>(block.rows.size()),
             candidates = static_cast<Index>(block.candidates.size());
  const auto rows = scratch.rows.view().block(0, n);
  features.gather(block.rows, rows);
  for (Index i = 0; i < n; ++i) to_unit_row(function, block.rows[static_cast<std::size_t>(i)], rows.span(i));
  MatrixView<const float> against = prototypes;
  if (!all_of(block.candidates, prototypes.rows)) {
    Rows(prototypes)
        .gather(std::vector<Index>(block.candidates.begin(), block.candidates.end()),
                scratch.prototypes.view().block(0, candidates));
    against = scratch.prototypes.view().block(0, candidates);
  }
  const auto cosines = scratch.cosines.view().block(0, n).columns(0, candidates);
  multiply({rows}, {against, true}, cosines, Update::assign, scratch.product);
  block.cosines = cosines;
}
}  // namespace scores_impl

/// Calls use(ScoredRows) for blocks that together cover all rows i of `features` (n × d, scaled to unit
/// length here) with set_of_row[i] ≥ 0; use is called from several threads at once. Row i is compared with
/// the rows sets[set_of_row[i]] of `prototypes`, which have unit length already. The cosines of a row have
/// the same bits for any number of threads, and whatever other rows are in its block. Messages start with
/// `function`. Throws bad_data for NaN, infinite and zero rows, too_large if one block for each thread
/// exceeds the memory budget, and stopped if the hook asks to stop.
inline void each_scored_block(const char* function, AnyRows features, MatrixView<const float> prototypes,
                              const Lists<Label>& sets, std::span<const Index> set_of_row, Workers workers,
                              const Hook& hook, FunctionRef<void(const ScoredRows&)> use) {
  using namespace scores_impl;
  const Lists<Index> rows = group_by<Index>(set_of_row, sets.size());
  struct Task {
    Index set, first, count;
  };
  Buffer<Task> tasks;
  Index widest = 0, widest_part = 0;
  for (Index s = 0; s < sets.size(); ++s) {
    const auto held = static_cast<Index>(rows[s].size()), wide = static_cast<Index>(sets[s].size());
    if (held == 0) continue;
    widest = std::max(widest, wide);
    if (!all_of(sets[s], prototypes.rows)) widest_part = std::max(widest_part, wide);
    for (Index first = 0; first < held; first += block_rows)
      tasks.push_back({s, first, std::min(block_rows, held - first)});
  }
  const auto threads = static_cast<std::size_t>(workers.threads());
  const auto floats =
      static_cast<std::size_t>(block_rows * (features.cols() + widest) + widest_part * features.cols());
  check(workers.memory() == 0 || threads * floats * sizeof(float) <= workers.memory(), Errc::too_large,
        function, ": ", threads, " threads need ", threads * floats * sizeof(float),
        " bytes for blocks of cosines; the budget is ", workers.memory());
  FixedArray<Scratch> scratch(workers.threads());
  for (Scratch& worker : scratch)
    worker = {Matrix<float>(block_rows, features.cols()),
              Matrix<float>(block_rows, widest),
              Matrix<float>(widest_part, features.cols()),
              {}};

  constexpr Index round = 64;
  const auto count = static_cast<Index>(tasks.size());
  for (Index start = 0; start < count; start += round) {
    workers.each_task(std::min(round, count - start), [&](Index t, int worker) {
      const Task& task = tasks[static_cast<std::size_t>(start + t)];
      ScoredRows block{
          rows[task.set].subspan(static_cast<std::size_t>(task.first), static_cast<std::size_t>(task.count)),
          sets[task.set],
          {}};
      score(function, features, prototypes, block, scratch[worker]);
      use(block);
    });
    check(report(hook, {.phase = function, .done = std::min(start + round, count), .total = count}),
          Errc::stopped, function, ": stopped by the hook");
  }
}

}  // namespace shoal
