// fit for heads on the CPU: features, pairs and settings in, clusters out.
#pragma once

#include <sstream>
#include <string>
#include <typeinfo>

#include <shoal/backend/cpu.hpp>
#include <shoal/heads/cpu/fused_step.hpp>
#include <shoal/heads/head_model.hpp>
#include <shoal/heads/trainer.hpp>
#include <shoal/io/checksum.hpp>
#include <shoal/io/finite_rows.hpp>

namespace shoal {

/// A finished training: what it says of the rows it was trained on, and all it knows.
struct HeadFit : Prediction {
  HeadModel model;
  std::vector<HeadEpoch> history;  ///< epoch by epoch
  Index steps = 0;                 ///< done
  HeadStop stop = HeadStop::finished;
  HeadPlan plan;  ///< the memory it was planned to take
};

/// The settings in words, one a line, so that trainings can be told apart; objective and balancer by type and
/// bytes.
template <class Obj, class Bal> [[nodiscard]] std::string describe(const Heads<Obj, Bal>& s) {
  std::ostringstream text;
  text.precision(17);
  const auto part = [&]<class P>(const char* name, const P& policy) {
    text << name << ' ' << typeid(P).name();
    if constexpr (!std::is_empty_v<P>) text << ' ' << checksum(&policy, sizeof policy);
    text << '\n';
  };
  part("objective", s.objective);
  part("balancer", s.balancer);
  text << "clusters " << s.clusters << "\nheads " << s.heads << "\nepochs " << s.epochs << "\nbatch "
       << s.batch << "\nlearning_rate " << s.learning_rate << "\nfinal_rate " << s.final_rate
       << "\nwarmup_epochs " << s.warmup_epochs << "\nfrozen_epochs " << s.frozen_epochs << "\nweight_decay "
       << s.weight_decay << "\noptimizer " << (s.optimizer == Optimizer::adamw ? "adamw" : "adam")
       << "\nstudent_temperature " << s.student_temperature << "\nteacher_temperature "
       << s.teacher_temperature << "\nteacher_momentum " << s.teacher_momentum << "\nmarginal_momentum "
       << s.marginal_momentum << "\nhidden";
  for (const Index width : s.hidden) text << ' ' << width;
  text << "\nbottleneck " << s.bottleneck << "\nstandardize " << s.standardize << "\nprecision "
       << name_of(s.precision) << "\nseed " << s.seed << '\n';
  return text.str();
}

/// The CPU as a training sees it: who plans, steps and predicts. Another machine (heads/cuda/engine.cuh) has
/// the same functions; host() is the Cpu for what is left.
class CpuTrainer {
 public:
  explicit CpuTrainer(const Cpu& cpu) : cpu_(cpu) {}

  [[nodiscard]] const Cpu& host() const { return cpu_; }
  /// The pairs of a block of a batch of so many (heads/engine.hpp).
  [[nodiscard]] Index pair_block(Index) const { return cpu_pair_block; }
  /// The precision of a step's products where the settings ask for this one. Throws where there is none.
  [[nodiscard]] Precision precision(Precision asked) const {
    check_rule({asked, cpu_.library()});
    return asked;
  }
  template <class Obj, class Bal>
  [[nodiscard]] HeadPlan plan(const Heads<Obj, Bal>& settings, Index d) const {
    check_plan(settings, d, cpu_.threads(), cpu_.memory());
    return shoal::plan(settings, d, cpu_.threads(), cpu_.memory());
  }
  template <class Obj, class Bal>
  [[nodiscard]] CpuStep<Obj, Bal> engine(const Heads<Obj, Bal>& settings, HeadState& state) const {
    return CpuStep<Obj, Bal>(settings, state, cpu_);
  }
  [[nodiscard]] Prediction predict(const HeadModel& model, AnyRows features) const {
    return shoal::predict(model, features, cpu_);
  }

 private:
  const Cpu& cpu_;
};

/// fit() on any machine.
template <Objective Obj, Balancer Bal, Sampler Smp, class Machine>
[[nodiscard]] HeadFit fit_on(const Machine& machine, Heads<Obj, Bal> settings, AnyRows features,
                             const Smp& sampler, const Hook& hook, const Checkpoints& checkpoints) {
  const Index n = features.rows(), d = features.cols();
  check_settings(settings, n, d);
  settings.precision = machine.precision(settings.precision);  // a checkpoint names what the machine does
  HeadFit result;
  result.plan = machine.plan(settings, d);
  sampler.validate(features);
  check_finite_rows("fit: features", features, machine.host());

  ColumnScaling scaling;
  if (settings.standardize) scaling = column_scaling(features, machine.host());
  const DrawPairs draw = [&](std::span<const Index> ids, Draw how, MatrixView<float> x,
                             MatrixView<float> partner) {
    sampler.pairs(features, ids, how, x, partner);
    if (scaling.mean.empty()) return;
    standardize_rows(scaling, x);
    standardize_rows(scaling, partner);
  };
  Training training(settings, d);
  BatchLoader loader(n, settings.batch, machine.pair_block(settings.batch), settings.seed, draw);
  std::string fingerprint;
  if (!checkpoints.path.empty()) {
    fingerprint = describe(settings) + loader.fingerprint(d);
    if (checkpoints.resume && std::filesystem::exists(checkpoints.path))
      load_checkpoint(checkpoints.path, training, fingerprint);
  }
  auto engine = machine.engine(settings, training.state);  // now that the state is what it goes on from
  train(settings, n, std::move(loader), training, engine, hook, checkpoints, fingerprint);

  result.model = {training.state.shape, training.state.take_averaged(), training.best_head(),
                  Obj::teacher ? settings.teacher_temperature : settings.student_temperature, scaling};
  static_cast<Prediction&>(result) = machine.predict(result.model, features);
  result.history = std::move(training.history);
  result.steps = training.step;
  result.stop = training.stop;
  return result;
}

/// Trains heads on features [n × d] and the pairs that `sampler` draws, and predicts the clusters of all n
/// rows by the best head. The hook sees every step ("heads") and may stop the training, which then ends with
/// what it has learnt; `checkpoints` says whether it is saved and resumed. The same seed gives the same bits,
/// for any number of threads, in one go or resumed. Throws invalid_argument for settings out of range,
/// bad_data for rows that are not finite, too_large for more than cpu.memory(), not_finite where the training
/// diverges.
template <Objective Obj, Balancer Bal, Sampler Smp>
[[nodiscard]] HeadFit fit(const Heads<Obj, Bal>& settings, AnyRows features, const Smp& sampler,
                          const Cpu& cpu, const Hook& hook = {}, const Checkpoints& checkpoints = {}) {
  return fit_on(CpuTrainer(cpu), settings, features, sampler, hook, checkpoints);
}

}  // namespace shoal
