// One step of all heads on the GPU: the first layers of all heads in one product, then head by head.
#pragma once

#include <vector>

#include <shoal/backend/cuda_forward.cuh>
#include <shoal/backend/cuda_loss.cuh>
#include <shoal/backend/cuda_memory.cuh>
#include <shoal/backend/cuda_plan.cuh>
#include <shoal/heads/engine.hpp>

namespace shoal {

/// A StepEngine (heads/engine.hpp) on a stream's device. For each head: a survey of the teacher's rows where
/// the objective asks for it (for TEMI of all heads first), of the student's; then losses and gradients of
/// all rows, the backward pass and the update. A batch is its B rows x and then their B partners. Everything
/// is enqueued on the one stream; a step waits once, for its report. Sums have a fixed order and there are no
/// atomics: the same bits each time. `stream` and `state` must outlive it; state is brought up to date by
/// sync().
template <Objective Obj, Balancer Bal, class Rt> class GpuStep {
 public:
  GpuStep(const Heads<Obj, Bal>& settings, HeadState& state, GpuStream<Rt>& stream, std::size_t budget)
      : settings_(settings),
        state_(state),
        stream_(stream),
        kept_heads_(surveys_all && gpu_plan(settings, state.shape.features, budget).partner_rows > 0 ? heads()
                                                                                                     : 1),
        student_(stream, size()),
        teacher_(stream, Obj::teacher ? size() : 0),
        first_(stream, size()),
        second_(stream, size()),
        gradient_(stream, gradient_floats(state.shape, rows())),
        marginal_(stream, heads() * clusters()),
        weight_(stream, clusters() * state.shape.bottleneck()),
        teacher_weight_(stream, Obj::teacher ? clusters() * state.shape.bottleneck() : 0),
        host_batch_(stream.runtime(), rows() * state.shape.features),
        batch_(stream, rows() * state.shape.features),
        ones_(stream, rows()),
        shares_(stream, settings.batch),
        output_(stream, state.shape, rows()),
        delta_(stream, state.shape, rows()),
        teacher_unit_(stream, Obj::teacher ? surveyed_heads() * rows() * state.shape.bottleneck() : 0),
        logits_(stream, rows() * clusters()),
        probs_(stream, rows() * clusters()),
        slope_(stream, rows() * clusters()),
        partner_(stream, Obj::teacher ? kept_heads_ * rows() * clusters() : 0),
        norm_(stream, rows()),
        partner_norm_(stream, surveyed_heads() * rows()),
        agreement_(stream, surveyed_heads() * settings.batch),
        heads_agreement_(stream, settings.batch),
        batch_agreement_(stream, 1),
        mean_(stream, 2 * clusters()),
        balance_(stream, 2 * clusters()),
        log_marginal_(stream, clusters()),
        penalty_(stream, 1),
        row_loss_(stream, rows()),
        loss_(stream, heads()),
        labels_(stream, heads() * rows()),
        losses_back_(stream, heads()),
        labels_back_(stream, heads() * rows()) {
    if (Obj::teacher) teacher_output_.emplace_back(stream, state.shape, rows());
    each_array([&](float* device, float* host, Index count) {
      to_device(stream_, device, static_cast<const float*>(host), count);
    });
    fill(ones_, 1.f);
    fill(shares_, 1.f / static_cast<float>(settings.batch));
  }
  ~GpuStep() { stream_.finish(); }
  GpuStep(const GpuStep&) = delete;
  GpuStep& operator=(const GpuStep&) = delete;

  [[nodiscard]] Index pair_block() const { return settings_.batch; }

  void sync() {
    each_array([&](float* device, float* host, Index count) {
      to_host(stream_, host, static_cast<const float*>(device), count);
    });
  }

  void step(MatrixView<const float> batch, const StepControl& control, StepReport& report) {
    upload(batch);
    if constexpr (Obj::teacher)
      first_layer(stream_, view(teacher_, 0), device_batch(), teacher_output_[0], nullptr);
    if constexpr (surveys_all) {
      for (Index h = 0; h < heads(); ++h) {
        teacher_forward(h);
        teacher_logits(h);
        survey_teacher(h);
      }
      stream_.launch(thread_per_item(settings_.batch), MeanOverHeads{},
                     std::as_const(agreement_).view(heads(), settings_.batch), heads_agreement_.data());
    }
    first_layer(stream_, view(student_, 0), device_batch(), output_, &delta_);
    for (Index h = 0; h < heads(); ++h) {
      learn(h);
      backward(h);
      update_head(h, control);
    }
    update_layer(0, control);
    losses_back_.start(loss_.data(), heads());
    labels_back_.start(labels_.data(), heads() * rows());
    const double* losses = losses_back_.take();
    const Label* labels = labels_back_.take();
    report.loss.assign(losses, losses + heads());
    report.labels.assign(labels, labels + heads() * rows());
  }

 private:
  // As on the CPU (heads/cpu_step.hpp): what must be known of the whole batch before the first loss.
  static constexpr bool surveys_teacher = Obj::teacher && surveys_partners<Obj>;
  static constexpr bool surveys_all = Obj::agreement == Agreement::heads;
  static_assert(Obj::teacher || !surveys_all,
                "an agreement over all heads needs teachers, which are constants");

  [[nodiscard]] Index heads() const { return settings_.heads; }
  [[nodiscard]] Index clusters() const { return settings_.clusters; }
  [[nodiscard]] Index rows() const { return 2 * settings_.batch; }
  [[nodiscard]] Index size() const { return state_.shape.size(); }
  [[nodiscard]] Index last() const { return state_.shape.layers() - 1; }
  [[nodiscard]] Index surveyed_heads() const { return surveys_all ? heads() : 1; }
  [[nodiscard]] Index slot(Index h) const { return surveys_all ? h : 0; }
  [[nodiscard]] float student_scale() const { return static_cast<float>(1 / settings_.student_temperature); }
  [[nodiscard]] float teacher_scale() const { return static_cast<float>(1 / settings_.teacher_temperature); }
  [[nodiscard]] MatrixView<float> per_cluster(DeviceArray<Rt, float>& a) {
    return a.view(rows(), clusters());
  }
  [[nodiscard]] MatrixView<float> partner(Index h) {
    return partner_.view(kept_heads_ * rows(), clusters()).block(kept_heads_ > 1 ? h * rows() : 0, rows());
  }
  [[nodiscard]] MatrixView<float> teacher_unit(Index h) {
    if (last() == 0) return teacher_output_[0].layer(0, h);  // all heads' lie side by side
    return teacher_unit_.view(surveyed_heads() * rows(), state_.shape.bottleneck())
        .block(slot(h) * rows(), rows());
  }
  [[nodiscard]] float* partner_norm(Index h) { return partner_norm_.data() + slot(h) * rows(); }
  [[nodiscard]] float* agreement(Index h) { return agreement_.data() + slot(h) * settings_.batch; }
  [[nodiscard]] HeadView<const float> view(const DeviceArray<Rt, float>& parameters, Index h) const {
    return {&state_.shape, parameters.data(), h};
  }

  /// f(device array, its place in the host's state, count) for all that a step changes.
  template <class F> void each_array(F&& f) {
    f(student_.data(), state_.student.data(), size());
    if (Obj::teacher) f(teacher_.data(), state_.teacher.data(), size());
    f(first_.data(), state_.first_moment.data(), size());
    f(second_.data(), state_.second_moment.data(), size());
    f(marginal_.data(), state_.marginal.data(), heads() * clusters());
  }
  void fill(DeviceArray<Rt, float>& array, float value) {
    stream_.launch(thread_per_item(array.size()), Fill{}, array.data(), array.size(), value);
  }
  /// Launches a kernel over `count` rows of C: a warp or a block each.
  template <template <class> class Kernel, class... Arguments>
  void launch_rows(Index count, float scale, Arguments... arguments) {
    if (clusters() <= warp_row)
      stream_.launch(ByWarp::grid(count), Kernel<ByWarp>{scale}, arguments...);
    else
      stream_.launch(ByBlock::grid(count), Kernel<ByBlock>{scale}, arguments...);
  }

  void upload(MatrixView<const float> batch) {
    float* pinned = host_batch_.host();
    for (Index i = 0; i < batch.rows; ++i) std::copy_n(batch.row(i), batch.cols, pinned + i * batch.cols);
    stream_.copy(batch_.data(), static_cast<const float*>(pinned), batch_.size());
  }
  [[nodiscard]] MatrixView<const float> device_batch() const {
    return batch_.view(rows(), state_.shape.features);
  }

  void teacher_forward(Index h) {
    other_layers(stream_, view(teacher_, h), teacher_output_[0], nullptr, teacher_unit(h));
  }
  void teacher_logits(Index h) {
    last_layer(stream_, view(teacher_, h), teacher_weight_, teacher_unit(h), partner(h));
  }
  void survey_teacher(Index h) {
    const MatrixView<float> scratch = per_cluster(slope_);
    launch_rows<SurveyPairs>(settings_.batch, teacher_scale(), MatrixView<const float>(partner(h)), scratch,
                             partner_norm(h), agreement(h));
    if (Obj::marginal) move_marginal(h, scratch);
  }

  /// mean_ ← the means of each view's rows of probabilities.
  void view_means(MatrixView<const float> probs) {
    const Index B = settings_.batch;
    for (Index v = 0; v < 2; ++v)
      stream_.product(std::as_const(shares_).view(1, B), probs.block(v * B, B),
                      mean_.view(2, clusters()).block(v, 1));
  }
  void move_marginal(Index h, MatrixView<const float> probs) {
    view_means(probs);
    stream_.launch(thread_per_item(clusters()), MoveMarginal{static_cast<float>(settings_.marginal_momentum)},
                   std::as_const(mean_).view(2, clusters()), marginal_.data() + h * clusters());
  }

  /// Head h from its unit rows to its loss and the gradients of its logits.
  void learn(Index h) {
    const MatrixView<float> logits = per_cluster(logits_), probs = per_cluster(probs_);
    other_layers(stream_, view(student_, h), output_, &delta_, output_.layer(last(), h));
    last_layer(stream_, view(student_, h), weight_, output_.layer(last(), h), logits);
    if constexpr (Obj::teacher) meet_teacher(h);
    constexpr bool own_agreement = !Obj::teacher && Obj::agreement != Agreement::none;
    launch_rows<SurveyPairs>(settings_.batch, student_scale(), MatrixView<const float>(logits), probs,
                             norm_.data(), own_agreement ? agreement(h) : static_cast<float*>(nullptr));
    if constexpr (!Obj::teacher && Obj::marginal)
      move_marginal(h, probs);
    else if constexpr (Bal::active)
      view_means(probs);
    weigh(h);
    if (clusters() <= warp_row)
      descend<ByWarp>(h);
    else
      descend<ByBlock>(h);
    stream_.launch(Grid{1}, SumAll{1 / static_cast<double>(rows())},
                   static_cast<const double*>(row_loss_.data()), rows(),
                   Bal::active ? static_cast<const double*>(penalty_.data()) : nullptr, loss_.data() + h);
  }
  void meet_teacher(Index h) {
    if (surveys_all && kept_heads_ > 1) return;
    if (!surveys_all) teacher_forward(h);
    teacher_logits(h);
    if constexpr (surveys_teacher && !surveys_all) survey_teacher(h);
    if constexpr (!surveys_teacher)
      launch_rows<Normalisers>(rows(), teacher_scale(), MatrixView<const float>(partner(h)), partner_norm(h));
  }
  /// What the rows' losses need of the whole batch.
  void weigh(Index h) {
    if constexpr (Obj::marginal)
      stream_.launch(thread_per_item(clusters()), LogMarginal{},
                     static_cast<const float*>(marginal_.data() + h * clusters()), clusters(),
                     log_marginal_.data());
    if constexpr (Obj::agreement == Agreement::batch)
      stream_.launch(Grid{1}, SumAll{1 / static_cast<double>(settings_.batch)},
                     static_cast<const float*>(agreement(h)), settings_.batch,
                     static_cast<const double*>(nullptr), batch_agreement_.data());
    if constexpr (Bal::active)
      stream_.launch(Grid{1}, BalanceViews<Bal>{settings_.balancer}, std::as_const(mean_).view(2, clusters()),
                     balance_.view(2, clusters()), penalty_.data());
  }
  template <class By> void descend(Index h) {
    const auto optional = [](bool wanted, const float* p) { return wanted ? p : nullptr; };
    const float factor = student_scale() / static_cast<float>(rows() * heads());
    stream_.launch(By::grid(rows()),
                   DescendRows<By, Obj>{settings_.objective, student_scale(),
                                        Obj::teacher ? teacher_scale() : student_scale(), factor},
                   MatrixView<const float>(per_cluster(logits_)),
                   MatrixView<const float>(per_cluster(probs_)), optional(true, norm_.data()),
                   MatrixView<const float>(Obj::teacher ? partner(h) : per_cluster(logits_)),
                   optional(true, Obj::teacher ? partner_norm(h) : norm_.data()),
                   optional(Obj::marginal, log_marginal_.data()),
                   optional(Obj::agreement != Agreement::none, agreement(h)),
                   optional(surveys_all, heads_agreement_.data()),
                   optional(Obj::agreement == Agreement::batch, batch_agreement_.data()),
                   Bal::active ? std::as_const(balance_).view(2, clusters()) : MatrixView<const float>{},
                   per_cluster(slope_), row_loss_.data(), labels_.data() + h * rows());
  }

  /// From the gradients of logits to ∂L/∂(what each layer puts out before GELU or normalisation), in delta_.
  void backward(Index h) {
    MatrixView<float> delta = delta_.layer(last(), h);
    stream_.product(MatrixView<const float>(per_cluster(slope_)),
                    MatrixView<const float>(weight_.view(clusters(), state_.shape.bottleneck())), delta);
    stream_.launch(warp_per_item(rows()), NormalizeBackward{},
                   MatrixView<const float>(output_.layer(last(), h)),
                   static_cast<const float*>(output_.lengths()), delta);
    for (Index l = last(); l > 0; --l) {
      const MatrixView<float> below = delta_.layer(l - 1, h);
      const MatrixView<float> product = gradient_.view(below.rows, below.cols);
      stream_.product(MatrixView<const float>(delta), view(student_, h).weight(l), product);
      stream_.launch(thread_per_item(below.rows * below.cols), MultiplyInto{},
                     MatrixView<const float>(product), below);
      delta = below;
    }
  }

  void update_head(Index h, const StepControl& control) {
    for (Index l = last(); l > 0; --l) update_layer(l, control, h);
    if (control.last_frozen) return;
    const HeadView<const float> head = view(student_, h);
    const Index K = state_.shape.bottleneck(), C = clusters();
    const MatrixView<float> gradient = gradient_.view(C, K);
    float* gains = gradient_.data() + C * K;
    stream_.product({per_cluster(slope_), true}, MatrixView<const float>(output_.layer(last(), h)), gradient);
    stream_.launch(warp_per_item(C), WeightNormBackward{}, head.directions(), head.gains(), gradient, gains);
    const AdamStep step(settings_.optimizer, control.rate, settings_.weight_decay, control.last_updates);
    move(step, gradient.data, state_.shape.directions_offset() + h * C * K, C * K);
    move(step, gains, state_.shape.gains_offset() + h * C, C);
  }
  /// Layer l of head h, or, for the first layer, of all heads at once.
  void update_layer(Index l, const StepControl& control, Index h = 0) {
    const HeadShape& shape = state_.shape;
    const MatrixView<float> delta = l == 0 ? delta_.wide() : delta_.layer(l, h);
    const MatrixView<const float> input =
        l == 0 ? device_batch() : MatrixView<const float>(output_.layer(l - 1, h));
    const Index out = delta.cols, in = input.cols;
    float* biases = gradient_.data() + out * in;
    stream_.product({delta, true}, input, gradient_.view(out, in));
    stream_.product(std::as_const(ones_).view(1, rows()), MatrixView<const float>(delta), {biases, 1, out});
    move({settings_.optimizer, control.rate, settings_.weight_decay, control.updates}, gradient_.data(),
         shape.weight_offset(l) + h * out * in, out * in);
    move({settings_.optimizer, control.rate, 0, control.updates}, biases, shape.bias_offset(l) + h * out,
         out);
  }
  /// The optimizer's step for `count` parameters from `offset` on.
  void move(const AdamStep& step, const float* gradient, Index offset, Index count) {
    stream_.launch(thread_per_item(count),
                   UpdateParameters{step, static_cast<float>(settings_.teacher_momentum)}, gradient, count,
                   student_.data() + offset, first_.data() + offset, second_.data() + offset,
                   Obj::teacher ? teacher_.data() + offset : nullptr);
  }

  const Heads<Obj, Bal> settings_;
  HeadState& state_;
  GpuStream<Rt>& stream_;
  const Index kept_heads_;  // heads whose teachers' logits are kept from the survey to the loss
  DeviceArray<Rt, float> student_, teacher_, first_, second_, gradient_, marginal_, weight_, teacher_weight_;
  PinnedArray<Rt, float> host_batch_;
  DeviceArray<Rt, float> batch_, ones_, shares_;
  GpuActivations<Rt> output_, delta_;
  std::vector<GpuActivations<Rt>> teacher_output_;  // one, or none without teachers
  DeviceArray<Rt, float> teacher_unit_;
  DeviceArray<Rt, float> logits_, probs_, slope_, partner_;
  DeviceArray<Rt, float> norm_, partner_norm_, agreement_, heads_agreement_, batch_agreement_;
  DeviceArray<Rt, float> mean_, balance_, log_marginal_;
  DeviceArray<Rt, double> penalty_, row_loss_, loss_;
  DeviceArray<Rt, Label> labels_;
  Download<Rt, double> losses_back_;
  Download<Rt, Label> labels_back_;
};

}  // namespace shoal
