// The linear classifiers that TURTLE trains anew at each step, on the machine that a backend offers.
#pragma once

#include <memory>

#include <shoal/core/make_owned.hpp>
#include <shoal/turtle/linear_layer.hpp>

namespace shoal {

/// The shape of the trainings of one space's classifiers.
struct TurtleClassifierJob {
  Index batch, features, clusters;
  Index steps;       ///< M, of Adam
  double rate;       ///< its learning rate
  Index spaces = 1;  ///< that share the memory
};

/// Trains linear classifiers of one space, one after another. Laws: the result depends on the arguments only,
/// not on earlier trainings; the bits do not depend on the number of threads.
class TurtleClassifier {
 public:
  TurtleClassifier() = default;
  TurtleClassifier(const TurtleClassifier&) = delete;
  TurtleClassifier& operator=(const TurtleClassifier&) = delete;
  virtual ~TurtleClassifier() = default;

  /// Where the initial weights [C × (d + 1)] of the next classifier are to be written, the bias last.
  [[nodiscard]] virtual MatrixView<float> weights() = 0;
  /// Trains a classifier q = softmax(x wᵀ) from weights() on by M steps of Adam on its cross-entropy with the
  /// labels [B × C], Σ_c −y_c log q_c, meaned over the batch x [B × (d + 1)], whose last column is ones. Then
  /// log_probabilities [B × C] ← log q of the trained one. What weights() holds afterwards is not specified.
  virtual void learn(MatrixView<const float> x, MatrixView<const float> labels,
                     MatrixView<float> log_probabilities) = 0;
};

namespace turtle_impl {

/// On the host's threads, by a backend's products.
class HostClassifier final : public TurtleClassifier {
 public:
  HostClassifier(const TurtleClassifierJob& job, const AnyBackend& backend)
      : job_(job), backend_(backend), layer_(job.clusters, job.features) {}

  [[nodiscard]] MatrixView<float> weights() override { return layer_.weights; }
  void learn(MatrixView<const float> x, MatrixView<const float> labels,
             MatrixView<float> log_probabilities) override {
    layer_.restart();
    const CpuTeam team{job_.clusters};
    const float scale = 1.f / static_cast<float>(x.rows);
    const MatrixView<float> scores = log_probabilities;  // until the last step
    for (Index m = 0; m < job_.steps; ++m) {
      score(x, scores);
      each_row(x.rows, [&](Index i) {  // the gradient by the scores is (softmax − label) / B
        float* z = scores.row(i);
        const float* label = labels.row(i);
        log_softmax(z, job_.clusters);
        team.each([=](auto c) { c.store(z, (exp(c.load(z)) - c.load(label)) * scale); });
      });
      layer_.gather_gradient(scores, x, backend_);
      layer_.update(job_.rate, m, backend_);
    }
    score(x, log_probabilities);
    each_row(x.rows, [&](Index i) { log_softmax(log_probabilities.row(i), job_.clusters); });
  }

 private:
  void score(MatrixView<const float> x, MatrixView<float> scores) const {
    backend_.product({x}, {layer_.weights, true}, scores);
  }
  template <class F> void each_row(Index rows, const F& f) const {
    backend_.each_block(rows, 64, [&](Block b, int) {
      for (Index i = b.first; i < b.first + b.count; ++i) f(i);
    });
  }

  TurtleClassifierJob job_;
  AnyBackend backend_;
  Layer layer_;
};

}  // namespace turtle_impl

/// The trainer of TURTLE's classifiers on a backend B. This primary template computes on the host by the
/// backend's products; a Gpu specialises it (turtle/cuda/classifier.cuh).
template <class B> struct TurtleClassifierOn {
  static std::unique_ptr<TurtleClassifier> make(const TurtleClassifierJob& job, const B& backend) {
    return make_owned<TurtleClassifier, turtle_impl::HostClassifier>(job, AnyBackend(backend));
  }
};

/// A type-erased reference to any backend and to its trainer of TURTLE's classifiers. The backend must
/// outlive it.
class TurtleBackend : public AnyBackend {
 public:
  template <class B>
    requires(!std::derived_from<B, AnyBackend> && Backend<B>)
  TurtleBackend(const B& backend)  // NOLINT: a reference to any backend
      : AnyBackend(backend),
        backend_(std::addressof(backend)),
        make_([](const void* b, const TurtleClassifierJob& job) {
          return TurtleClassifierOn<B>::make(job, *static_cast<const B*>(b));
        }) {}

  [[nodiscard]] std::unique_ptr<TurtleClassifier> classifier(const TurtleClassifierJob& job) const {
    return make_(backend_, job);
  }

 private:
  const void* backend_;
  std::unique_ptr<TurtleClassifier> (*make_)(const void*, const TurtleClassifierJob&);
};

}  // namespace shoal
