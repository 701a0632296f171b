// The best candidates of rows by cosine with prototypes: the customisation point of zero-shot classification
// and relabelling, and a reference to any backend with it.
#pragma once

#include <memory>

#include <shoal/core/function_ref.hpp>
#include <shoal/core/top_k.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/hierarchy/scores.hpp>
#include <shoal/simd/math.hpp>
#include <shoal/simd/row_team.hpp>

namespace shoal {

/// Which rows are compared with which prototypes. Everything that it refers to must outlive the answer.
struct CandidateQuestion {
  const char* function;                ///< with which messages start
  AnyRows features;                    ///< n × d; scaled to unit length here
  MatrixView<const float> prototypes;  ///< [C × d] of unit length
  const Lists<Label>& sets;            ///< candidates, as rows of the prototypes
  std::span<const Index> set_of_row;   ///< [n] the set of each row; negative for a row that is left out
  float temperature;                   ///< τ of the softmax over the cosines with a row's candidates
  Index top;                           ///< number of candidates to find for each row
};

/// Receives the best candidates of a row, best first and ties to the earlier one in the set, as far as there
/// are any, and the softmax probability of the first. Called once for each row, from several threads.
using CandidateSink = FunctionRef<void(Index row, std::span<const Label> best, float confidence)>;

namespace best_candidates_impl {

/// The softmax probability of the best of `cosines`: 1 / Σ_c exp((s_c − s_best) / τ).
inline float confidence(std::span<const float> cosines, float best, float temperature) {
  const float scale = 1 / temperature;
  return 1 / CpuTeam{static_cast<Index>(cosines.size())}.sum(
                 [&](auto at) { return exp((at.load(cosines.data()) - best) * scale); });
}

/// The search on the threads of a host.
inline void find(const CandidateQuestion& q, Workers workers, const Hook& hook, const CandidateSink& sink) {
  each_scored_block(q.function, q.features, q.prototypes, q.sets, q.set_of_row, workers, hook,
                    [&](const ScoredRows& block) {
                      std::vector<Label> best(static_cast<std::size_t>(q.top));
                      for (std::size_t i = 0; i < block.rows.size(); ++i) {
                        const auto cosines = block.cosines.span(static_cast<Index>(i));
                        const auto held =
                            std::span(best).first(static_cast<std::size_t>(top_k(cosines, std::span(best))));
                        const float first = cosines[static_cast<std::size_t>(held.front())];
                        for (Label& place : held) place = block.candidates[static_cast<std::size_t>(place)];
                        sink(block.rows[i], held, confidence(cosines, first, q.temperature));
                      }
                    });
}

}  // namespace best_candidates_impl

/// How a backend B finds the best candidates. This primary template computes on the host's threads; a Gpu
/// specialises it (hierarchy/cuda/best_candidates.cuh). Laws: the candidates are the best to the rounding of
/// products; the same bits for any number of threads. Throws bad_data for rows without a direction, and
/// stopped if the hook asks to stop.
template <class B> struct BestCandidatesOn {
  static void find(const CandidateQuestion& question, const B& backend, const Hook& hook,
                   const CandidateSink& sink) {
    best_candidates_impl::find(question, backend, hook, sink);
  }
};

/// A type-erased reference to the workers of any backend and to its search for candidates. The backend must
/// outlive it.
class CandidateBackend : public Workers {
 public:
  template <TaskRunner B>
    requires(!std::derived_from<B, CandidateBackend> && !KnowsRanks<B>)
  CandidateBackend(const B& backend)  // NOLINT: a reference to any backend
      : Workers(backend),
        backend_(std::addressof(backend)),
        find_([](const void* b, const CandidateQuestion& question, const Hook& hook,
                 const CandidateSink& sink) {
          BestCandidatesOn<B>::find(question, *static_cast<const B*>(b), hook, sink);
        }) {}

  void best_candidates(const CandidateQuestion& question, const Hook& hook, const CandidateSink& sink) const {
    find_(backend_, question, hook, sink);
  }

 private:
  const void* backend_;
  void (*find_)(const void*, const CandidateQuestion&, const Hook&, const CandidateSink&);
};

}  // namespace shoal
