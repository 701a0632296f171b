// One step of all heads on the GPU: the first layers of all heads in one product, then head by head.
#pragma once

#include <memory>
#include <optional>

#include <shoal/backend/gpu.cuh>
#include <shoal/backend/gpu_graph.cuh>
#include <shoal/heads/cuda/backward.cuh>
#include <shoal/heads/cuda/forward.cuh>
#include <shoal/heads/cuda/head_loss.cuh>
#include <shoal/heads/cuda/plan.cuh>
#include <shoal/heads/generic_step.hpp>

namespace shoal {

/// A training step on a stream's device. For each head it computes the batch statistics of the teacher's rows
/// if the objective needs them (for TEMI those of all heads first), then those of the student's rows, then
/// losses and gradients of all rows, the backward pass, and the update. Everything is enqueued on one stream,
/// from the second step on as graphs, and a step waits only once, for its report, or twice if other devices
/// have heads of the same training, whose agreements it needs. Sums have a fixed order and there are no
/// atomics, so the bits are the same each time. Products have the precision of settings.precision;
/// parameters, moments and the sums of biases and marginals are always float32. `stream` and `state` must
/// outlive it; sync() updates `state`.
template <Objective Obj, Balancer Bal, class Rt> class GpuStep final : public StepEngine {
  using Loss = GpuHeadLoss<Obj, Bal, Rt>;

 public:
  GpuStep(const Heads<Obj, Bal>& settings, HeadState& state, GpuStream<Rt>& stream, std::size_t budget)
      : settings_(settings.general()),
        state_(state),
        stream_(stream),
        keeps_partners_(Loss::all_heads && gpu_step_plan(settings_.with_heads(state.shape.heads),
                                                         state.shape.features, budget)["partner rows"] > 0),
        host_steps_(stream.runtime(), 1),
        steps_(stream, 1),
        host_batch_(stream.runtime(), rows() * state.shape.features),
        batch_(stream, rows() * state.shape.features),
        products_(stream, settings.precision, factor_floats(state.shape, rows())),
        student_(products_, state.shape, rows()),
        teacher_(make_teacher()),
        teacher_unit_(stream, Obj::teacher ? heads_at_once() * rows() * state.shape.bottleneck() : 0),
        loss_(settings, stream, heads(), keeps_partners_ ? heads() : 1),
        learner_(settings_, state.shape, products_, student_, teacher_ ? teacher_->parameters() : nullptr),
        agreements_back_(stream, Loss::all_heads ? heads() * pairs() : 0),
        host_agreement_(stream.runtime(), Loss::all_heads ? pairs() : 0),
        losses_back_(stream, heads()),
        labels_back_(stream, heads() * rows()) {
    each_array([&](float* device, Buffer<float>& host) {
      to_device(stream_, device, std::as_const(host).data(), std::ssize(host));
    });
    to_device(stream_, loss_.marginal(), std::as_const(state_.marginal).data(), state_.marginal.size());
  }
  ~GpuStep() override { stream_.finish(); }

  void sync() override {
    each_array([&](const float* device, Buffer<float>& host) {
      to_host(stream_, host.data(), device, std::ssize(host));
    });
    to_host(stream_, state_.marginal.data(), static_cast<const float*>(loss_.marginal()),
            state_.marginal.size());
  }

  void step(MatrixView<const float> batch, const StepControl& control, StepReport& report) override {
    for (Index i = 0; i < batch.rows; ++i)
      std::copy_n(batch.row(i), batch.cols, host_batch_.host() + i * batch.cols);
    *host_steps_.host() = ParameterSteps(settings_, control);
    if (control.last_frozen != last_frozen_) students_work_.forget();
    last_frozen_ = control.last_frozen;

    if constexpr (Loss::all_heads) {
      teachers_work_.run(stream_, [this] { meet_all_teachers(); });
      if (heads_are_shared()) exchange_agreements();
    }
    students_work_.run(stream_, [this] { train_students(); });
    const double* losses = losses_back_.take();
    const Label* labels = labels_back_.take();
    report.loss.assign(losses, losses + heads());
    report.labels.assign(labels, labels + heads() * rows());
  }

 private:
  [[nodiscard]] Index heads() const { return state_.shape.heads; }
  [[nodiscard]] Index rows() const { return settings_.rows(); }
  [[nodiscard]] Index pairs() const { return settings_.batch; }
  [[nodiscard]] Index heads_at_once() const { return Loss::all_heads ? heads() : 1; }
  [[nodiscard]] MatrixView<const float> device_batch() const {
    return batch_.view(rows(), state_.shape.features);
  }
  std::optional<GpuNetwork<Rt>> make_teacher() {
    if constexpr (Obj::teacher)
      return std::optional<GpuNetwork<Rt>>(std::in_place, products_, state_.shape, rows());
    else
      return std::nullopt;
  }

  /// Calls f(device array, its counterpart in the host's state) for the parameters and everything of their
  /// shape.
  template <class F> void each_array(F&& f) {
    f(student_.parameters(), state_.student);
    if constexpr (Obj::teacher) f(teacher_->parameters(), state_.teacher);
    f(learner_.first_moment(), state_.first_moment);
    f(learner_.second_moment(), state_.second_moment);
  }

  void upload_batch() {
    stream_.copy(batch_.data(), static_cast<const float*>(host_batch_.data()), batch_.size());
  }
  /// Enqueues the first part of a step if the losses need the agreements of all heads.
  void meet_all_teachers() {
    upload_batch();
    teacher_->first_layer(device_batch());
    for (Index h = 0; h < heads(); ++h) teacher_statistics(h);
    if (heads_are_shared())
      agreements_back_.start(loss_.agreements(), heads() * pairs());
    else
      loss_.average_agreement();
  }
  /// Exchanges agreements with the other devices of the training.
  void exchange_agreements() {
    Matrix<float> own(heads(), pairs());
    std::copy_n(agreements_back_.take(), own.size(), own.data());
    average_agreement(own, {host_agreement_.host(), static_cast<std::size_t>(pairs())});
  }
  /// Enqueues the rest of a step.
  void train_students() {
    if constexpr (!Loss::all_heads) upload_batch();
    if constexpr (Obj::teacher && !Loss::all_heads) teacher_->first_layer(device_batch());
    if (Loss::all_heads && heads_are_shared())
      stream_.copy(loss_.heads_agreement(), static_cast<const float*>(host_agreement_.data()), pairs());
    stream_.copy(steps_.data(), static_cast<const ParameterSteps*>(host_steps_.data()), 1);
    student_.first_layer(device_batch(), &learner_.derivatives());
    for (Index h = 0; h < heads(); ++h) {
      const MatrixView<float> unit = student_.output().bottleneck(h);
      student_.other_layers(h, unit, &learner_.derivatives());
      student_.last_layer(h, unit, loss_.logits());
      if constexpr (Obj::teacher) meet_teacher(h);
      loss_.learn(h);
      learner_.backward(h, loss_.gradient());
      learner_.update_head(h, loss_.gradient(), steps_.data(), last_frozen_);
    }
    learner_.update_first(device_batch(), steps_.data());
    losses_back_.start(loss_.losses(), heads());
    labels_back_.start(loss_.labels(), heads() * rows());
  }

  /// The teacher's unit rows of head h; kept for all heads if all are needed before the first loss.
  [[nodiscard]] MatrixView<float> teacher_unit(Index h) {
    if (state_.shape.layers() == 1)
      return teacher_->output().bottleneck(h);  // those of all heads are stored side by side
    return teacher_unit_.view(heads_at_once() * rows(), state_.shape.bottleneck())
        .block(Loss::all_heads ? h * rows() : 0, rows());
  }
  void teacher_statistics(Index h) {
    teacher_->other_layers(h, teacher_unit(h));
    teacher_->last_layer(h, teacher_unit(h), loss_.partner(h));
    loss_.teacher_statistics(h);
  }
  /// Computes the logits of head h's teacher unless they were kept.
  void meet_teacher(Index h) {
    if (!Loss::all_heads)
      teacher_statistics(h);
    else if (!keeps_partners_)
      teacher_->last_layer(h, teacher_unit(h), loss_.partner(h));
  }

  const HeadSettings settings_;
  HeadState& state_;
  GpuStream<Rt>& stream_;
  const bool keeps_partners_;  // whether teachers' logits are kept from the statistics to the loss
  PinnedArray<Rt, ParameterSteps> host_steps_;
  DeviceArray<Rt, ParameterSteps> steps_;  // of the current step
  PinnedArray<Rt, float> host_batch_;
  DeviceArray<Rt, float> batch_;
  GpuProducts<Rt> products_;
  GpuNetwork<Rt> student_;
  std::optional<GpuNetwork<Rt>> teacher_;
  DeviceArray<Rt, float> teacher_unit_;
  Loss loss_;
  GpuLearner<Rt> learner_;
  Download<Rt, float> agreements_back_;
  PinnedArray<Rt, float> host_agreement_;
  Download<Rt, double> losses_back_;
  Download<Rt, Label> labels_back_;
  RepeatedWork<Rt> teachers_work_, students_work_;
  bool last_frozen_ = false;
};

/// The training engine of a GPU.
template <GpuBackend B> struct StepOn<B> {
  using Rt = typename B::Runtime;
  static constexpr const char* name = "GPU step";
  static constexpr bool some_heads = true;

  /// The GPU's own precision if the training asks for float32.
  static Precision precision(const B& gpu, Precision asked) {
    return asked == Precision::float32 ? gpu.settings().precision : asked;
  }
  static MemoryPlan plan(const HeadSettings& settings, Index features, const B& gpu) {
    return settings.plain ? generic_step_plan(settings, features)
                          : gpu_step_plan(settings, features, gpu.memory());
  }
  /// Plain heads are trained by the generic step, on the host.
  template <Objective Obj, Balancer Bal>
  static std::unique_ptr<StepEngine> make(const Heads<Obj, Bal>& settings, HeadState& state, const B& gpu) {
    if (settings.plain) {
      const Precision own = gpu.settings().precision;
      check(settings.precision == own, Errc::invalid_argument, "fit: products in ",
            name_of(settings.precision), " are asked for; plain heads have the GPU's own, in ", name_of(own));
      return std::make_unique<GenericStep>(settings.general(),
                                           make_pair_loss(settings.objective, settings.balancer), state, gpu);
    }
    return std::make_unique<GpuStep<Obj, Bal, Rt>>(settings, state, gpu.stream(), gpu.memory());
  }
  static void probe(const B& gpu, MatrixView<const float> a, MatrixView<const float> b, MatrixView<float> c) {
    GpuStream<Rt>& stream = gpu.stream();
    DeviceArray<Rt, float> x(stream, a.rows * a.cols), y(stream, b.rows * b.cols), z(stream, c.rows * c.cols);
    to_device(stream, x.data(), a.data, a.rows * a.cols);
    to_device(stream, y.data(), b.data, b.rows * b.cols);
    stream.product(x.view(a.rows, a.cols), {y.view(b.rows, b.cols), true}, z.view(c.rows, c.cols));
    to_host(stream, c.data, std::as_const(z).data(), c.rows * c.cols);
  }
};

}  // namespace shoal
