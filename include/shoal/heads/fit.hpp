// fit for heads: trains on features and pairs, and returns the clusters, on any backend.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <shoal/backend/scaling_over_ranks.hpp>
#include <shoal/heads/cpu/step_on_cpu.hpp>
#include <shoal/heads/head_rows.hpp>
#include <shoal/heads/predict.hpp>
#include <shoal/heads/shared_step.hpp>
#include <shoal/heads/shared_training.hpp>
#include <shoal/heads/trainer.hpp>
#include <shoal/sampling/pairs_over_ranks.hpp>

namespace shoal {

/// The result of a training: the clusters of the training rows, the model, and the record of the training.
struct HeadFit : Prediction {
  HeadModel model;                     ///< for predict() on other rows
  std::vector<HeadEpoch> history;      ///< one record for each epoch
  Index steps = 0;                     ///< number of steps done
  HeadStop stop = HeadStop::finished;  ///< why the training ended
  MemoryPlan plan;                     ///< the memory plan
};

/// The peak memory of a training on features with this number of columns, in bytes by use, computed before
/// any of it is allocated. No part grows with B × C × H except "partner rows", which are kept only if the
/// backend's budget has room for them; the results have the same bits without. Throws too_large if heads × a
/// layer exceed what can be counted in bytes.
template <Objective Obj, Balancer Bal, Backend B>
[[nodiscard]] MemoryPlan plan(const Heads<Obj, Bal>& settings, Index features, const B& backend) {
  const HeadSettings general = settings.general();
  settings_impl::check_sizes(general, features);
  return StepOn<B>::plan(general, features, backend);
}

namespace fit_impl {

/// A training whose types of method, sampler and backend are hidden behind functions, so that all share one
/// compiled trainer.
struct Job {
  HeadSettings settings;
  AnyRows features;
  AnyBackend backend;
  std::function<std::uint64_t(const Shard&)> inspect_pairs;
  std::function<void(const Shard&, std::span<const Index>, Draw, MatrixView<float>, MatrixView<float>)> draw;
  std::function<MemoryPlan(const HeadSettings&)> plan;
  std::function<void(Fingerprint&)> describe;
  std::function<std::unique_ptr<StepEngine>(HeadState&)> engine;
  std::function<Prediction(const HeadModel&)> predict;
};

/// The pairs of a batch, standardised if requested, and checked.
inline DrawPairs prepared_pairs(const Job& job, const Shard& shard, const ColumnScaling& scaling) {
  return [&](std::span<const Index> ids, Draw how, MatrixView<float> x, MatrixView<float> partner) {
    job.draw(shard, ids, how, x, partner);
    for (const auto& [rows, what] : {std::pair(x, "fit: features"), {partner, "fit: partners of the rows"}}) {
      if (!scaling.mean.empty()) standardize_rows(scaling, rows);
      for (Index i = 0; i < rows.rows; ++i)
        check_head_row(what, ids[static_cast<std::size_t>(i)], rows.row(i), rows.cols);
    }
  };
}

inline std::string fingerprint_of(const Job& job, const Shard& shard, std::uint64_t rows, std::uint64_t pairs,
                                  BatchLoader& loader) {
  Fingerprint fingerprint;
  job.describe(fingerprint);
  add_settings(fingerprint, job.settings);
  fingerprint.add("features", job.features.cols());
  fingerprint.add("rows", shard.total());
  fingerprint.add("all rows", rows);
  fingerprint.add("all pairs", pairs);
  fingerprint.add("first batch", loader.first_batch(job.features.cols()));
  return fingerprint.text();
}

/// The training of all ranks. A template for shoal::compiled (docs/design.md, "Compile time").
template <class = void> HeadFit run(const Job& job, const Hook& hook, const Checkpoints& checkpoints) {
  const HeadSettings& settings = job.settings;
  const AnyRows features = job.features;
  const Shard shard(job.backend.ranks(), features.rows(), features.cols());
  check_settings(settings, shard.total(), features.cols());
  check_training_budget(settings, job.backend.memory(), job.plan);
  HeadFit result;
  result.plan = job.plan(settings);
  const std::uint64_t pairs = shard.wrapping_sum(job.inspect_pairs(shard));
  const std::uint64_t rows = shard.wrapping_sum(
      inspect_head_rows("fit: features", features, settings.standardize, job.backend, shard.first()));

  ColumnScaling scaling;
  if (settings.standardize) scaling = column_scaling(features, shard, job.backend);
  Training training(settings, features.cols());
  BatchLoader loader(shard.total(), settings.batch, settings.seed, prepared_pairs(job, shard, scaling));
  std::string fingerprint;
  if (!checkpoints.path.empty()) {
    fingerprint = fingerprint_of(job, shard, rows, pairs, loader);
    if (checkpoints.resume) resume_training(checkpoints.path, training, fingerprint, shard.ranks());
  }
  const auto engine = job.engine(training.state);  // only now, since the state may come from a checkpoint
  Trainer(settings, shard.total(), loader, training, *engine, checkpoints, fingerprint, shard.ranks())
      .run(hook);

  result.model = {training.state.shape, training.state.take_averaged(), training.best_head(),
                  settings.needs.teacher ? settings.teacher_temperature : settings.student_temperature,
                  scaling};
  const auto labels = [&](Index done) {
    report(hook, {.phase = "labels", .done = done, .total = 1, .objective = 0, .detail = {}});
  };
  labels(0);
  static_cast<Prediction&>(result) = job.predict(result.model);
  labels(1);
  result.history = std::move(training.history);
  result.steps = training.step;
  result.stop = training.stop;
  return result;
}

}  // namespace fit_impl

/// Trains heads on features [n × d] and the pairs that `sampler` draws. Returns the clusters of all n rows by
/// the best head, the model, and the record of the training. The hook is called after every step ("heads")
/// and during the prediction ("labels"), and may stop the training, which then returns what it has learned.
/// `checkpoints` says whether the training is saved and resumed; a checkpoint can be resumed only with the
/// same settings, data, pairs and kind of machine, but with more epochs. The same seed gives the same bits
/// for any number of threads, resumed or not. Throws invalid_argument for settings out of range, bad_data for
/// rows that are not finite or have a squared norm of 1e30 or more (columns that are standardised may have
/// any scale), too_large if the plan exceeds backend.memory(), and not_finite if the training diverges. The
/// cost is O(epochs · n · H · parameters of a head).
///
/// Over ranks, each rank passes its own rows and a ShardSampler for them, and gets their clusters. The ranks
/// share the heads and train them on the same batches, with the bits of one process; more than H ranks also
/// divide the batch, on a Cpu and if the communicator is divisible. Each rank holds the state of all heads,
/// and 8 n bytes for the order of the samples. All ranks must pass the same settings, hook and checkpoints
/// alike; the first rank reads and writes the file, which can be resumed on any number of ranks. A step
/// exchanges 2 B d floats, B ids, 8 B bytes a head, and for TEMI B floats a head.
template <Objective Obj, Balancer Bal, Sampler Smp, Backend B>
[[nodiscard]] HeadFit fit(const Heads<Obj, Bal>& asked, AnyRows features, const Smp& sampler,
                          const B& backend, const Hook& hook = {}, const Checkpoints& checkpoints = {}) {
  using Engine = StepOn<B>;
  static_assert(!RankedBackend<B> || ShardSampler<Smp>, "over ranks, pairs are drawn by a ShardSampler");
  validate_policy(asked.objective);
  validate_policy(asked.balancer);
  Heads<Obj, Bal> settings = asked;
  settings.precision =
      Engine::precision(backend, asked.precision);  // so that a checkpoint records what the machine does
  const fit_impl::Job job{settings.general(),
                          features,
                          backend,
                          [&](const Shard& shard) {
                            if constexpr (RankedBackend<B>)
                              sampler.validate(features, shard.total());
                            else
                              sampler.validate(features);
                            return inspect_pairs(sampler, AnyBackend(backend), shard.first());
                          },
                          [&](const Shard& shard, std::span<const Index> ids, Draw how, MatrixView<float> x,
                              MatrixView<float> partner) {
                            if constexpr (RankedBackend<B>)
                              pairs_over_ranks(sampler, features, shard, ids, how, x, partner);
                            else
                              sampler.pairs(features, ids, how, x, partner);
                          },
                          [&](const HeadSettings& s) { return Engine::plan(s, features.cols(), backend); },
                          [&](Fingerprint& to) {
                            to.add_policy("objective", settings.objective);
                            to.add_policy("balancer", settings.balancer);
                            add_machine(to, Engine::name,
                                        [&](MatrixView<const float> a, MatrixView<const float> b,
                                            MatrixView<float> c) { Engine::probe(backend, a, b, c); });
                          },
                          [&](HeadState& state) { return Engine::make(settings, state, backend); },
                          [&](const HeadModel& model) { return predict(model, features, backend); }};
  return together(job.backend.ranks(), [&] { return fit_impl::run(job, hook, checkpoints); });
}

}  // namespace shoal

#if defined(SHOAL_COMPILED)  // linked with shoal::compiled, which has these trainings (src/heads.cpp)
#include <shoal/sampling/nearest_pairs.hpp>
#include <shoal/sampling/oracle_pairs.hpp>
#include <shoal/sampling/true_positive_pairs.hpp>
#include <shoal/sampling/views.hpp>
#include <shoal/simd/instruction_sets.hpp>

namespace shoal {
extern template HeadFit fit_impl::run<>(const Job&, const Hook&, const Checkpoints&);
extern template std::unique_ptr<StepEngine> fused_step<>(const HeadSettings&, std::unique_ptr<const PairLoss>,
                                                         HeadState&, const Cpu&, const HeadTeam*);
extern template HeadFit fit(const PMI&, AnyRows, const NearestPairs&, const Cpu&, const Hook&,
                            const Checkpoints&);
extern template HeadFit fit(const PMI&, AnyRows, const Views&, const Cpu&, const Hook&, const Checkpoints&);
extern template HeadFit fit(const PMI&, AnyRows, const OraclePairs&, const Cpu&, const Hook&,
                            const Checkpoints&);
extern template HeadFit fit(const WPMI&, AnyRows, const NearestPairs&, const Cpu&, const Hook&,
                            const Checkpoints&);
extern template HeadFit fit(const WPMI&, AnyRows, const Views&, const Cpu&, const Hook&, const Checkpoints&);
extern template HeadFit fit(const WPMI&, AnyRows, const OraclePairs&, const Cpu&, const Hook&,
                            const Checkpoints&);
extern template HeadFit fit(const TEMI&, AnyRows, const NearestPairs&, const Cpu&, const Hook&,
                            const Checkpoints&);
extern template HeadFit fit(const TEMI&, AnyRows, const Views&, const Cpu&, const Hook&, const Checkpoints&);
extern template HeadFit fit(const TEMI&, AnyRows, const OraclePairs&, const Cpu&, const Hook&,
                            const Checkpoints&);
extern template HeadFit fit(const SCANv2&, AnyRows, const NearestPairs&, const Cpu&, const Hook&,
                            const Checkpoints&);
extern template HeadFit fit(const SCANv2&, AnyRows, const Views&, const Cpu&, const Hook&,
                            const Checkpoints&);
extern template HeadFit fit(const SCANv2&, AnyRows, const OraclePairs&, const Cpu&, const Hook&,
                            const Checkpoints&);
extern template HeadFit fit(const SCP&, AnyRows, const NearestPairs&, const Cpu&, const Hook&,
                            const Checkpoints&);
extern template HeadFit fit(const SCP&, AnyRows, const Views&, const Cpu&, const Hook&, const Checkpoints&);
extern template HeadFit fit(const SCP&, AnyRows, const OraclePairs&, const Cpu&, const Hook&,
                            const Checkpoints&);
extern template HeadFit fit(const PMI&, AnyRows, const TruePositivePairs&, const Cpu&, const Hook&,
                            const Checkpoints&);
extern template HeadFit fit(const WPMI&, AnyRows, const TruePositivePairs&, const Cpu&, const Hook&,
                            const Checkpoints&);
extern template HeadFit fit(const TEMI&, AnyRows, const TruePositivePairs&, const Cpu&, const Hook&,
                            const Checkpoints&);
extern template HeadFit fit(const SCANv2&, AnyRows, const TruePositivePairs&, const Cpu&, const Hook&,
                            const Checkpoints&);
extern template HeadFit fit(const SCP&, AnyRows, const TruePositivePairs&, const Cpu&, const Hook&,
                            const Checkpoints&);
}  // namespace shoal
#endif
