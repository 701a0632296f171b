// The trainer of heads, for any engine: epochs, batches, schedules, the best head, checkpoints and
// monitoring.
#pragma once

#include <algorithm>
#include <cmath>
#include <exception>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include <shoal/backend/shard.hpp>
#include <shoal/core/progress.hpp>
#include <shoal/heads/batch_loader.hpp>
#include <shoal/heads/checkpoint.hpp>
#include <shoal/heads/finite_state.hpp>

namespace shoal {

namespace trainer_impl {

/// The remark that a hook receives after an epoch.
inline std::string describe(const HeadEpoch& e, Index clusters) {
  const auto percent = [](double share) { return std::to_string(std::lround(100 * share)) + " %"; };
  return "clusters occupied " + std::to_string(e.occupied_clusters) + " of " + std::to_string(clusters) +
         ", normalised entropy " + percent(e.normalised_entropy) + ", head agreement " +
         percent(e.head_agreement);
}

/// Loads the next batch on its own thread while a step is computed, or at once if no thread can be started.
class LoadAhead {
 public:
  /// `here`: whether to load at once, on the caller's thread.
  LoadAhead(BatchLoader& loader, Index step, MatrixView<float> out, bool here) {
    if (here) {
      loader.load(step, out);
      return;
    }
    const auto load = [&loader, step, out, this] {
      try {
        loader.load(step, out);
      } catch (...) {
        failure_ = std::current_exception();
      }
    };
    try {
      thread_ = std::thread(load);
    } catch (const std::system_error&) {  // the limit of the user or of the container
      load();
    }
  }
  ~LoadAhead() {
    if (thread_.joinable()) thread_.join();
  }
  LoadAhead(const LoadAhead&) = delete;
  LoadAhead& operator=(const LoadAhead&) = delete;

  /// Waits for the batch. Rethrows the exception of loading, if any.
  void wait() {
    if (thread_.joinable()) thread_.join();
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace trainer_impl

/// A training on some engine: runs `training` from its current step to the end of settings.epochs.
class Trainer {
 public:
  /// `engine` was built on training.state; `fingerprint` is stored in checkpoints. Settings, loader, training
  /// and engine must outlive the trainer. Over ranks, which all call with the same arguments, loader and
  /// engine share the work, the hook of any rank stops all, and the first rank writes the checkpoints.
  Trainer(const HeadSettings& settings, Index n, BatchLoader& loader, Training& training, StepEngine& engine,
          Checkpoints checkpoints, std::string fingerprint, const AnyCommunicator& ranks = {})
      : settings_(settings),
        epoch_steps_(n / settings.batch),
        steps_(settings.epochs * epoch_steps_),
        rate_(settings.schedule(n)),
        loader_(loader),
        training_(training),
        engine_(engine),
        checkpoints_(std::move(checkpoints)),
        fingerprint_(std::move(fingerprint)),
        ranks_(ranks),
        saved_(training.step > 0 ? training.step : -1) {}

  /// Runs the training; the next batch is loaded while a step is computed, or before it where loading is an
  /// exchange of ranks, which only the caller's thread may make. Calls the hook after each step and
  /// stops if it asks to. Saves checkpoints. Throws not_finite, naming step and head, if a loss or the state
  /// is not finite; such a state is never saved.
  void run(const Hook& hook) {
    Matrix<float> batch(settings_.rows(), training_.state.shape.features), next(batch.rows(), batch.cols());
    if (training_.step < steps_) loader_.load(training_.step, batch);
    training_.stop = HeadStop::finished;
    const auto any_stops = shoal::any_stops(ranks_);
    while (training_.step < steps_ && training_.stop == HeadStop::finished) {
      std::optional<trainer_impl::LoadAhead> ahead;
      if (training_.step + 1 < steps_)
        ahead.emplace(loader_, training_.step + 1, next.view(), !ranks_.is_alone());
      step(batch);
      bool stops = !shoal::report(hook, {"heads", training_.step, steps_, training_loss_, remark_});
      if (any_stops) stops = any_stops(stops);
      if (stops && training_.step < steps_) training_.stop = HeadStop::asked;
      const Index every = checkpoints_.every_steps > 0 ? checkpoints_.every_steps : epoch_steps_;
      const bool last = training_.step == steps_ || training_.stop == HeadStop::asked;
      if (last || training_.step % every == 0) save();
      if (ahead) ahead->wait();
      std::swap(batch, next);
    }
    sync();
  }

 private:
  /// Makes one step by the engine and records it.
  void step(MatrixView<const float> batch) {
    const Index step = training_.step;
    const Index frozen = std::min(settings_.frozen_epochs, settings_.epochs) * epoch_steps_;
    engine_.step(batch, {rate_(step), step, std::max<Index>(step - frozen, 0), step < frozen}, report_);
    for (std::size_t h = 0; h < report_.loss.size(); ++h)
      if (!is_finite(report_.loss[h])) fail_diverged(step, "the loss of head " + std::to_string(h), " is ");
    training_.sums.add(report_);
    ++training_.step;
    training_loss_ = training_.sums.finish().loss;
    if (training_.step % epoch_steps_ != 0) return;
    training_.history.push_back(training_.sums.finish());
    training_.sums = EpochSums(settings_.heads, settings_.clusters);
    remark_ = trainer_impl::describe(training_.history.back(), settings_.clusters);
  }

  /// Updates the state. Throws not_finite if a step has left it with values that are not finite.
  void sync() {
    engine_.sync();
    const std::string part = not_finite_part(training_.state);
    if (!part.empty()) fail_diverged(training_.step - 1, part, " are ");
  }
  [[noreturn]] void fail_diverged(Index step, const std::string& part, const char* verb) const {
    fail(Errc::not_finite, "fit: ", part, verb, "not finite at step ", step,
         ": the training has diverged; a lower learning_rate may help. ",
         saved_ < 0
             ? "There is no checkpoint"
             : "The last good checkpoint is of step " + std::to_string(saved_) + ": " + checkpoints_.path);
  }

  void save() {
    if (checkpoints_.path.empty() || saved_ == training_.step) return;
    sync();
    if (ranks_.rank() == 0) save_checkpoint(checkpoints_.path, training_, fingerprint_);
    saved_ = training_.step;
  }

  const HeadSettings& settings_;
  const Index epoch_steps_, steps_;
  const WarmupCosine rate_;
  BatchLoader& loader_;
  Training& training_;
  StepEngine& engine_;
  Checkpoints checkpoints_;
  std::string fingerprint_;
  const AnyCommunicator ranks_;
  Index saved_;  // the step of the last checkpoint; -1: none
  StepReport report_;
  double training_loss_ = 0;  // over the current epoch
  std::string remark_;
};

}  // namespace shoal
