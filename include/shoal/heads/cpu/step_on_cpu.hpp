// The training engine of the CPU backend.
#pragma once

#include <memory>

#include <shoal/heads/cpu/fused_step.hpp>

namespace shoal {

/// The training engine of Cpu is FusedStep, with products in float32 or bfloat16.
template <> struct StepOn<Cpu> {
  static constexpr const char* name = "fused CPU step";
  static constexpr bool some_heads = true;

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
  /// Makes the engine of a training; `state` must outlive it.
  template <Objective Obj, Balancer Bal>
  static std::unique_ptr<StepEngine> make(const Heads<Obj, Bal>& settings, HeadState& state, const Cpu& cpu) {
    return std::make_unique<FusedStep>(settings.general(),
                                       make_pair_loss(settings.objective, settings.balancer), state, cpu);
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
