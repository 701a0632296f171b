// Trains TURTLE: labels that linear classifiers in every space learn easily.
#pragma once

#include <algorithm>
#include <list>
#include <memory>
#include <span>

#include <shoal/core/borrowed_view.hpp>
#include <shoal/core/progress.hpp>
#include <shoal/io/finite_rows.hpp>
#include <shoal/turtle/classifier.hpp>
#include <shoal/turtle/draws.hpp>
#include <shoal/turtle/settings.hpp>

namespace shoal {

namespace turtle_impl {

/// One space: its rows, its label layer, its classifier, and the buffers of a step.
struct Space {
  AnyRows rows;
  NormedLayer encoder;
  std::unique_ptr<TurtleClassifier> classifier;
  Matrix<float> x;              // [B × (d + 1)] the batch, with a last column of ones
  Matrix<float> probabilities;  // [B × C] of the encoder, then the gradient by its scores
  std::vector<double> mean;     // [C] mean of the probabilities

  Space(AnyRows source, Index spaces, const Turtle& settings, Index batch, const TurtleBackend& backend)
      : rows(source),
        encoder(settings.clusters, source.cols()),
        classifier(backend.classifier(
            {batch, source.cols(), settings.clusters, settings.inner_steps, settings.inner_rate, spaces})),
        x(batch, source.cols() + 1, 1.f),
        probabilities(batch, settings.clusters) {}
};

/// The state of a training.
class Trainer {
 public:
  Trainer(const Turtle& settings, std::span<const BorrowedView<AnyRows>> views, TurtleDraws& draws,
          const TurtleBackend& backend)
      : settings_(settings),
        draws_(draws),
        backend_(backend),
        batch_(std::min(settings.batch, views.front().rows())),
        rows_(static_cast<std::size_t>(batch_)),
        labels_(batch_, settings.clusters),
        log_q_(batch_, settings.clusters),
        label_gradient_(batch_, settings.clusters) {
    for (const AnyRows& view : views) {
      Space& space = spaces_.emplace_back(view, std::ssize(views), settings, batch_, backend);
      draws_.encoder(static_cast<Index>(spaces_.size()) - 1, space.encoder.directions.weights);
      space.encoder.start();
    }
  }

  /// Makes step t, counted from 0.
  TurtleStep step(Index t) {
    read_batch(t);
    encode();
    std::fill_n(label_gradient_.data(), label_gradient_.size(), 0.f);
    TurtleStep now;
    Index number = 0;
    for (Space& space : spaces_) {
      draws_.classifier(t, number++, space.classifier->weights());
      space.classifier->learn(space.x, labels_, log_q_.view());
      now.error += judge();
    }
    for (Space& space : spaces_) {
      for (const double m : space.mean) now.entropy -= m > 0 ? m * std::log(m) : 0.;
      improve(space, t);
    }
    return now;
  }

  /// The most likely clusters of all rows, and the layers.
  TurtleResult result() {
    TurtleResult found;
    const Index n = spaces_.front().rows.rows(), clusters = settings_.clusters;
    found.labels.resize(static_cast<std::size_t>(n));
    found.confidence.resize(found.labels.size());
    for (Space& space : spaces_) space.encoder.normalise();
    for (Index first = 0; first < n; first += batch_) {
      const Index count = std::min(batch_, n - first);
      for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
        rows_[i] = first + static_cast<Index>(i);
      for (Space& space : spaces_) gather(space, count);
      encode();
      for (Index i = 0; i < count; ++i) {
        const auto row = static_cast<std::size_t>(first + i);
        found.labels[row] = static_cast<Label>(argmax(labels_.row(i), clusters));
        found.confidence[row] = labels_(i, found.labels[row]);
      }
    }
    for (Space& space : spaces_) found.encoders.push_back(space.encoder.effective);
    return found;
  }

 private:
  [[nodiscard]] auto per_batch() const { return 1.f / static_cast<float>(batch_); }
  template <class F> void each_row(const F& f) const {
    backend_.each_block(batch_, 64, [&](Block b, int) {
      for (Index i = b.first; i < b.first + b.count; ++i) f(i);
    });
  }

  void gather(Space& space, Index count) {
    backend_.each_block(count, 64, [&](Block b, int) {
      space.rows.gather(
          std::span(rows_).subspan(static_cast<std::size_t>(b.first), static_cast<std::size_t>(b.count)),
          space.x.view().columns(0, space.rows.cols()).block(b.first, b.count));
    });
  }
  void read_batch(Index t) {
    draws_.batch(t, rows_);
    for (Space& space : spaces_) gather(space, batch_);
  }

  /// labels_ ← the mean over spaces of softmax(x w^T). Each space keeps its own probabilities and their mean
  /// row.
  void encode() {
    std::fill_n(labels_.data(), labels_.size(), 0.f);
    const CpuTeam team{settings_.clusters};
    const float share = 1.f / static_cast<float>(spaces_.size());
    for (Space& space : spaces_) {
      space.encoder.normalise();
      backend_.product({space.x}, {space.encoder.effective, true}, space.probabilities.view());
      each_row([&](Index i) {
        float *p = space.probabilities.row(i), *label = labels_.row(i);
        log_softmax(p, settings_.clusters);
        team.each([=](auto c) {
          const auto value = exp(c.load(p));
          c.store(p, value);
          c.store(label, c.load(label) + value * share);
        });
      });
      space.mean = mean_of(space.probabilities);
    }
  }

  [[nodiscard]] std::vector<double> mean_of(const Matrix<float>& rows) const {
    const auto clusters = static_cast<std::size_t>(settings_.clusters);
    const auto one_block = [&](Block b) {
      std::vector<double> sum(clusters, 0.);
      for (Index i = b.first; i < b.first + b.count; ++i)
        for (std::size_t c = 0; c < clusters; ++c) sum[c] += double{rows.row(i)[c]};
      return sum;
    };
    std::vector<double> mean =
        backend_.reduce_blocks(batch_, 512, std::vector<double>(clusters, 0.), one_block,
                               [](std::vector<double>& sum, const std::vector<double>& part) {
                                 for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += part[c];
                               });
    for (double& m : mean) m /= static_cast<double>(batch_);
    return mean;
  }

  /// The cross-entropy between the classifier's predictions and the labels. Adds its gradient by the labels,
  /// −log q / B, to the gradient of the error.
  double judge() {
    const float scale = per_batch();
    const auto one_block = [&](Block b) {
      double sum = 0;
      for (Index i = b.first; i < b.first + b.count; ++i) {
        float* gradient = label_gradient_.row(i);
        const float *z = log_q_.row(i), *label = labels_.row(i);
        const CpuTeam team{settings_.clusters};
        team.each([=](auto c) { c.store(gradient, c.load(gradient) - c.load(z) * scale); });
        sum -= double{team.sum([=](auto c) { return c.load(label) * c.load(z); })};
      }
      return sum;
    };
    return backend_.reduce_blocks(batch_, 64, 0., one_block, [](double& sum, double part) { sum += part; }) /
           static_cast<double>(batch_);
  }

  /// One step of Adam for a space's label layer on error − γ entropy.
  void improve(Space& space, Index t) {
    const Index clusters = settings_.clusters;
    const CpuTeam team{clusters};
    const float share = 1.f / static_cast<float>(spaces_.size());
    std::vector<float> pull;  // the gradient of −γ entropy by each probability
    for (const double m : space.mean)
      pull.push_back(m > 0 ? static_cast<float>(settings_.entropy_weight * (std::log(m) + 1)) * per_batch()
                           : 0.f);
    each_row([&](Index i) {
      float* p = space.probabilities.row(i);
      const float *gradient = label_gradient_.row(i), *pulled = pull.data();
      const float along =
          team.sum([=](auto c) { return c.load(p) * (c.load(gradient) * share + c.load(pulled)); });
      team.each([=](auto c) { c.store(p, c.load(p) * (c.load(gradient) * share + c.load(pulled) - along)); });
    });
    space.encoder.directions.gather_gradient(space.probabilities, space.x, backend_);
    space.encoder.update(settings_.learning_rate, t, backend_);
  }

  Turtle settings_;
  TurtleDraws& draws_;
  const TurtleBackend& backend_;
  Index batch_;
  std::vector<Index> rows_;  // rows of the batch
  std::list<Space> spaces_;
  Matrix<float> labels_;          // [B × C] the label distribution
  Matrix<float> log_q_;           // [B × C] log probabilities of a trained classifier
  Matrix<float> label_gradient_;  // [B × C] gradient of the error by the labels
};

inline TurtleResult train(const Turtle& settings, std::span<const BorrowedView<AnyRows>> views,
                          TurtleDraws& draws, const TurtleBackend& backend, const Hook& hook) {
  Trainer trainer(settings, views, draws, backend);
  std::vector<TurtleStep> steps;
  for (Index t = 0; t < settings.steps; ++t) {
    steps.push_back(trainer.step(t));
    const double loss = steps.back().error - settings.entropy_weight * steps.back().entropy;
    check(is_finite(loss), Errc::not_finite, "fit(Turtle): the loss is not finite at step ", t,
          "; lower the learning rates");
    if (!report(hook,
                {.phase = "TURTLE", .done = t + 1, .total = settings.steps, .objective = loss, .detail = {}}))
      break;
  }
  TurtleResult result = trainer.result();
  result.steps = std::move(steps);
  return result;
}

inline void check_views(const Turtle& settings, std::span<const BorrowedView<AnyRows>> views,
                        Workers workers) {
  check(!views.empty(), Errc::invalid_argument, "fit(Turtle): at least one space is needed");
  check_settings(settings, views.front().rows());
  for (const AnyRows& view : views) {
    check(view.rows() == views.front().rows(), Errc::invalid_argument, "fit(Turtle): a space has ",
          view.rows(), " rows where the first has ", views.front().rows());
    check(view.cols() >= 1, Errc::invalid_argument, "fit(Turtle): a space has no columns");
    check_finite_rows("fit(Turtle): features", view, workers);
  }
}

}  // namespace turtle_impl

/// Clusters rows given in one or several spaces (row sources with equally many rows) by TURTLE, as the
/// authors' implementation does. Each space has a linear layer with weight normalisation, and the label of a
/// row is the mean over the spaces of their softmax outputs. Each step takes a batch. First a new linear
/// classifier for each space is trained by M steps of Adam on its cross-entropy with the labels, which are
/// held fixed. Then the label layers make one step of Adam on
///   Σ_spaces CE(classifier, labels) − γ Σ_spaces H(mean label of the space)
/// with the classifiers held fixed. A Gpu trains the classifiers on its device. Rows are used as they are.
/// `draws` replaces the random choices of the seed. If the hook asks to stop, training ends after the current
/// step. The same bits for any number of threads. O(steps · M · batch · C · Σ d) time; plan()
/// (turtle/plan.hpp) gives the memory. Throws invalid_argument for settings out of range and for spaces with
/// different numbers of rows, bad_data for rows that are not finite, and not_finite if the loss is not.
template <Backend B>
TurtleResult fit(const Turtle& settings, std::span<const BorrowedView<AnyRows>> spaces, TurtleDraws& draws,
                 const B& backend, const Hook& hook = {}) {
  turtle_impl::check_views(settings, spaces, backend);
  const TurtleBackend any(backend);
  return turtle_impl::train(settings, spaces, draws, any, hook);
}
/// The same with the random choices of settings.seed.
template <Backend B>
TurtleResult fit(const Turtle& settings, std::span<const BorrowedView<AnyRows>> spaces, const B& backend,
                 const Hook& hook = {}) {
  SeededTurtleDraws draws(settings.seed, spaces.empty() ? 0 : spaces.front().rows());
  return fit(settings, spaces, draws, backend, hook);
}
/// Clusters rows given in a single space.
template <Backend B>
TurtleResult fit(const Turtle& settings, AnyRows rows, const B& backend, const Hook& hook = {}) {
  const BorrowedView<AnyRows> view(rows);
  return fit(settings, std::span<const BorrowedView<AnyRows>>(&view, 1), backend, hook);
}

}  // namespace shoal
