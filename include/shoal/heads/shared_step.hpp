// Training steps over ranks, which share the heads.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <shoal/backend/ranks.hpp>
#include <shoal/heads/generic_step.hpp>

namespace shoal {

/// The heads that a rank trains: [first, first + count).
struct HeadShare {
  Index first, count;

  /// The share of a rank if `heads` are divided among `ranks` as evenly as possible.
  static HeadShare of(Index heads, Index rank, Index ranks) {
    const Index share = heads / ranks, more = heads % ranks;
    return {rank * share + std::min(rank, more), share + (rank < more ? 1 : 0)};
  }
};

/// Calls f(place in all, place in own, count) for each range of consecutive parameters that the heads from
/// `first` on have in the layout of all heads and in that of `own`, which has these heads alone.
template <class F>
void each_shared_range(const HeadShape& all, Index first, const HeadShape& own, const F& f) {
  const auto range = [&](Index in_all, Index in_own, Index size) {
    f(in_all + first * size, in_own, own.heads * size);
  };
  for (Index l = 0; l < all.layers(); ++l) {
    range(all.weight_offset(l), own.weight_offset(l), all.outputs(l) * all.inputs(l));
    range(all.bias_offset(l), own.bias_offset(l), all.outputs(l));
  }
  range(all.directions_offset(), own.directions_offset(), all.clusters * all.bottleneck());
  range(all.gains_offset(), own.gains_offset(), all.clusters);
}

/// The state of some heads of a training.
inline HeadState state_of_heads(const HeadState& all, HeadShare share) {
  HeadShape shape = all.shape;
  shape.heads = share.count;
  HeadState own = HeadState::zeros(shape, !all.teacher.empty());
  each_shared_range(all.shape, share.first, shape, [&](Index from, Index to, Index count) {
    std::copy_n(all.student.data() + from, count, own.student.data() + to);
    std::copy_n(all.first_moment.data() + from, count, own.first_moment.data() + to);
    std::copy_n(all.second_moment.data() + from, count, own.second_moment.data() + to);
    if (!all.teacher.empty()) std::copy_n(all.teacher.data() + from, count, own.teacher.data() + to);
  });
  for (Index h = 0; h < share.count; ++h)
    std::copy_n(all.marginal.row(share.first + h), shape.clusters, own.marginal.row(h));
  return own;
}

/// A training step over ranks. Each rank trains its share of the heads on the whole batch by the engine of
/// its own backend, so that the bits are those of one process. Ranks exchange losses and labels, and for TEMI
/// the agreements of all heads, but no gradients. A rank without heads only takes part in the exchanges.
class SharedStep final : public StepEngine {
 public:
  using MakeEngine = std::function<std::unique_ptr<StepEngine>(HeadState&)>;

  /// `make` makes the engine for a rank's own heads. sync() updates `state`, which has all heads. It must
  /// outlive the engine, and so must the communicator.
  SharedStep(const HeadSettings& settings, HeadState& state, const AnyCommunicator& ranks,
             const MakeEngine& make)
      : settings_(settings),
        state_(state),
        ranks_(ranks),
        own_(state_of_heads(state, share(ranks.rank()))),
        engine_(own_.shape.heads > 0 ? make(own_) : nullptr) {
    if (engine_)
      engine_->share_heads(
          [this](MatrixView<const float> own) { return gather(own.data, own.rows * own.cols); });
  }

  void step(MatrixView<const float> batch, const StepControl& control, StepReport& report) override {
    StepReport own;
    if (engine_)
      engine_->step(batch, control, own);
    else if (settings_.needs.all_heads())
      (void)gather<float>(nullptr, 0);  // as those who train heads do
    report.loss = gather(own.loss.data(), std::ssize(own.loss));
    report.labels = gather(own.labels.data(), std::ssize(own.labels));
  }

  void sync() override {
    if (engine_) engine_->sync();
    gather_parameters(own_.student, state_.student);
    gather_parameters(own_.teacher, state_.teacher);
    gather_parameters(own_.first_moment, state_.first_moment);
    gather_parameters(own_.second_moment, state_.second_moment);
    std::ranges::copy(gather(std::as_const(own_.marginal).data(), own_.marginal.size()),
                      state_.marginal.data());
  }

 private:
  [[nodiscard]] HeadShare share(int rank) const {
    return HeadShare::of(settings_.heads, rank, ranks_.size());
  }
  template <class T> [[nodiscard]] std::vector<T> gather(const T* own, Index count) const {
    return ranks_.all_gather(std::span<const T>(own, static_cast<std::size_t>(count)));
  }

  void gather_parameters(const Buffer<float>& own, Buffer<float>& all) const {
    if (all.empty()) return;
    const std::vector<float> parts = gather(own.data(), std::ssize(own));
    const float* part = parts.data();
    for (int rank = 0; rank < ranks_.size(); ++rank) {
      HeadShape shape = state_.shape;
      shape.heads = share(rank).count;
      each_shared_range(state_.shape, share(rank).first, shape, [&](Index to, Index from, Index count) {
        std::copy_n(part + from, count, all.data() + to);
      });
      part += shape.size();
    }
  }

  const HeadSettings settings_;
  HeadState& state_;
  const AnyCommunicator ranks_;
  HeadState own_;  // of this rank's heads
  std::unique_ptr<StepEngine> engine_;
};

/// Over ranks, each rank trains its share of the heads on its own backend, whose engine must be able to train
/// some of the heads (`some_heads`): that of Cpu, and the generic engine.
template <RankedBackend R> struct StepOn<R> {
  using Inner = StepOn<typename R::Inner>;
  static_assert(
      requires { requires Inner::some_heads; }, "heads are trained over ranks on CPUs");
  static constexpr const char* name = Inner::name;  // since the bits are the same

  static Precision precision(const R& ranks, Precision asked) {
    return Inner::precision(ranks.inner(), asked);
  }
  /// Every rank plans for the largest share of the heads.
  static MemoryPlan plan(const HeadSettings& settings, Index features, const R& ranks) {
    const Index most = HeadShare::of(settings.heads, 0, ranks.communicator().size()).count;
    return Inner::plan(settings.with_heads(most), features, ranks.inner())
        .add("state of all ranks", state_bytes(settings, settings.shape(features)));
  }
  template <Objective Obj, Balancer Bal>
  static std::unique_ptr<StepEngine> make(const Heads<Obj, Bal>& settings, HeadState& state, const R& ranks) {
    return std::make_unique<SharedStep>(settings.general(), state, ranks.communicator(), [&](HeadState& own) {
      return Inner::make(settings, own, ranks.inner());
    });
  }
  static void probe(const R& ranks, MatrixView<const float> a, MatrixView<const float> b,
                    MatrixView<float> c) {
    Inner::probe(ranks.inner(), a, b, c);
  }
};

}  // namespace shoal
