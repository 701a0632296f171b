// The losses of one head and the gradients of its logits on the GPU: runs the kernels of heads/cuda/loss.cuh
// in order and owns their memory.
#pragma once

#include <shoal/backend/gpu_memory.cuh>
#include <shoal/heads/cuda/layers.cuh>
#include <shoal/heads/cuda/loss.cuh>
#include <shoal/heads/heads.hpp>

namespace shoal {

/// Takes the logits of students and teachers head by head, and keeps the results of all heads: marginals,
/// agreements, losses and labels. `kept_heads` is the number of heads whose teachers' logits are kept, one or
/// all. A batch is B rows x followed by their B partners. The stream must outlive it.
template <Objective Obj, Balancer Bal, class Rt> class GpuHeadLoss {
 public:
  // The needs of the objective as in LossNeeds (heads/settings.hpp), but known at compile time: what must be
  // known of the whole batch before the first loss.
  static constexpr bool teacher_first = Obj::teacher && (Obj::marginal || Obj::agreement != Agreement::none);
  static constexpr bool all_heads = Obj::agreement == Agreement::heads;

  GpuHeadLoss(const Heads<Obj, Bal>& settings, GpuStream<Rt>& stream, Index kept_heads)
      : objective_(settings.objective),
        balancer_(settings.balancer),
        settings_(settings.general()),
        stream_(stream),
        kept_heads_(kept_heads),
        marginal_(stream, heads() * clusters()),
        shares_(stream, pairs()),
        logits_(stream, rows() * clusters()),
        probs_(stream, rows() * clusters()),
        gradient_(stream, rows() * clusters()),
        partner_(stream, Obj::teacher ? kept_heads * rows() * clusters() : 0),
        log_partition_(stream, rows()),
        partner_partition_(stream, (all_heads ? heads() : 1) * rows()),
        agreement_(stream, (all_heads ? heads() : 1) * pairs()),
        heads_agreement_(stream, pairs()),
        batch_agreement_(stream, 1),
        mean_(stream, 2 * clusters()),
        balance_(stream, 2 * clusters()),
        log_marginal_(stream, clusters()),
        penalty_(stream, 1),
        row_loss_(stream, rows()),
        loss_(stream, heads()),
        labels_(stream, heads() * rows()) {
    stream_.launch(thread_per_item(pairs()), Fill{}, shares_.data(), pairs(),
                   1.f / static_cast<float>(pairs()));
  }

  /// The destination of the logits of the current student.
  [[nodiscard]] MatrixView<float> logits() { return per_cluster(logits_); }
  /// The destination of the logits of head h's teacher.
  [[nodiscard]] MatrixView<float> partner(Index h) {
    return partner_.view(kept_heads_ * rows(), clusters()).block(kept_heads_ > 1 ? h * rows() : 0, rows());
  }
  [[nodiscard]] float* marginal() { return marginal_.data(); }

  /// Computes what the losses need of head h's teacher from its logits.
  void teacher_statistics(Index h) {
    const MatrixView<const float> logits = partner(h);
    if constexpr (teacher_first) {
      launch_rows<PairStatistics>(pairs(), settings_.partner_scale(), logits, per_cluster(gradient_),
                                  partner_partition(h), agreement(h));
      if constexpr (Obj::marginal) move_marginal(h, per_cluster(gradient_));
    } else {
      launch_rows<LogPartitions>(rows(), settings_.partner_scale(), logits, partner_partition(h));
    }
  }
  /// Averages the agreements; to be called when the statistics of all teachers are known.
  void average_agreement() {
    stream_.launch(thread_per_item(pairs()), MeanOverHeads{},
                   std::as_const(agreement_).view(heads(), pairs()), heads_agreement_.data());
  }

  /// Computes the loss, the labels and gradient() of student h from its logits, once its teacher's statistics
  /// are known.
  void learn(Index h) {
    constexpr bool own_agreement = !Obj::teacher && Obj::agreement != Agreement::none;
    const MatrixView<float> probs = per_cluster(probs_);
    launch_rows<PairStatistics>(pairs(), settings_.student_scale(), MatrixView<const float>(logits()), probs,
                                log_partition_.data(),
                                own_agreement ? agreement(h) : static_cast<float*>(nullptr));
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

  /// ∂L/∂logits of the last learn(); its entries are settings.gradient_scale() times a probability.
  [[nodiscard]] MatrixView<const float> gradient() const { return gradient_.view(rows(), clusters()); }
  [[nodiscard]] const double* losses() const { return loss_.data(); }   ///< [H]
  [[nodiscard]] const Label* labels() const { return labels_.data(); }  ///< [H × 2B]

 private:
  [[nodiscard]] Index heads() const { return settings_.heads; }
  [[nodiscard]] Index clusters() const { return settings_.clusters; }
  [[nodiscard]] Index pairs() const { return settings_.batch; }
  [[nodiscard]] Index rows() const { return settings_.rows(); }
  [[nodiscard]] MatrixView<float> per_cluster(DeviceArray<Rt, float>& a) {
    return a.view(rows(), clusters());
  }
  [[nodiscard]] float* partner_partition(Index h) {
    return partner_partition_.data() + (all_heads ? h * rows() : 0);
  }
  [[nodiscard]] float* agreement(Index h) { return agreement_.data() + (all_heads ? h * pairs() : 0); }

  /// Launches a kernel over `count` rows of C, by one warp or one block for each row.
  template <template <class> class Kernel, class... Arguments>
  void launch_rows(Index count, float scale, Arguments... arguments) {
    if (clusters() <= warp_row)
      stream_.launch(ByWarp::grid(count), Kernel<ByWarp>{scale}, arguments...);
    else
      stream_.launch(ByBlock::grid(count), Kernel<ByBlock>{scale}, arguments...);
  }

  /// mean_ ← the mean of each view's rows of probabilities.
  void view_means(MatrixView<const float> probs) {
    for (Index v = 0; v < 2; ++v)
      stream_.product(std::as_const(shares_).view(1, pairs()), probs.block(v * pairs(), pairs()),
                      mean_.view(2, clusters()).block(v, 1));
  }
  void move_marginal(Index h, MatrixView<const float> probs) {
    view_means(probs);
    stream_.launch(thread_per_item(clusters()), MoveMarginal{static_cast<float>(settings_.marginal_momentum)},
                   std::as_const(mean_).view(2, clusters()), marginal_.data() + h * clusters());
  }
  /// Computes what the rows' losses need of the whole batch.
  void weigh(Index h) {
    if constexpr (Obj::marginal)
      stream_.launch(thread_per_item(clusters()), LogMarginal{},
                     static_cast<const float*>(marginal_.data() + h * clusters()), clusters(),
                     log_marginal_.data());
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
    stream_.launch(By::grid(rows()),
                   DescendRows<By, Obj>{objective_, settings_.student_scale(), settings_.partner_scale(),
                                        settings_.gradient_scale()},
                   MatrixView<const float>(logits()), MatrixView<const float>(per_cluster(probs_)),
                   optional(true, log_partition_.data()),
                   MatrixView<const float>(Obj::teacher ? partner(h) : logits()),
                   optional(true, Obj::teacher ? partner_partition(h) : log_partition_.data()),
                   optional(Obj::marginal, log_marginal_.data()),
                   optional(Obj::agreement != Agreement::none, agreement(h)),
                   optional(all_heads, heads_agreement_.data()),
                   optional(Obj::agreement == Agreement::batch, batch_agreement_.data()),
                   Bal::active ? std::as_const(balance_).view(2, clusters()) : MatrixView<const float>{},
                   per_cluster(gradient_), row_loss_.data(), labels_.data() + h * rows());
  }

  const Obj objective_;
  const Bal balancer_;
  const HeadSettings settings_;
  GpuStream<Rt>& stream_;
  const Index kept_heads_;
  DeviceArray<Rt, float> marginal_, shares_;
  DeviceArray<Rt, float> logits_, probs_, gradient_, partner_;
  DeviceArray<Rt, float> log_partition_, partner_partition_, agreement_, heads_agreement_, batch_agreement_;
  DeviceArray<Rt, float> mean_, balance_, log_marginal_;
  DeviceArray<Rt, double> penalty_, row_loss_, loss_;
  DeviceArray<Rt, Label> labels_;
};

}  // namespace shoal
