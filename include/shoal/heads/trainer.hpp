// The training of heads, for any engine: epochs, batches, schedules, the best head, checkpoints and guards.
#pragma once

#include <cmath>
#include <functional>
#include <future>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <shoal/core/parallel.hpp>
#include <shoal/core/progress.hpp>
#include <shoal/heads/checkpoint.hpp>
#include <shoal/heads/heads.hpp>
#include <shoal/io/checksum.hpp>
#include <shoal/sampling/sampler.hpp>

namespace shoal {

/// Draws x and partners of some samples: a sampler bound to its features, and whatever is done to rows after.
using DrawPairs = std::function<void(std::span<const Index>, Draw, MatrixView<float>, MatrixView<float>)>;

/// The batches of a training, in order: each epoch a random permutation of the n samples, a last short batch
/// dropped. What a batch holds is a pure function of seed and step.
class BatchLoader {
 public:
  BatchLoader(Index n, Index batch, Index pair_block, std::uint64_t seed, DrawPairs draw)
      : batch_(batch),
        pair_block_(pair_block),
        seed_(seed),
        draw_(std::move(draw)),
        order_(static_cast<std::size_t>(n)) {}

  /// The batch of a step into out [2B × d], in blocks of pairs (see StepEngine).
  void load(Index step, MatrixView<float> out) {
    const Index steps = std::ssize(order_) / batch_;
    shuffle(step / steps);
    const auto ids = std::span<const Index>(order_).subspan(static_cast<std::size_t>(step % steps * batch_));
    for (Index block = 0; block < block_count(batch_, pair_block_); ++block) {
      const Block b = block_at(batch_, pair_block_, block);
      draw_(ids.subspan(static_cast<std::size_t>(b.first), static_cast<std::size_t>(b.count)),
            {seed_, epoch_}, out.block(2 * b.first, b.count), out.block(2 * b.first + b.count, b.count));
    }
  }

  /// What tells two data sets or samplers apart: n and the first batch as it is drawn.
  [[nodiscard]] std::string fingerprint(Index features) {
    Matrix<float> batch(2 * batch_, features);
    load(0, batch);
    return "rows " + std::to_string(order_.size()) + "\nfirst batch " +
           std::to_string(checksum(batch.data(), static_cast<std::size_t>(batch.size()) * sizeof(float))) +
           '\n';
  }

 private:
  void shuffle(Index epoch) {
    if (epoch == epoch_) return;
    constexpr std::uint64_t stream = 0x6f72646572000000;  // of this use, one for each epoch
    const Philox random(seed_, stream + static_cast<std::uint64_t>(epoch));
    std::iota(order_.begin(), order_.end(), Index{0});
    for (Index i = std::ssize(order_) - 1; i > 0; --i)
      std::swap(order_[static_cast<std::size_t>(i)],
                order_[static_cast<std::size_t>(random.below(i + 1, static_cast<std::uint64_t>(i)))]);
    epoch_ = epoch;
  }

  Index batch_, pair_block_;
  std::uint64_t seed_;
  DrawPairs draw_;
  std::vector<Index> order_;
  Index epoch_ = -1;
};

namespace trainer_impl {

inline std::string describe(const HeadEpoch& e, Index clusters) {
  const auto percent = [](double share) {
    return std::to_string(static_cast<int>(std::lround(100 * share))) + " %";
  };
  return "clusters used " + std::to_string(e.used_clusters) + " of " + std::to_string(clusters) +
         ", evenness " + percent(e.entropy) + ", heads agree " + percent(e.agreement);
}

inline void check_finite(const StepReport& report, Index step, const Checkpoints& checkpoints, Index saved) {
  for (std::size_t h = 0; h < report.loss.size(); ++h)
    if (!std::isfinite(report.loss[h]))
      fail(Errc::not_finite, "fit: the loss of head ", h, " is ", report.loss[h], " at step ", step,
           "; a lower learning_rate may help. ",
           saved < 0 ? "There is no checkpoint"
                     : "The last good checkpoint is of step " + std::to_string(saved) + ": " +
                           checkpoints.path.string());
}

}  // namespace trainer_impl

/// Runs `training` from its step to the end of settings.epochs on an engine built on training.state, with
/// batches from `loader`; while a step is computed, the next batch is loaded on a thread of its own. Calls
/// the hook after each step and stops when it says so; saves checkpoints. Throws not_finite, naming step and
/// head, for a loss that is not.
template <class Obj, class Bal, StepEngine Engine>
void train(const Heads<Obj, Bal>& settings, Index n, BatchLoader loader, Training& training, Engine& engine,
           const Hook& hook, const Checkpoints& checkpoints, const std::string& fingerprint) {
  const Index epoch_steps = n / settings.batch, steps = settings.epochs * epoch_steps;
  const Index frozen = std::min(settings.frozen_epochs, settings.epochs) * epoch_steps;
  const WarmupCosine rate = settings.schedule(n);
  Index saved = training.step > 0 ? training.step : -1;
  const auto save = [&] {
    if (checkpoints.path.empty() || saved == training.step) return;
    engine.sync();
    save_checkpoint(checkpoints.path, training, fingerprint);
    saved = training.step;
  };

  Matrix<float> batch(2 * settings.batch, training.state.shape.features), next(batch.rows(), batch.cols());
  StepReport report;
  std::string remark;
  if (training.step < steps) loader.load(training.step, batch);
  training.stop = HeadStop::finished;
  while (training.step < steps) {
    std::future<void> ahead;
    const Index step = training.step;
    if (step + 1 < steps) ahead = std::async(std::launch::async, [&] { loader.load(step + 1, next); });
    engine.step(batch, {rate(step), step, std::max<Index>(step - frozen, 0), step < frozen}, report);
    trainer_impl::check_finite(report, step, checkpoints, saved);
    training.sums.add(report);
    ++training.step;
    const double objective = training.sums.finish().loss;
    if (training.step % epoch_steps == 0) {
      training.history.push_back(training.sums.finish());
      training.sums = EpochSums(settings.heads, settings.clusters);
      remark = trainer_impl::describe(training.history.back(), settings.clusters);
    }
    const bool go_on = shoal::report(hook, {"heads", training.step, steps, objective, remark});
    if (!go_on && training.step < steps) training.stop = HeadStop::asked;
    const Index every = checkpoints.every_steps > 0 ? checkpoints.every_steps : epoch_steps;
    if (training.step % every == 0 || training.step == steps || training.stop == HeadStop::asked) save();
    if (ahead.valid()) ahead.get();
    if (training.stop == HeadStop::asked) break;
    std::swap(batch, next);
  }
  engine.sync();
}

}  // namespace shoal
