// The best candidates of rows, found on a GPU: zero-shot classification and relabelling.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include <shoal/backend/gpu_gather.cuh>
#include <shoal/hierarchy/best_candidates.hpp>
#include <shoal/hierarchy/cuda/top_scores.cuh>
#include <shoal/io/subset.hpp>

namespace shoal {

/// Answers a CandidateQuestion. The rows are streamed in the order of their sets; the prototypes stay on the
/// device, where those of a set are brought together for the rows that share it.
template <class Rt> class GpuCandidateSearch {
 public:
  /// All arguments must outlive it.
  GpuCandidateSearch(const CandidateQuestion& question, const Gpu<Rt>& gpu)
      : question_(question),
        stream_(gpu.stream()),
        rows_(group_by<Index>(question.set_of_row, question.sets.size())),
        ordered_(question.features, rows_.values),
        scores_(gpu, ordered_, true, widest(question.sets), question.top, 1 / question.temperature),
        prototypes_(stream_, question.prototypes.rows * question.prototypes.cols),
        gathered_(stream_, widest_part(question) * question.prototypes.cols),
        ids_(stream_, std::ssize(question.sets.values)),
        all_(stream_, gpu.settings().precision, prototypes_.size()),
        some_(stream_, gpu.settings().precision, gathered_.size()),
        every_(rounded_prototypes()) {
    to_device(stream_, ids_.data(), question.sets.values.data(), ids_.size());
  }
  GpuCandidateSearch(const GpuCandidateSearch&) = delete;
  GpuCandidateSearch& operator=(const GpuCandidateSearch&) = delete;

  void run(const Hook& hook, const CandidateSink& sink) {
    const Index n = ordered_.rows();
    Index set = 0;
    scores_.each_block(
        [&](Block b, MatrixView<const float> x) {
          for (Index first = b.first, end = b.first + b.count; first < end;) {
            while (rows_.offsets[at(set + 1)] <= first) ++set;
            const Index count = std::min(end, rows_.offsets[at(set + 1)]) - first;
            scores_.score(first - b.first, x.block(first - b.first, count), prototypes_of(set), size_of(set),
                          nullptr);
            first += count;
          }
        },
        [&](Block b, const TopOfBlock& top) {
          for (Index i = 0; i < b.count; ++i) take(b.first + i, top, i, sink);
          check(report(hook, {.phase = question_.function, .done = b.first + b.count, .total = n}),
                Errc::stopped, question_.function, ": stopped by the hook");
        });
    if (const Index bad = scores_.first_bad(); bad >= 0) {
      Matrix<float> row(1, ordered_.cols());
      ordered_.read(bad, row);
      check_row(question_.function, rows_.values[at(bad)], row.row(0), row.cols(), RowNeed::direction);
    }
  }

 private:
  static std::size_t at(Index i) { return static_cast<std::size_t>(i); }
  static Index widest(const Lists<Label>& sets) {
    Index most = 1;
    for (Index s = 0; s < sets.size(); ++s) most = std::max(most, std::ssize(sets[s]));
    return most;
  }
  /// The size of the largest set that is not all prototypes.
  static Index widest_part(const CandidateQuestion& q) {
    Index most = 0;
    for (Index s = 0; s < q.sets.size(); ++s)
      if (!scores_impl::all_of(q.sets[s], q.prototypes.rows)) most = std::max(most, std::ssize(q.sets[s]));
    return most;
  }

  Factor rounded_prototypes() {
    to_device(stream_, prototypes_.data(), question_.prototypes.data, prototypes_.size());
    return all_(prototypes()).transpose();
  }
  [[nodiscard]] MatrixView<const float> prototypes() const {
    return prototypes_.view(question_.prototypes.rows, question_.prototypes.cols);
  }
  [[nodiscard]] Index size_of(Index set) const { return std::ssize(question_.sets[set]); }
  /// The prototypes of a set as a factor, valid until the next call.
  Factor prototypes_of(Index set) {
    if (scores_impl::all_of(question_.sets[set], question_.prototypes.rows)) return every_;
    const MatrixView<float> part = gathered_.view(size_of(set), question_.prototypes.cols);
    stream_.launch(block_per_item(part.rows), GatherRows{}, prototypes(),
                   std::as_const(ids_).data() + question_.sets.offsets[at(set)], part);
    return some_(part).transpose();
  }

  /// Hands over row i of a block, whose place in the order is `place`.
  void take(Index place, const TopOfBlock& top, Index i, const CandidateSink& sink) {
    const Index row = rows_.values[at(place)];
    const auto candidates = question_.sets[question_.set_of_row[at(row)]];
    const std::span<const std::uint64_t> words = top.words.span(i);
    best_.clear();
    for (const std::uint64_t word : words)
      if (word != 0)
        best_.push_back(candidates[at(std::min<Index>(id_of(word), std::ssize(candidates) - 1))]);
    if (best_.empty()) best_.push_back(candidates.front());  // of a row that is refused in the end
    sink(row, best_, probability(score_of(words[0]), 1 / question_.temperature, top.log_partitions[i]));
  }

  const CandidateQuestion& question_;
  GpuStream<Rt>& stream_;
  Lists<Index> rows_;  // by set
  Subset ordered_;
  GpuTopScores<Rt> scores_;
  DeviceArray<Rt, float> prototypes_, gathered_;
  DeviceArray<Rt, Label> ids_;
  RoundedFactor<Rt> all_, some_;
  Factor every_;
  std::vector<Label> best_;
};

template <GpuBackend B> struct BestCandidatesOn<B> {
  static void find(const CandidateQuestion& question, const B& gpu, const Hook& hook,
                   const CandidateSink& sink) {
    if (std::all_of(question.set_of_row.begin(), question.set_of_row.end(),
                    [](Index set) { return set < 0; }))
      return;
    GpuCandidateSearch<typename B::Runtime>(question, gpu).run(hook, sink);
  }
};

}  // namespace shoal
