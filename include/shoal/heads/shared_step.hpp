// Training steps over ranks, which share the heads.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <shoal/backend/ranks.hpp>
#include <shoal/core/make_owned.hpp>
#include <shoal/heads/generic_step.hpp>
#include <shoal/heads/head_team.hpp>

namespace shoal {

/// The heads that a rank trains: [first, first + count).
struct HeadShare {
  Index first, count;

  /// The share of a rank if `heads` are divided among `ranks` as evenly as possible; none for some ranks if
  /// there are fewer heads than ranks.
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
/// the agreements of all heads, but no gradients. If there are more ranks than heads, the ranks of a team
/// (heads/head_team.hpp) train a head together, where the engine can; otherwise a rank without heads only
/// takes part in the exchanges.
class SharedStep final : public StepEngine {
 public:
  using MakeEngine = std::function<std::unique_ptr<StepEngine>(HeadState&, const HeadTeam*)>;

  /// `make` makes the engine for a rank's own heads; `teams` says whether it can train one head together with
  /// other ranks. sync() updates `state`, which has all heads. It must outlive the engine, and so must the
  /// communicator.
  SharedStep(const HeadSettings& settings, HeadState& state, const AnyCommunicator& ranks, bool teams,
             const MakeEngine& make)
      : settings_(settings),
        state_(state),
        ranks_(ranks),
        team_(teams && ranks.size() > settings.heads && ranks.divisible()
                  ? std::make_unique<const HeadTeam>(ranks_, settings.heads)
                  : nullptr),
        own_(state_of_heads(state, trained())),
        engine_(own_.shape.heads > 0 ? make(own_, team_.get()) : nullptr) {
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
    const auto marginal = gather(std::as_const(own_.marginal).data(), own_.marginal.size());
    std::copy(marginal.begin(), marginal.end(), state_.marginal.data());
  }

 private:
  /// The heads that this rank trains.
  [[nodiscard]] HeadShare trained() const {
    const int rank = ranks_.rank();
    return team_ ? HeadShare{HeadTeam::head_of(rank, settings_.heads, ranks_.size()), 1} : share(rank);
  }
  /// The heads that a rank reports: those that it trains, but for a team only its first rank reports.
  [[nodiscard]] HeadShare share(int rank) const {
    if (!team_) return HeadShare::of(settings_.heads, rank, ranks_.size());
    return {HeadTeam::head_of(rank, settings_.heads, ranks_.size()),
            HeadTeam::leads(rank, settings_.heads, ranks_.size()) ? 1 : 0};
  }
  /// The values of all heads, given those of the heads that this rank trains.
  template <class T> [[nodiscard]] std::vector<T> gather(const T* own, Index count) const {
    const Index reported = share(ranks_.rank()).count > 0 ? count : 0;
    return ranks_.all_gather(own, static_cast<std::size_t>(reported));
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
  const std::unique_ptr<const HeadTeam> team_;
  HeadState own_;  // of this rank's heads
  std::unique_ptr<StepEngine> engine_;
};

/// Over ranks, each rank trains its share of the heads on its own backend, whose engine must be able to train
/// some of the heads (`some_heads`): that of Cpu, that of a GPU, and the generic engine.
template <RankedBackend R> struct StepOn<R> {
  using Inner = StepOn<typename R::Inner>;
  static_assert(
      requires { requires Inner::some_heads; }, "this backend's engine trains all heads or none");
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
    constexpr bool teams = requires { Inner::divides_batch; };
    return make_owned<StepEngine, SharedStep>(settings.general(), state, ranks.communicator(), teams,
                                              [&](HeadState& own, const HeadTeam* team) {
                                                if constexpr (teams)
                                                  return Inner::make(settings, own, ranks.inner(), team);
                                                else
                                                  return Inner::make(settings, own, ranks.inner());
                                              });
  }
  static void probe(const R& ranks, MatrixView<const float> a, MatrixView<const float> b,
                    MatrixView<float> c) {
    Inner::probe(ranks.inner(), a, b, c);
  }
};

}  // namespace shoal
