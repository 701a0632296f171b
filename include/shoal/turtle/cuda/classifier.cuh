// The trainer of TURTLE's classifiers on a GPU.
#pragma once

#include <algorithm>

#include <shoal/backend/gpu.cuh>
#include <shoal/backend/gpu_products.cuh>
#include <shoal/backend/gpu_row_storage.cuh>
#include <shoal/core/memory_plan.hpp>
#include <shoal/heads/optimizer.hpp>
#include <shoal/objective/objective.hpp>
#include <shoal/turtle/classifier.hpp>

namespace shoal {

/// z ← softmax(z) − label for the first C scores of each row, the gradient of its cross-entropy. NaN
/// propagates.
template <class By> struct SoftmaxLessLabel {
  static constexpr int threads = By::threads;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<float> scores, MatrixView<const float> labels) const {
    const Index i = By::row(exec);
    if (i >= scores.rows) return;
    const auto team = By::team(exec, labels.cols);
    typename By::Room z_room, label_room;
    const float *z = By::take(team, scores.row(i), z_room),
                *label = By::take(team, labels.row(i), label_room);
    const float partition = log_partition(team, z, 1.f);
    float* gradient = By::room(scores.row(i), z_room);  // in the place of z
    team.each([=](auto c) { c.store(gradient, probability(c.load(z), 1.f, partition) - c.load(label)); });
    By::put(team, gradient, scores.row(i));
  }
};

/// z ← log softmax(z) for the first C scores of each row.
template <class By> struct LogSoftmax {
  static constexpr int threads = By::threads;

  template <class Exec> SHOAL_HD void operator()(Exec& exec, MatrixView<float> scores, Index clusters) const {
    const Index i = By::row(exec);
    if (i >= scores.rows) return;
    const auto team = By::team(exec, clusters);
    typename By::Room room;
    const float* z = By::take(team, scores.row(i), room);
    const float partition = log_partition(team, z, 1.f);
    float* out = By::room(scores.row(i), room);
    team.each([=](auto c) { c.store(out, c.load(z) - partition); });
    By::put(team, out, scores.row(i));
  }
};

/// A step of Adam for each of n weights, whose gradients are `scale` times those given.
struct AdamWeights {
  AdamStep step;
  float scale;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, Index n, const float* gradient, float* weights, float* first,
                           float* second) const {
    const Index i = thread_item(exec);
    if (i < n) weights[i] = step(weights[i], gradient[i] * scale, first[i], second[i]);
  }
};

/// A matrix of up to `rows` rows on the device that the host fills again and again. Its rows are padded with
/// zeros, and so are its columns where it is said to have more than are given.
template <class Rt> class Refilled {
 public:
  Refilled(GpuStream<Rt>& stream, Index rows, Index cols)
      : cols_(cols), pinned_(stream.runtime(), rows * cols), device_(stream, rows * cols) {
    std::fill_n(pinned_.host(), rows * cols, 0.f);
  }

  /// Enqueues the copy of `from`, and of zeros up to `rows` rows. The last copy must have been made.
  MatrixView<float> fill(GpuStream<Rt>& stream, MatrixView<const float> from, Index rows, Workers workers) {
    float* to = pinned_.host();
    workers.each_row(from.rows, [&](Index i) { std::copy_n(from.row(i), from.cols, to + i * cols_); });
    stream.copy(device_.data(), static_cast<const float*>(pinned_.data()), rows * cols_);
    return device_.view(rows, cols_);
  }

 private:
  Index cols_;
  PinnedArray<Rt, float> pinned_;
  DeviceArray<Rt, float> device_;
};

/// Batch, labels and initial weights go to the device once for each training, and log probabilities come
/// back; its M steps run there. Classes and features are padded with zeros, which stay zeros, so that rows
/// start on 16 bytes. The gpu must outlive it.
template <class Rt> class GpuTurtleClassifier final : public TurtleClassifier {
 public:
  GpuTurtleClassifier(const TurtleClassifierJob& job, const Gpu<Rt>& gpu)
      : job_(job),
        gpu_(gpu),
        stream_(gpu.stream()),
        initial_(job.clusters, job.features + 1),
        x_(stream_, job.batch, depth()),
        labels_(stream_, job.batch, job.clusters),
        weights_(stream_, width(), depth()),
        gradient_(stream_, width() * depth()),
        first_(stream_, width() * depth()),
        second_(stream_, width() * depth()),
        scores_(stream_, job.batch * width()),
        products_(stream_, gpu.settings().precision, factor_floats(job)),
        result_(stream_, job.batch * width()) {}
  ~GpuTurtleClassifier() override { stream_.finish(); }

  [[nodiscard]] MatrixView<float> weights() override { return initial_; }
  void learn(MatrixView<const float> x, MatrixView<const float> labels,
             MatrixView<float> log_probabilities) override {
    const MatrixView<const float> rows = x_.fill(stream_, x, x.rows, gpu_.host()),
                                  wanted = labels_.fill(stream_, labels, x.rows, gpu_.host());
    const MatrixView<float> weights = weights_.fill(stream_, initial_, width(), gpu_.host()),
                            scores = scores_.view(x.rows, width()),
                            gradient = gradient_.view(width(), depth());
    stream_.zero(first_.data(), first_.size());
    stream_.zero(second_.data(), second_.size());
    const auto score = [&] { products_(Factor(rows), Factor(weights, true), scores); };
    by_row_length(job_.clusters, [&](auto by) {
      using By = decltype(by);
      for (Index m = 0; m < job_.steps; ++m) {
        score();
        stream_.launch(By::grid(x.rows), SoftmaxLessLabel<By>{}, scores, wanted);
        products_(Factor(scores, true), Factor(rows), gradient);
        stream_.launch(
            thread_per_item(gradient_.size()),
            AdamWeights{AdamStep(Optimizer::adam, job_.rate, 0, m), 1.f / static_cast<float>(x.rows)},
            gradient_.size(), std::as_const(gradient_).data(), weights.data, first_.data(), second_.data());
      }
      score();
      stream_.launch(By::grid(x.rows), LogSoftmax<By>{}, scores, job_.clusters);
    });
    result_.start(std::as_const(scores_).data(), x.rows * width());
    const MatrixView<const float> result(result_.take(), x.rows, width());
    Workers(gpu_.host()).each_row(x.rows, [&](Index i) {
      std::copy_n(result.row(i), job_.clusters, log_probabilities.row(i));
    });
  }

  /// The device memory in bytes by use.
  static MemoryPlan plan(const TurtleClassifierJob& job, Precision precision) {
    const Index depth = padded(job.features + 1), width = padded(job.clusters);
    return MemoryPlan()
        .add("weights, gradient and moments", bytes_for(4 * width * depth, 4))
        .add("batch", bytes_for(job.batch * depth, 4))
        .add("labels and scores", bytes_for(job.batch * (job.clusters + width), 4))
        .add("rounded factors", product_bytes(precision, factor_floats(job)));
  }

 private:
  static Index factor_floats(const TurtleClassifierJob& job) {
    const Index depth = padded(job.features + 1), width = padded(job.clusters);
    return std::max({job.batch * depth, job.batch * width, width * depth});
  }
  [[nodiscard]] Index depth() const { return padded(job_.features + 1); }
  [[nodiscard]] Index width() const { return padded(job_.clusters); }

  TurtleClassifierJob job_;
  const Gpu<Rt>& gpu_;
  GpuStream<Rt>& stream_;
  Matrix<float> initial_;  // [C × (d + 1)], on the host
  Refilled<Rt> x_, labels_, weights_;
  DeviceArray<Rt, float> gradient_, first_, second_, scores_;
  GpuProducts<Rt> products_;
  Download<Rt, float> result_;
};

template <GpuBackend B> struct TurtleClassifierOn<B> {
  static std::unique_ptr<TurtleClassifier> make(const TurtleClassifierJob& job, const B& gpu) {
    using Classifier = GpuTurtleClassifier<typename B::Runtime>;
    const auto share = gpu.memory() / static_cast<std::size_t>(job.spaces);
    check_budget("fit(Turtle)", Classifier::plan(job, gpu.settings().precision), share);
    return std::make_unique<Classifier>(job, gpu);
  }
};

}  // namespace shoal
