// The losses of one head and the gradients of its logits on the GPU: runs the kernels of heads/cuda/loss.cuh
// in order and owns their memory.
#pragma once

#include <shoal/backend/gpu_memory.cuh>
#include <shoal/heads/cuda/column_sums.cuh>
#include <shoal/heads/cuda/layers.cuh>
#include <shoal/heads/cuda/loss.cuh>
#include <shoal/heads/cuda/marginal.cuh>
#include <shoal/heads/cuda/plan.cuh>
#include <shoal/heads/heads.hpp>

namespace shoal {

/// Takes the logits of students and teachers head by head, and keeps the results of all heads: marginals,
/// agreements, losses and labels. Rows of logits and their gradients are padded (plan.cuh). `kept_heads` is
/// the number of heads whose teachers' logits are kept, one or all. A batch is B rows x followed by their B
/// partners. The stream must outlive it.
template <Objective Obj, Balancer Bal, class Rt> class GpuHeadLoss {
 public:
  // The needs of the objective as in LossNeeds (heads/settings.hpp), but known at compile time: what must be
  // known of the whole batch before the first loss.
  static constexpr bool teacher_first = Obj::teacher && (Obj::marginal || Obj::agreement != Agreement::none);
  static constexpr bool all_heads = Obj::agreement == Agreement::heads;

  /// For the heads of a training that this machine trains.
  GpuHeadLoss(const Heads<Obj, Bal>& settings, GpuStream<Rt>& stream, Index heads, Index kept_heads)
      : objective_(settings.objective),
        balancer_(settings.balancer),
        settings_(settings.general()),
        stream_(stream),
        heads_(heads),
        kept_heads_(kept_heads),
        narrow_{settings.precision == Precision::bfloat16, gradient_boost(settings_)},
        marginal_(stream, heads * clusters()),
        logits_(stream, rows() * width()),
        partner_(stream, Obj::teacher ? kept_heads * rows() * width() : 0),
        probs_(stream, in_memory() ? rows() * width() : 0),
        gradient_(stream, rounds() && !in_memory() ? 0 : rows() * width()),
        rounded_(stream, rounds() ? rows() * width() : 0),
        log_partition_(stream, rows()),
        agreement_(stream, (all_heads ? heads : 1) * pairs()),
        heads_agreement_(stream, pairs()),
        batch_agreement_(stream, 1),
        sums_(stream, 2 * column_pieces(pairs()) * clusters()),
        mean_(stream, 2 * clusters()),
        balance_(stream, 2 * clusters()),
        log_marginal_(stream, (all_heads ? heads : 1) * clusters()),
        penalty_(stream, 1),
        row_loss_(stream, rows()),
        loss_(stream, heads),
        labels_(stream, heads * rows()) {
    stream.zero(gradient_.data(), gradient_.size());  // the padding stays zero
    stream.zero(rounded_.data(), rounded_.size());
  }

  /// The destination of the logits of the current student, padded.
  [[nodiscard]] MatrixView<float> logits() { return logits_.view(rows(), width()); }
  /// The destination of the logits of head h's teacher, padded.
  [[nodiscard]] MatrixView<float> partner(Index h) {
    return partner_.view(kept_heads_ * rows(), width()).block(kept_heads_ > 1 ? h * rows() : 0, rows());
  }
  [[nodiscard]] float* marginal() { return marginal_.data(); }

  /// Computes what the losses need of head h's teacher from its logits.
  void teacher_statistics(Index h) {
    if constexpr (teacher_first) statistics(h, partner(h), settings_.partner_scale());
    if constexpr (teacher_first && Obj::marginal) move_marginal(h, partner(h), settings_.partner_scale());
  }
  /// Averages the agreements; to be called when the statistics of all teachers are known.
  void average_agreement() {
    stream_.launch(thread_per_item(pairs()), MeanOverHeads{}, std::as_const(agreement_).view(heads_, pairs()),
                   heads_agreement_.data());
  }
  /// The agreements of these heads [heads × B], and the destination of their mean over all heads of a
  /// training [B], where others compute it.
  [[nodiscard]] const float* agreements() const { return agreement_.data(); }
  [[nodiscard]] float* heads_agreement() { return heads_agreement_.data(); }

  /// Computes the loss, the labels and gradient() of student h from its logits, once its teacher's statistics
  /// are known.
  void learn(Index h) {
    constexpr bool own_statistics = !Obj::teacher && (Obj::marginal || Obj::agreement != Agreement::none);
    if constexpr (own_statistics || Bal::active) statistics(h, logits(), settings_.student_scale());
    if constexpr (!Obj::teacher && Obj::marginal)
      move_marginal(h, logits(), settings_.student_scale());
    else if constexpr (Bal::active)
      view_means(logits(), settings_.student_scale());
    weigh(h);
    by_row_length(clusters(), [&](auto by) { descend<decltype(by)>(h); });
    stream_.launch(Grid{1}, SumAll{1 / static_cast<double>(rows())},
                   static_cast<const double*>(row_loss_.data()), rows(),
                   Bal::active ? static_cast<const double*>(penalty_.data()) : nullptr, loss_.data() + h);
  }

  /// ∂L/∂logits of the last learn(), padded with zeros, as a factor of products at the settings' precision.
  /// Its entries are settings.gradient_scale() times a probability.
  [[nodiscard]] Factor gradient() const {
    if (!rounds()) return gradient_.view(rows(), width());
    return {rounded_.data(), settings_.precision, rows(), width(), width(), false, 1 / narrow_.scale};
  }
  [[nodiscard]] const double* losses() const { return loss_.data(); }   ///< [H]
  [[nodiscard]] const Label* labels() const { return labels_.data(); }  ///< [H × 2B]

 private:
  [[nodiscard]] Index clusters() const { return settings_.clusters; }
  [[nodiscard]] Index width() const { return padded(settings_.clusters); }
  [[nodiscard]] Index pairs() const { return settings_.batch; }
  [[nodiscard]] Index rows() const { return settings_.rows(); }
  [[nodiscard]] bool rounds() const { return is_narrow(settings_.precision); }
  [[nodiscard]] bool in_memory() const { return rows_in_memory(settings_.clusters); }
  [[nodiscard]] float* agreement(Index h) { return agreement_.data() + (all_heads ? h * pairs() : 0); }
  [[nodiscard]] float* log_marginal(Index h) {
    return log_marginal_.data() + (all_heads ? h * clusters() : 0);
  }
  /// The part of padded rows that is not padding; no rows of an array without elements.
  template <class T> [[nodiscard]] MatrixView<T> entries(DeviceArray<Rt, T>& a) const {
    return a.size() == 0 ? MatrixView<T>{} : MatrixView<T>(a.data(), rows(), clusters(), width());
  }

  /// Computes the log-partitions of padded rows of logits, and head h's agreements if the objective reads
  /// them.
  void statistics(Index h, MatrixView<const float> padded_logits, float scale) {
    const MatrixView<const float> logits = padded_logits.columns(0, clusters());
    by_row_length(clusters(), [&](auto by) {
      using By = decltype(by);
      if constexpr (Obj::agreement != Agreement::none)
        stream_.launch(By::grid(pairs()), PairStatistics<By>{scale}, logits, log_partition_.data(),
                       agreement(h));
      else
        stream_.launch(By::grid(rows()), LogPartitions<By>{scale}, logits, log_partition_.data());
    });
  }
  /// mean_ ← the mean probabilities of each view's rows, once their statistics are known.
  void view_means(MatrixView<const float> padded_logits, float scale) {
    const MatrixView<float> sums = sums_.view(2 * column_pieces(pairs()), clusters());
    stream_.launch(column_grid(sums), ProbabilitySums{scale}, padded_logits.columns(0, clusters()),
                   static_cast<const float*>(log_partition_.data()), sums);
    stream_.launch(thread_per_item(2 * clusters()), JoinColumnSums{1 / static_cast<float>(pairs())},
                   MatrixView<const float>(sums), mean_.view(2, clusters()));
  }
  void move_marginal(Index h, MatrixView<const float> padded_logits, float scale) {
    view_means(padded_logits, scale);
    stream_.launch(thread_per_item(clusters()), MoveMarginal{static_cast<float>(settings_.marginal_momentum)},
                   std::as_const(mean_).view(2, clusters()), marginal_.data() + h * clusters(),
                   log_marginal(h));
  }
  /// Computes what the rows' losses need of the whole batch.
  void weigh(Index h) {
    if constexpr (Obj::agreement == Agreement::batch)
      stream_.launch(Grid{1}, SumAll{1 / static_cast<double>(pairs())},
                     static_cast<const float*>(agreement(h)), pairs(), static_cast<const double*>(nullptr),
                     batch_agreement_.data());
    if constexpr (Bal::active)
      stream_.launch(Grid{1}, BalanceViews<Bal>{balancer_}, std::as_const(mean_).view(2, clusters()),
                     balance_.view(2, clusters()), penalty_.data());
  }
  template <class By> void descend(Index h) {
    const auto optional = [](bool wanted, const float* p) { return wanted ? p : nullptr; };
    const MatrixView<const float> partners = Obj::teacher ? partner(h) : logits();
    stream_.launch(
        By::grid(rows()),
        DescendRows<By, Obj, Bal::active>{objective_, settings_.student_scale(), settings_.partner_scale(),
                                          settings_.gradient_scale(), narrow_},
        MatrixView<const float>(entries(logits_)), partners.columns(0, clusters()),
        optional(Obj::marginal, log_marginal(h)), optional(Obj::agreement != Agreement::none, agreement(h)),
        optional(all_heads, heads_agreement_.data()),
        optional(Obj::agreement == Agreement::batch, batch_agreement_.data()),
        Bal::active ? std::as_const(balance_).view(2, clusters()) : MatrixView<const float>{},
        entries(probs_), entries(gradient_), entries(rounded_), row_loss_.data(),
        labels_.data() + h * rows());
  }

  const Obj objective_;
  const Bal balancer_;
  const HeadSettings settings_;
  GpuStream<Rt>& stream_;
  const Index heads_, kept_heads_;
  const Narrow narrow_;
  DeviceArray<Rt, float> marginal_;
  DeviceArray<Rt, float> logits_, partner_, probs_, gradient_;
  DeviceArray<Rt, std::uint16_t> rounded_;
  DeviceArray<Rt, float> log_partition_, agreement_, heads_agreement_, batch_agreement_;
  DeviceArray<Rt, float> sums_, mean_, balance_, log_marginal_;
  DeviceArray<Rt, double> penalty_, row_loss_, loss_;
  DeviceArray<Rt, Label> labels_;
};

}  // namespace shoal
