// An objective and a balancer behind one type, so that the CPU engines are compiled once for all methods.
#pragma once

#include <memory>

#include <shoal/balancing/balancer.hpp>
#include <shoal/core/make_owned.hpp>
#include <shoal/objective/objective.hpp>

namespace shoal {

/// The row maths of a method on the CPU. There is one virtual call for each row of C entries, whose cost is
/// negligible.
class PairLoss {
 public:
  virtual ~PairLoss() = default;
  /// As row_gradient (objective/objective.hpp), for rows of C = `clusters` entries.
  virtual float row(Index clusters, const PairRow& pair, const float* balance, float factor,
                    float* gradient) const = 0;
  /// As the penalty of a Balancer.
  virtual float penalty(Index clusters, const float* marginal, float* gradient) const = 0;
};

/// The PairLoss of an objective and a balancer.
template <Objective Obj, Balancer Bal> class PairLossOf final : public PairLoss {
 public:
  PairLossOf(const Obj& objective, const Bal& balancer) : objective_(objective), balancer_(balancer) {}

  float row(Index clusters, const PairRow& pair, const float* balance, float factor,
            float* gradient) const override {
    return row_gradient(CpuTeam{clusters}, objective_, pair, balance, factor, gradient);
  }
  float penalty(Index clusters, const float* marginal, float* gradient) const override {
    return balancer_.penalty(CpuTeam{clusters}, marginal, gradient);
  }

 private:
  Obj objective_;
  Bal balancer_;
};

/// Makes the PairLoss of this objective and this balancer.
template <Objective Obj, Balancer Bal>
[[nodiscard]] std::unique_ptr<const PairLoss> make_pair_loss(const Obj& objective, const Bal& balancer) {
  return make_owned<const PairLoss, PairLossOf<Obj, Bal>>(objective, balancer);
}

}  // namespace shoal
