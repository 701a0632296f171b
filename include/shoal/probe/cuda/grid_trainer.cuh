// The trainer of linear probes on a GPU.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <shoal/backend/gpu.cuh>
#include <shoal/backend/gpu_products.cuh>
#include <shoal/backend/gpu_rows.cuh>
#include <shoal/core/buffer.hpp>
#include <shoal/core/finite.hpp>
#include <shoal/core/memory_plan.hpp>
#include <shoal/probe/cuda/cells.cuh>
#include <shoal/probe/probe_backend.hpp>

namespace shoal {

/// The classifiers of a ProbeJob as one matrix [(d + 1) × P C] on the device, its rows padded with zeros so
/// that products start on 16 bytes; velocities alike. A step copies its batch to the device, waits for
/// nothing, and makes two products for each panel of classifiers, whose scores and gradients are held at a
/// time. Losses stay on the device until they are taken. The gpu must outlive it.
template <class Rt> class GpuGridTrainer final : public ProbeTrainer {
 public:
  GpuGridTrainer(const ProbeJob& job, const Gpu<Rt>& gpu)
      : gpu_(gpu),
        stream_(gpu.stream()),
        points_(job.points),
        features_(job.features),
        classes_(job.classes),
        momentum_(static_cast<float>(job.momentum)),
        most_rows_(std::max(job.batch, held_out_rows)),
        panel_(panel(job)),
        weights_(stream_, depth() * width()),
        velocity_(stream_, depth() * width()),
        rates_(stream_, size()),
        decays_(stream_, size()),
        tallies_(stream_, 2 * size()),
        x_(stream_, most_rows_ * depth()),
        labels_(stream_, most_rows_),
        scores_(stream_, most_rows_ * padded(panel_ * classes_)),
        gradient_(stream_, depth() * padded(panel_ * classes_)),
        cells_(stream_, 2 * most_rows_ * panel_),
        products_(stream_, gpu.settings().precision, factor_floats()),
        slots_{{stream_, job.batch * depth(), job.batch}, {stream_, job.batch * depth(), job.batch}} {
    stream_.zero(weights_.data(), weights_.size());
    stream_.zero(velocity_.data(), velocity_.size());
    stream_.zero(tallies_.data(), tallies_.size());
    put_points();
  }
  ~GpuGridTrainer() override { stream_.finish(); }

  [[nodiscard]] Index size() const override { return std::ssize(points_); }

  void step(MatrixView<const float> x, std::span<const Label> y, double anneal) override {
    upload(x, y);
    const MatrixView<const float> rows = x_.view(x.rows, depth());
    each_panel([&](Index first, Index count) {
      const MatrixView<float> scores = score(rows, first, count);
      const MatrixView<double> losses(cells_.data(), x.rows, count);
      by_row_length(classes_, [&](auto by) {
        stream_.launch(by.grid(x.rows * count), CellGradients<decltype(by)>{}, scores, classes_,
                       std::as_const(labels_).data(), losses);
      });
      add_columns(losses, tallies_.data() + first);
      const MatrixView<float> gradient = gradient_.view(depth(), padded(scores.cols)).columns(0, scores.cols);
      products_(Factor(rows, true), Factor(scores), gradient);
      const auto across = static_cast<std::uint32_t>(thread_per_item(gradient.cols).blocks);
      stream_.launch(SgdStep::grid(gradient, across),
                     SgdStep{momentum_, 1.f / static_cast<float>(x.rows), anneal, features_,
                             static_cast<std::uint32_t>(classes_), across},
                     MatrixView<const float>(gradient), std::as_const(rates_).data() + first,
                     std::as_const(decays_).data() + first, columns(weights_, first, count),
                     columns(velocity_, first, count));
    });
  }

  std::vector<double> take_losses() override {
    std::vector<double> losses = take_tallies();
    losses.resize(points_.size());
    return losses;
  }

  [[nodiscard]] Buffer<HeldOut> evaluate(AnyRows rows, std::span<const Label> truth) override {
    const std::vector<double> losses = take_losses();  // which are not lost
    DeviceArray<Rt, Label> all(stream_, std::ssize(truth));
    to_device(stream_, all.data(), truth.data(), all.size());
    DeviceRows<Rt> held_out(stream_, rows, most_rows_, 0, {}, gpu_.host());
    held_out.each_block([&](Block b, MatrixView<const float> block) {
      const MatrixView<float> x = x_.view(b.count, depth());
      stream_.launch(block_per_item(b.count), WithOnes{}, block, x);
      each_panel(
          [&](Index first, Index count) { judge(x, std::as_const(all).data() + b.first, first, count); });
    });
    const std::vector<double> sums = take_tallies();
    to_device(stream_, tallies_.data(), losses.data(), size());
    Buffer<HeldOut> out(points_.size(), {0, std::numeric_limits<double>::infinity()});
    const auto n = static_cast<double>(rows.rows());
    for (std::size_t p = 0; p < out.size(); ++p)
      if (is_finite(sums[p])) out[p] = {sums[points_.size() + p] / n, sums[p] / n};
    return out;
  }

  void keep(std::span<const std::size_t> places) override {
    DeviceArray<Rt, float> weights(stream_, depth() * padded(std::ssize(places) * classes_)),
        velocity(stream_, weights.size());
    stream_.zero(weights.data(), weights.size());
    stream_.zero(velocity.data(), velocity.size());
    Buffer<SgdPoint> points;
    const Index wide = padded(std::ssize(places) * classes_);
    for (const std::size_t place : places) {
      const Index to = std::ssize(points) * classes_, from = static_cast<Index>(place);
      copy(columns(weights_, from, 1), weights.view(depth(), wide).columns(to, classes_));
      copy(columns(velocity_, from, 1), velocity.view(depth(), wide).columns(to, classes_));
      points.push_back(points_[place]);
    }
    weights_ = std::move(weights);
    velocity_ = std::move(velocity);
    points_ = std::move(points);
    stream_.zero(tallies_.data(), tallies_.size());
    put_points();
  }

  [[nodiscard]] LinearClassifier classifier(Index place) const override {
    LinearClassifier out{Matrix<float>(features_ + 1, classes_)};
    DeviceArray<Rt, float> packed(stream_, out.weights.size());
    const MatrixView<const float> from = weights_.view(depth(), width());
    copy(from.columns(place * classes_, classes_).block(0, features_ + 1),
         packed.view(features_ + 1, classes_));
    to_host(stream_, out.weights.data(), std::as_const(packed).data(), out.weights.size());
    return out;
  }

  /// The device memory in bytes by use.
  static MemoryPlan plan(const ProbeJob& job, Precision precision) {
    const Index depth = padded(job.features + 1), rows = std::max(job.batch, held_out_rows),
                wide = padded(panel(job) * job.classes), all = padded(std::ssize(job.points) * job.classes);
    return MemoryPlan()
        .add("weights and velocities", 2 * bytes_for(depth * all, 4))
        .add("rows", 3 * bytes_for(rows * depth, 4))
        .add("scores and gradients", bytes_for((rows + depth) * wide, 4))
        .add("losses", bytes_for(rows, 2 * sizeof(double) * static_cast<std::size_t>(panel(job))))
        .add("rounded factors",
             product_bytes(precision, std::max({rows * depth, rows * wide, depth * wide})));
  }

 private:
  static constexpr Index held_out_rows = 1024, most_scores = Index{1} << 26;

  /// A batch on its way to the device.
  struct Slot {
    Slot(GpuStream<Rt>& stream, Index floats, Index labels)
        : x(stream.runtime(), floats), y(stream.runtime(), labels), copied(stream.runtime()) {}
    PinnedArray<Rt, float> x;
    PinnedArray<Rt, Label> y;
    GpuEvent<Rt> copied;
  };

  /// The number of classifiers whose scores are held at a time: where several are, rows of their scores start
  /// on 16 bytes in 16 bits too.
  static Index panel(const ProbeJob& job) {
    const Index tallest = std::max({job.batch, held_out_rows, padded(job.features + 1)});
    const Index most = std::clamp<Index>(most_scores / (tallest * job.classes), 1,
                                         std::max<Index>(1, std::ssize(job.points)));
    const Index aligned = 8 / std::gcd(Index{8}, job.classes);
    return most > aligned ? most / aligned * aligned : most;
  }
  [[nodiscard]] Index depth() const { return padded(features_ + 1); }
  [[nodiscard]] Index width() const { return padded(size() * classes_); }
  [[nodiscard]] Index factor_floats() const {
    const Index wide = padded(panel_ * classes_);
    return std::max({most_rows_ * depth(), most_rows_ * wide, depth() * wide});
  }
  [[nodiscard]] MatrixView<float> columns(DeviceArray<Rt, float>& m, Index first, Index count) const {
    return m.view(depth(), width()).columns(first * classes_, count * classes_);
  }
  void copy(MatrixView<const float> from, MatrixView<float> to) const {
    stream_.launch(block_per_item(to.rows), CopyRows{}, from, to);
  }
  template <class F> void each_panel(F&& f) const {
    for (Index first = 0; first < size(); first += panel_) f(first, std::min(panel_, size() - first));
  }

  void put_points() {
    std::vector<double> rates, decays;
    for (const SgdPoint& point : points_) {
      rates.push_back(point.learning_rate);
      decays.push_back(point.weight_decay);
    }
    to_device(stream_, rates_.data(), rates.data(), size());
    to_device(stream_, decays_.data(), decays.data(), size());
  }

  /// Copies a batch to the device: rows [B × (d + 1)], padded with zeros, and classes.
  void upload(MatrixView<const float> x, std::span<const Label> y) {
    Slot& slot = slots_[turn_++ % 2];
    slot.copied.synchronize();
    float* rows = slot.x.host();
    for (Index i = 0; i < x.rows; ++i)
      std::fill(std::copy_n(x.row(i), x.cols, rows + i * depth()), rows + (i + 1) * depth(), 0.f);
    std::copy(y.begin(), y.end(), slot.y.host());
    stream_.copy(x_.data(), static_cast<const float*>(slot.x.data()), x.rows * depth());
    stream_.copy(labels_.data(), static_cast<const Label*>(slot.y.data()), x.rows);
    stream_.record(slot.copied);
  }

  /// The scores of rows [R × depth] under the classifiers [first, first + count).
  MatrixView<float> score(MatrixView<const float> x, Index first, Index count) {
    const MatrixView<float> scores =
        scores_.view(x.rows, padded(count * classes_)).columns(0, count * classes_);
    products_(Factor(x), Factor(columns(weights_, first, count)), scores);
    return scores;
  }

  /// Adds the losses and the numbers of correct rows of a block to the tallies.
  void judge(MatrixView<const float> x, const Label* truth, Index first, Index count) {
    const MatrixView<float> scores = score(x, first, count);
    const MatrixView<double> losses(cells_.data(), x.rows, count),
        rights(cells_.data() + most_rows_ * panel_, x.rows, count);
    by_row_length(classes_, [&](auto by) {
      stream_.launch(by.grid(x.rows * count), JudgeCells<decltype(by)>{}, scores, classes_, truth, losses,
                     rights);
    });
    add_columns(losses, tallies_.data() + first);
    add_columns(rights, tallies_.data() + size() + first);
  }

  void add_columns(MatrixView<const double> values, double* totals) {
    stream_.launch(block_per_item(values.cols), AddColumns{}, values, totals);
  }

  /// Takes the sums of losses [P] and of correct rows [P] since the last call.
  std::vector<double> take_tallies() {
    std::vector<double> sums(2 * points_.size());
    to_host(stream_, sums.data(), std::as_const(tallies_).data(), 2 * size());
    stream_.zero(tallies_.data(), 2 * size());
    return sums;
  }

  const Gpu<Rt>& gpu_;
  GpuStream<Rt>& stream_;
  Buffer<SgdPoint> points_;
  Index features_, classes_;
  float momentum_;
  Index most_rows_, panel_;
  DeviceArray<Rt, float> weights_, velocity_;
  DeviceArray<Rt, double> rates_, decays_, tallies_;
  DeviceArray<Rt, float> x_;
  DeviceArray<Rt, Label> labels_;
  DeviceArray<Rt, float> scores_, gradient_;
  DeviceArray<Rt, double> cells_;
  GpuProducts<Rt> products_;
  Slot slots_[2];
  Index turn_ = 0;
};

template <GpuBackend B> struct ProbeOn<B> {
  static std::unique_ptr<ProbeTrainer> trainer(const ProbeJob& job, const B& gpu) {
    using Trainer = GpuGridTrainer<typename B::Runtime>;
    check_budget("fit(LinearProbe)", Trainer::plan(job, gpu.settings().precision), gpu.memory());
    return std::make_unique<Trainer>(job, gpu);
  }
};

}  // namespace shoal
