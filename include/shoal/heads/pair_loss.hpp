// An objective and a balancer behind one type, so that a CPU's engines are compiled once for all methods.
#pragma once

#include <memory>

#include <shoal/balancing/balancer.hpp>
#include <shoal/objective/objective.hpp>

namespace shoal {

/// The row maths of a method on the CPU. One call a row: of C entries, beside which the call costs nothing.
class PairLoss {
 public:
  virtual ~PairLoss() = default;
  /// As row_gradient (objective/objective.hpp) for rows of C = `clusters` entries.
  virtual float row(Index clusters, const PairRow& pair, const float* balance, float factor,
                    float* gradient) const = 0;
  /// As Balancer's penalty.
  virtual float penalty(Index clusters, const float* marginal, float* gradient) const = 0;
};

/// The loss of an objective and a balancer behind the one type that a step calls.
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

/// The row maths of this objective and this balancer.
template <Objective Obj, Balancer Bal>
[[nodiscard]] std::unique_ptr<const PairLoss> make_pair_loss(const Obj& objective, const Bal& balancer) {
  return std::make_unique<const PairLossOf<Obj, Bal>>(objective, balancer);
}

}  // namespace shoal
