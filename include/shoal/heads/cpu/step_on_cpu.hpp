// The training engine of the CPU backend.
#pragma once

#include <memory>

#include <shoal/core/make_owned.hpp>
#include <shoal/heads/cpu/fused_step.hpp>

namespace shoal {

/// The engine of a training on a Cpu. A template for shoal::compiled (docs/design.md, "Compile time").
template <class = void>
std::unique_ptr<StepEngine> fused_step(const HeadSettings& settings, std::unique_ptr<const PairLoss> loss,
                                       HeadState& state, const Cpu& cpu, const HeadTeam* team) {
  return make_owned<StepEngine, FusedStep>(settings, std::move(loss), state, cpu, team);
}

/// The training engine of Cpu is FusedStep, with products in float32 or bfloat16.
template <> struct StepOn<Cpu> {
  static constexpr const char* name = "fused CPU step";
  static constexpr bool some_heads = true;
  static constexpr bool divides_batch = true;  ///< whether ranks may train one head together

  /// The precision of the products when the settings ask for `asked`. Throws invalid_argument unless the CPU
  /// has products of this precision.
  static Precision precision(const Cpu& cpu, Precision asked) {
    check_rule({asked, cpu.library()});
    return asked;
  }
  /// The peak memory of a training on features with this number of columns, in bytes by use.
  static MemoryPlan plan(const HeadSettings& settings, Index features, const Cpu& cpu) {
    return fused_step_plan(settings, features, cpu.threads(), cpu.memory());
  }
  /// Makes the engine of a training, whose state, of one head, a team of ranks may share. State and team must
  /// outlive it.
  template <Objective Obj, Balancer Bal>
  static std::unique_ptr<StepEngine> make(const Heads<Obj, Bal>& settings, HeadState& state, const Cpu& cpu,
                                          const HeadTeam* team = nullptr) {
    return fused_step(settings.general(), make_pair_loss(settings.objective, settings.balancer), state, cpu,
                      team);
  }
  /// c ← a bᵀ in float32 by the products of a step, whose bits identify the machine.
  static void probe(const Cpu& cpu, MatrixView<const float> a, MatrixView<const float> b,
                    MatrixView<float> c) {
    const ProductRule rule{Precision::float32, cpu.library()};
    LeftFactor left(rule);
    RightFactor right(rule);
    left.pack({a, false});
    right.pack({b, false});
    multiply_packed(left, right, c, Update::assign);
  }
};

}  // namespace shoal
