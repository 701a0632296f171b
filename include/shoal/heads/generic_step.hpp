// One step of all heads on any backend: the readable reference, and the customisation point by which a
// backend replaces it.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include <shoal/backend/backend.hpp>
#include <shoal/core/make_owned.hpp>
#include <shoal/heads/engine.hpp>
#include <shoal/heads/generic_forward.hpp>
#include <shoal/heads/heads.hpp>
#include <shoal/heads/moving_average.hpp>
#include <shoal/heads/pair_agreement.hpp>
#include <shoal/heads/pair_loss.hpp>
#include <shoal/heads/parameter_steps.hpp>
#include <shoal/heads/plan.hpp>

namespace shoal {

/// The log-partitions, probabilities, agreements and marginals of a batch's rows under one head.
struct GenericStatistics {
  Matrix<float> probs;          ///< [2B × C]
  Matrix<float> mean;           ///< [2 × C] the marginal of each view
  Buffer<float> log_partition;  ///< [2B]
  Buffer<float> agreement;      ///< [B]

  GenericStatistics(Index batch, Index clusters)
      : probs(2 * batch, clusters),
        mean(2, clusters),
        log_partition(static_cast<std::size_t>(2 * batch)),
        agreement(static_cast<std::size_t>(batch)),
        shares_(1, batch, 1.f / static_cast<float>(batch)) {}

  static Index floats(Index batch, Index clusters) { return (2 * batch + 2) * clusters + 4 * batch; }

  void compute(MatrixView<const float> logits, float scale, AnyBackend backend) {
    const Index batch = shares_.cols();
    const CpuTeam team{logits.cols};
    backend.each_task(2 * batch, [&](Index i, int) {
      log_partition[static_cast<std::size_t>(i)] = softmax(team, logits.row(i), scale, probs.row(i));
    });
    backend.each_task(batch, [&](Index b, int) {
      agreement[static_cast<std::size_t>(b)] = pair_agreement(team, probs.row(b), probs.row(batch + b));
    });
    for (Index view = 0; view < 2; ++view)
      backend.product({shares_, false}, {probs.view().block(view * batch, batch), false},
                      mean.view().block(view, 1));
  }

 private:
  Matrix<float> shares_;  // [1 × B] of 1/B
};

/// A training step by whole matrices. For each head: the teacher's forward pass and statistics (for TEMI
/// those of all heads first), the student's forward pass and statistics, the loss and its gradient row by
/// row, the backward pass, and the update. It needs only tasks and products of the backend. Sums over rows
/// are products, or are computed in order, so the bits are the same for any number of threads.
class GenericStep final : public StepEngine {
 public:
  /// Works on `state`, all heads of the settings or some of them, directly; state and backend must outlive
  /// the engine.
  GenericStep(const HeadSettings& settings, std::unique_ptr<const PairLoss> loss, HeadState& state,
              AnyBackend backend)
      : settings_(settings),
        needs_(settings.needs),
        loss_(std::move(loss)),
        state_(state),
        backend_(backend),
        steps_(settings, {}),
        student_(state.shape, rows(), true, backend),
        teacher_(state.shape, needs_.teacher ? rows() : 0, false, backend),
        own_(settings.batch, clusters()),
        partner_(needs_.teacher ? settings.batch : 1, clusters()),
        heads_agreement_(static_cast<std::size_t>(settings.batch), 1.f),
        log_marginal_(static_cast<std::size_t>(clusters())),
        balance_(2, clusters()),
        gradient_(rows(), clusters()),
        row_loss_(static_cast<std::size_t>(rows())),
        ones_(1, rows(), 1.f) {
    for (const Index width : state.shape.widths) delta_.emplace_back(rows(), width);
  }

  void step(MatrixView<const float> batch, const StepControl& control, StepReport& report) override {
    batch_ = batch;
    steps_ = ParameterSteps(settings_, control);
    report.loss.clear();
    report.labels.resize(static_cast<std::size_t>(heads() * rows()));
    if (needs_.all_heads()) average_agreement();
    for (Index h = 0; h < heads(); ++h) {
      if (needs_.teacher) teacher_statistics(h, !needs_.all_heads());
      student_.run(student(h), batch_);
      own_.compute(student_.logits(rows()), settings_.student_scale(), backend_);
      if (!needs_.teacher) update_marginal(h, own_.mean);
      report.loss.push_back(losses(h, report.labels.data() + h * rows()));
      backward(h);
      update(h);
    }
  }

 private:
  [[nodiscard]] Index heads() const { return state_.shape.heads; }
  [[nodiscard]] Index clusters() const { return settings_.clusters; }
  [[nodiscard]] Index rows() const { return settings_.rows(); }
  [[nodiscard]] HeadView<const float> student(Index h) const {
    return {&state_.shape, state_.student.data(), h};
  }

  /// Computes the statistics of head h's teacher. Its marginal is updated once a step.
  void teacher_statistics(Index h, bool moves_marginal) {
    teacher_.run({&state_.shape, state_.teacher.data(), h}, batch_);
    partner_.compute(teacher_.logits(rows()), settings_.partner_scale(), backend_);
    if (moves_marginal) update_marginal(h, partner_.mean);
  }
  /// Computes the mean over heads of the teachers' agreements.
  void average_agreement() {
    Matrix<float> own(heads(), settings_.batch);
    for (Index h = 0; h < heads(); ++h) {
      teacher_statistics(h, true);
      std::copy(partner_.agreement.begin(), partner_.agreement.end(), own.row(h));
    }
    StepEngine::average_agreement(own, heads_agreement_);
  }
  void update_marginal(Index h, const Matrix<float>& mean) {
    if (needs_.marginal)
      move_marginal(CpuTeam{clusters()}, mean, settings_.marginal_momentum, state_.marginal.row(h));
  }

  /// Computes, from the statistics of head h, its loss, the labels, and gradient_ = ∂L/∂logits.
  double losses(Index h, Label* labels) {
    const GenericStatistics& partner = needs_.teacher ? partner_ : own_;
    const MatrixView<const float> logits = student_.logits(rows());
    const MatrixView<const float> partner_logits = needs_.teacher ? teacher_.logits(rows()) : logits;
    const Index B = settings_.batch;
    double penalty = 0, agreement = 0, sum = 0;
    if (needs_.balance)
      for (Index view = 0; view < 2; ++view)
        penalty +=
            0.5 * static_cast<double>(loss_->penalty(clusters(), own_.mean.row(view), balance_.row(view)));
    const float* m = state_.marginal.row(h);
    CpuTeam{clusters()}.each([&](auto c) { c.store(log_marginal_.data(), log_marginal(c.load(m))); });
    for (const float a : partner.agreement) agreement += static_cast<double>(a) / static_cast<double>(B);
    backend_.each_task(rows(), [&](Index i, int) {
      const Index other = i < B ? i + B : i - B;
      const auto row = static_cast<std::size_t>(i), pair = static_cast<std::size_t>(i % B);
      const bool pairs = needs_.agreement != Agreement::none;
      const PairRow rows{{logits.row(i), settings_.student_scale(), own_.log_partition[row]},
                         own_.probs.row(i),
                         {partner_logits.row(other), settings_.partner_scale(),
                          partner.log_partition[static_cast<std::size_t>(other)]},
                         needs_.marginal ? log_marginal_.data() : nullptr,
                         pairs ? partner.agreement[pair] : 1.f,
                         heads_agreement_[pair],
                         needs_.agreement == Agreement::batch ? static_cast<float>(agreement) : 1.f};
      row_loss_[row] =
          static_cast<double>(loss_->row(clusters(), rows, needs_.balance ? balance_.row(i / B) : nullptr,
                                         settings_.gradient_scale(), gradient_.row(i)));
      labels[i] = static_cast<Label>(argmax(logits.row(i), clusters()));
    });
    for (const double loss : row_loss_) sum += loss;
    return sum / static_cast<double>(rows()) + penalty;
  }

  /// Computes delta_ from gradient_: the gradients of the loss by the output of each layer before GELU or
  /// normalisation.
  void backward(Index h) {
    const Index last = state_.shape.layers() - 1;
    const MatrixView<const float> unit = student_.output(last, rows());
    backend_.product({gradient_, false}, {student_.weight(), false}, delta(last));
    backend_.each_task(rows(), [&](Index i, int) {
      const CpuTeam team{unit.cols};
      if (state_.shape.plain)
        multiply_rows(team, student_.derivative(last).row(i), delta(last).row(i));
      else
        normalize_backward(team, unit.row(i), student_.length()[i], delta(last).row(i));
    });
    for (Index l = last; l > 0; --l) {
      const MatrixView<float> below = delta(l - 1), derivative = student_.derivative(l - 1);
      backend_.product({delta(l), false}, {student(h).weight(l), false}, below);
      backend_.each_task(
          rows(), [&](Index i, int) { multiply_rows(CpuTeam{below.cols}, derivative.row(i), below.row(i)); });
    }
  }

  /// Updates the parameters of head h, its moments and its teacher from delta_ and gradient_.
  void update(Index h) {
    const HeadShape& shape = state_.shape;
    for (Index l = 0; l < shape.layers(); ++l) {
      Matrix<float> weight(shape.outputs(l), shape.inputs(l)), bias(1, shape.outputs(l));
      backend_.product({delta(l), true}, {l == 0 ? batch_ : student_.output(l - 1, rows()), false}, weight);
      backend_.product({ones_, false}, {delta(l), false}, bias);
      move(student(h).weight(l).data, weight, steps_.weights);
      move(student(h).bias(l), bias, steps_.biases);
    }
    if (steps_.last_frozen) return;
    Matrix<float> directions(shape.clusters, shape.bottleneck()), gains(1, shape.clusters);
    backend_.product({gradient_, true}, {student_.output(shape.layers() - 1, rows()), false}, directions);
    if (shape.plain)
      backend_.product({ones_, false}, {gradient_, false}, gains);
    else
      backend_.each_task(shape.clusters, [&](Index c, int) {
        gains(0, c) = weight_norm_backward(CpuTeam{shape.bottleneck()}, this->student(h).directions().row(c),
                                           this->student(h).gains()[c], directions.row(c));
      });
    move(student(h).directions().data, directions, steps_.last);
    move(student(h).gains(), gains, steps_.gains);
  }
  /// Updates the parameters that start at `where` by their gradient.
  void move(const float* where, const Matrix<float>& gradient, const ParameterUpdate& by) {
    backend_.each_block(gradient.size(), 1 << 14, [&](Block b, int) {
      ParameterRow(state_, where + b.first).update(by, gradient.data() + b.first, b.count);
    });
  }
  [[nodiscard]] MatrixView<float> delta(Index l) { return delta_[static_cast<std::size_t>(l)]; }

  const HeadSettings settings_;
  const LossNeeds needs_;
  const std::unique_ptr<const PairLoss> loss_;
  HeadState& state_;
  AnyBackend backend_;
  MatrixView<const float> batch_;  // of the current step
  ParameterSteps steps_;
  GenericForward student_, teacher_;
  GenericStatistics own_, partner_;
  Buffer<float> heads_agreement_, log_marginal_;
  Matrix<float> balance_, gradient_;
  std::vector<double> row_loss_;
  std::vector<Matrix<float>> delta_;
  Matrix<float> ones_;  // [1 × 2B]
};

/// The peak memory of a training by GenericStep, in bytes by use.
[[nodiscard]] inline MemoryPlan generic_step_plan(const HeadSettings& settings, Index features) {
  const HeadShape shape = settings.shape(features);
  const auto bytes = [](Index floats) { return bytes_for(floats, sizeof(float)); };
  const Index rows = settings.rows(), C = settings.clusters, teachers = settings.needs.teacher ? 1 : 0;
  Index widths = 0, largest = C * (shape.bottleneck() + 1);
  for (Index l = 0; l < shape.layers(); ++l) {
    widths += shape.outputs(l);
    largest = std::max(largest, shape.outputs(l) * (shape.inputs(l) + 1));
  }
  return MemoryPlan()
      .add("parameters", state_bytes(settings, shape))
      .add("batch", bytes(2 * rows * features))
      .add("activations", bytes(GenericForward::floats(shape, rows, true) +
                                teachers * GenericForward::floats(shape, rows, false) + rows * widths))
      .add("logits",
           bytes((1 + teachers) * GenericStatistics::floats(settings.batch, C) + rows * (C + 3) + 4 * C))
      .add("gradients", bytes(largest));
}

/// The training engine of a backend, which is the customisation point of fit(). This primary template is
/// generic and works for any Backend; Cpu (heads/cpu/step_on_cpu.hpp) and GPUs (heads/cuda/step.cuh)
/// specialise it.
template <Backend B> struct StepOn {
  static constexpr const char* name = "generic step";  ///< part of a checkpoint's fingerprint
  static constexpr bool some_heads = true;  ///< whether a state may hold some of the heads of the settings

  /// The precision of the products when the settings ask for `asked`. Throws invalid_argument if it is not
  /// supported.
  static Precision precision(const B&, Precision asked) {
    check(asked == Precision::float32, Errc::invalid_argument, "fit: products in ", name_of(asked),
          " are asked for; this backend has those in float32");
    return asked;
  }
  /// The peak memory of a training on features with this number of columns, in bytes by use.
  static MemoryPlan plan(const HeadSettings& settings, Index features, const B&) {
    return generic_step_plan(settings, features);
  }
  /// Makes the engine of a training; settings.precision is what precision() returned. State and backend must
  /// outlive it.
  template <Objective Obj, Balancer Bal>
  static std::unique_ptr<StepEngine> make(const Heads<Obj, Bal>& settings, HeadState& state,
                                          const B& backend) {
    return make_owned<StepEngine, GenericStep>(
        settings.general(), make_pair_loss(settings.objective, settings.balancer), state, backend);
  }
  /// c ← a bᵀ in float32 by the engine's products, whose bits identify the machine.
  static void probe(const B& backend, MatrixView<const float> a, MatrixView<const float> b,
                    MatrixView<float> c) {
    backend.product({a, false}, {b, true}, c, Update::assign);
  }
};

}  // namespace shoal
