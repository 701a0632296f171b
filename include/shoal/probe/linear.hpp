// The linear probe: multinomial logistic regression by SGD, with a grid of settings trained side by side.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <shoal/core/buffer.hpp>
#include <shoal/core/finite.hpp>
#include <shoal/core/ordered.hpp>
#include <shoal/core/progress.hpp>
#include <shoal/core/random.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/io/finite_rows.hpp>
#include <shoal/io/row_source.hpp>
#include <shoal/probe/probe_backend.hpp>

namespace shoal {

/// The settings of a linear probe; the default grid is that of Adaloglou et al. 2024, appendix C.3.
struct LinearProbe {
  std::vector<double> learning_rates{1e-5, 5e-5, 1e-4, 5e-4, 1e-3, 5e-3};  ///< learning rates of the grid
  std::vector<double> weight_decays{0, 1e-5, 1e-3};                        ///< weight decays of the grid
  Index classes = 0;          ///< C; 0: one more than the largest training label
  int epochs = 100;           ///< passes over the training rows
  Index batch = 256;          ///< rows of a batch; the learning rate does not scale with it
  double momentum = 0.9;      ///< momentum μ of SGD
  bool race = true;           ///< whether to drop the worse half of the grid repeatedly (see fit)
  bool score_epochs = false;  ///< whether to score the held-out rows after every epoch
  std::uint64_t seed = 0;     ///< seed of the order of rows
};

/// The result of one grid point.
struct ProbePoint {
  double learning_rate, weight_decay;  ///< its place in the grid
  int epochs;                          ///< number of epochs it was trained for
  double loss;               ///< mean cross-entropy over its last epoch, before each step; NaN if it diverged
  double accuracy;           ///< accuracy on the validation rows after its last epoch
  double best_accuracy = 0;  ///< highest accuracy among the epochs after which it was measured
  int best_epoch = 0;        ///< first epoch that reached it
};

/// The results of all grid points, and the classifier of the best.
struct ProbeResult {
  std::vector<ProbePoint> points;  ///< ordered by learning rate, then by weight decay
  Index best;  ///< index of the most accurate among the points trained longest; first on ties
  LinearClassifier classifier;         ///< the classifier of the best point
  double accuracy;                     ///< its accuracy on the validation rows
  Index highest;                       ///< index of the point of highest best_accuracy; first on ties
  double macro_accuracy;               ///< mean of class_accuracy, in which rare classes count like others
  std::vector<double> class_accuracy;  ///< [C] NaN for a class without validation rows
  bool stopped;                        ///< whether the hook stopped the training before the last epoch
};

namespace linear_impl {

inline void check_rows(const char* name, AnyRows rows, std::span<const Label> labels, Index classes,
                       Workers workers) {
  check(rows.rows() == static_cast<Index>(labels.size()) && rows.rows() > 0, Errc::invalid_argument,
        "fit(LinearProbe): ", name, " (", rows.rows(), " rows, ", labels.size(),
        " labels) must have a label a row and at least one row");
  for (std::size_t i = 0; i < labels.size(); ++i)
    check(labels[i] >= 0 && labels[i] < classes, Errc::invalid_argument, "fit(LinearProbe): ", name,
          " label ", i, " (", labels[i], ") must be in [0, ", classes, ")");
  check_finite_rows(("fit(LinearProbe): " + std::string(name)).c_str(), rows, workers);
}

inline void check_settings(const LinearProbe& p) {
  const auto each = [](const char* name, const std::vector<double>& values) {
    check(!values.empty(), Errc::invalid_argument, "fit(LinearProbe): ", name, " must not be empty");
    for (const double v : values)
      check(v >= 0 && is_finite(v), Errc::invalid_argument, "fit(LinearProbe): ", name, " (", v,
            ") must be finite and not negative");
  };
  each("learning_rates", p.learning_rates);
  each("weight_decays", p.weight_decays);
  check(p.epochs >= 1, Errc::invalid_argument, "fit(LinearProbe): epochs (", p.epochs, ") must be positive");
  check(p.batch >= 1, Errc::invalid_argument, "fit(LinearProbe): batch (", p.batch, ") must be positive");
  check(is_finite(p.momentum) && p.momentum >= 0 && p.momentum < 1, Errc::invalid_argument,
        "fit(LinearProbe): momentum (", p.momentum, ") must be in [0, 1)");
}

/// Runs one pass over the rows in a random order drawn for this epoch (Fisher-Yates shuffle). Returns the
/// mean losses.
inline std::vector<double> run_epoch(const LinearProbe& probe, int epoch, AnyRows rows,
                                     std::span<const Label> labels, ProbeTrainer& trainer, Workers workers) {
  const Index n = rows.rows(), steps = block_count(n, probe.batch);
  std::vector<Index> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), Index{0});
  const Philox random(probe.seed, static_cast<std::uint64_t>(epoch));
  for (Index i = n - 1; i > 0; --i)
    std::swap(order[static_cast<std::size_t>(i)],
              order[static_cast<std::size_t>(random.below(i + 1, static_cast<std::uint64_t>(i)))]);
  Matrix<float> x(std::min(n, probe.batch), rows.cols() + 1, 1.f);  // the last column stays one
  std::vector<Label> y(static_cast<std::size_t>(x.rows()));
  for (Index step = 0; step < steps; ++step) {
    const Block b = block_at(n, probe.batch, step);
    const auto ids =
        std::span(order).subspan(static_cast<std::size_t>(b.first), static_cast<std::size_t>(b.count));
    workers.each_block(b.count, 32, [&](Block part, int) {
      rows.gather(ids.subspan(static_cast<std::size_t>(part.first), static_cast<std::size_t>(part.count)),
                  x.view().columns(0, rows.cols()).block(part.first, part.count));
    });
    for (std::size_t i = 0; i < ids.size(); ++i) y[i] = labels[static_cast<std::size_t>(ids[i])];
    const double done = static_cast<double>(epoch * steps + step) / static_cast<double>(probe.epochs * steps);
    trainer.step(x.view().block(0, b.count), std::span(y).first(ids.size()),
                 0.5 * (1 + std::cos(std::numbers::pi * done)));
  }
  std::vector<double> losses = trainer.take_losses();
  for (double& loss : losses) loss /= static_cast<double>(n);
  return losses;
}

/// Successive halving over the grid: the points that are still trained, and the results of all.
class Race {
 public:
  std::vector<ProbePoint> points;  ///< all points, in the order of the grid

  /// For training rows of that shape.
  Race(const LinearProbe& probe, AnyRows rows, Index classes, const ProbeBackend& backend)
      : points(grid(probe)),
        probe_(probe),
        workers_(backend),
        trainer_(backend.trainer(
            {settings(points), rows.cols(), classes, probe.momentum, std::min(probe.batch, rows.rows())})),
        active_(points.size()) {
    std::iota(active_.begin(), active_.end(), std::size_t{0});
    plan_round(0);
  }

  /// Trains epoch `epoch` ≥ 1 and records the losses. Returns the lowest, or infinity if all points diverged.
  double run(int epoch, AnyRows rows, std::span<const Label> labels) {
    const std::vector<double> losses = run_epoch(probe_, epoch - 1, rows, labels, *trainer_, workers_);
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t place = 0; place < active_.size(); ++place) {
      points[active_[place]].epochs = epoch;
      points[active_[place]].loss = losses[place];
      least = losses[place] < least ? losses[place] : least;
    }
    return least;
  }

  /// Whether the worse half is dropped after this epoch.
  [[nodiscard]] bool ends_round(int epoch) const { return epoch == round_; }

  /// Records the accuracies on held-out rows. Returns the trainer's places, most accurate first; ties go to
  /// the lower loss, then to the lower place.
  std::vector<std::size_t> rank(AnyRows rows, std::span<const Label> truth) {
    const Buffer<HeldOut> held_out = trainer_->evaluate(rows, truth);
    for (std::size_t place = 0; place < active_.size(); ++place) {
      ProbePoint& point = points[active_[place]];
      point.accuracy = held_out[place].accuracy;
      if (point.best_epoch > 0 && point.best_accuracy >= point.accuracy) continue;
      point.best_accuracy = point.accuracy;
      point.best_epoch = point.epochs;
    }
    return ordered(active_.size(), [&](std::size_t a, std::size_t b) {
      return held_out[a].accuracy != held_out[b].accuracy ? held_out[a].accuracy > held_out[b].accuracy
                                                          : held_out[a].loss < held_out[b].loss;
    });
  }

  /// Continues with the better half of the ranked places.
  void drop_worse_half(std::vector<std::size_t> ranked, int epoch) {
    ranked.resize((ranked.size() + 1) / 2);
    std::sort(ranked.begin(), ranked.end());
    trainer_->keep(ranked);
    for (std::size_t i = 0; i < ranked.size(); ++i) active_[i] = active_[ranked[i]];
    active_.resize(ranked.size());
    plan_round(epoch);
  }

  [[nodiscard]] Index point_at(std::size_t place) const { return static_cast<Index>(active_[place]); }
  [[nodiscard]] LinearClassifier classifier(std::size_t place) const {
    return trainer_->classifier(static_cast<Index>(place));
  }

 private:
  static std::vector<ProbePoint> grid(const LinearProbe& probe) {
    std::vector<ProbePoint> points;
    for (const double rate : probe.learning_rates)
      for (const double decay : probe.weight_decays) points.push_back({rate, decay, 0, 0, 0});
    return points;
  }
  static Buffer<SgdPoint> settings(const std::vector<ProbePoint>& points) {
    Buffer<SgdPoint> settings;
    for (const ProbePoint& point : points) settings.push_back({point.learning_rate, point.weight_decay});
    return settings;
  }

  /// Plans the next round, which takes a third of the work of one full training, but at least one epoch.
  void plan_round(int epoch) {
    const auto left = static_cast<int>(active_.size());
    round_ = probe_.race && left > 1 ? epoch + std::max(1, probe_.epochs / (3 * left)) : 0;
  }

  const LinearProbe& probe_;
  Workers workers_;
  std::unique_ptr<ProbeTrainer> trainer_;
  std::vector<std::size_t> active_;  // the grid point at each of the trainer's places
  int round_ = 0;                    // the epoch after which the worse half is dropped; 0: none
};

}  // namespace linear_impl

/// The per-class, macro and overall accuracy of predicted labels; sets class_accuracy, macro_accuracy and
/// accuracy of the result.
inline void score(std::span<const Label> truth, const Matrix<Label>& predicted, Index classes,
                  ProbeResult& result) {
  std::vector<Index> right(static_cast<std::size_t>(classes)), all(right.size());
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const auto y = static_cast<std::size_t>(truth[i]);
    ++all[y];
    right[y] += predicted(static_cast<Index>(i), 0) == truth[i];
  }
  Index rights = 0, seen = 0;
  double sum = 0;
  result.class_accuracy.assign(right.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t c = 0; c < right.size(); ++c) {
    if (all[c] == 0) continue;
    sum += result.class_accuracy[c] = static_cast<double>(right[c]) / static_cast<double>(all[c]);
    rights += right[c];
    ++seen;
  }
  result.macro_accuracy = sum / static_cast<double>(seen);
  result.accuracy = static_cast<double>(rights) / static_cast<double>(truth.size());
}

/// Trains a classifier for every (learning rate, weight decay) of the grid on the same batches and returns
/// the one that is most accurate on the validation rows.
///
/// Each grid point minimises
///   mean over the batch of −log softmax(x W + b)_y + (decay / 2) ‖W‖²
/// by
///   v ← μ v + ∇,   (W, b) ← (W, b) − η(t) v,   η(t) = learning rate · ½ (1 + cos(π t / T)),
/// which is PyTorch's SGD (no dampening, weight decay inside the momentum), started at zero, with no decay of
/// the bias. Rows are used as they are: the paper's learning rates suit columns of about unit variance
/// (io/standardize.hpp); for rows of unit norm, multiply the rates by d. Each epoch visits the rows in a new
/// random permutation, including the short last batch.
///
/// One product [B × d] · [d × (points · C)] computes all scores. Softmax and its gradient follow row by row.
/// A second product computes the gradients tile by tile, and each tile updates its weights at once. The work
/// is O(n d C · points · epochs). With `race`, the points are halved whenever they have used a third of the
/// work of one full training: the better half by validation accuracy is kept (ties go to the lower validation
/// loss), so that the grid costs about two trainings instead of 18. Memory is 8 (d + 1) C · points bytes,
/// plus at most 64 MB of scores beyond the first point's. The paper reports "the highest
/// validation accuracy value obtained", chosen on the rows that it is reported on: with score_epochs that is
/// points[highest].best_accuracy, at O(validation rows · d · C · points) an epoch; the classifier is always
/// that of the last epoch.
///
/// `rows` is n × d with `labels` in [0, C); `validation` and `truth` likewise. The same bits for any number
/// of threads. Throws invalid_argument for settings, shapes and labels out of range, bad_data for rows that
/// are not finite, and not_finite if every point diverged. The hook is called after each epoch with the
/// lowest mean loss; if it asks to stop, the results so far are returned.
inline ProbeResult fit(const LinearProbe& probe, AnyRows rows, std::span<const Label> labels,
                       AnyRows validation, std::span<const Label> truth, const ProbeBackend& backend,
                       const Hook& hook = {}) {
  using namespace linear_impl;
  check_settings(probe);
  Index classes = probe.classes;
  if (classes == 0)
    for (const Label y : labels) classes = std::max<Index>(classes, y + 1);
  check(rows.cols() == validation.cols(), Errc::invalid_argument, "fit(LinearProbe): validation (",
        validation.cols(), " features) must have the ", rows.cols(), " features of the training rows");
  check_rows("training", rows, labels, classes, backend);
  check_rows("validation", validation, truth, classes, backend);

  ProbeResult result{};
  Race race(probe, rows, classes, backend);
  for (int epoch = 1; epoch <= probe.epochs && !result.stopped; ++epoch) {
    const double loss = race.run(epoch, rows, labels);
    check(is_finite(loss), Errc::not_finite, "fit(LinearProbe): every grid point diverged by epoch ", epoch,
          "; lower the learning rates");
    result.stopped = !report(hook, {"probe", epoch, probe.epochs, loss, {}});
    const bool last = epoch == probe.epochs || result.stopped;
    if (!last && !race.ends_round(epoch) && !probe.score_epochs) continue;
    const std::vector<std::size_t> ranked = race.rank(validation, truth);
    if (!last && !race.ends_round(epoch)) continue;
    if (last) {
      result.best = race.point_at(ranked.front());
      result.classifier = race.classifier(ranked.front());
    } else {
      race.drop_worse_half(ranked, epoch);
    }
  }
  result.points = std::move(race.points);
  const auto worse = [](const auto& a, const auto& b) { return a.best_accuracy < b.best_accuracy; };
  result.highest =
      std::max_element(result.points.begin(), result.points.end(), worse) - result.points.begin();
  score(truth, classify(result.classifier, validation, 1, backend).top, classes, result);
  return result;
}

}  // namespace shoal
