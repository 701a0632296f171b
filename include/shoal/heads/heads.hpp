// The settings of heads, and the methods that are compositions of an objective and a balancer.
#pragma once

#include <concepts>
#include <cstdint>
#include <vector>

#include <shoal/balancing/marginal_entropy.hpp>
#include <shoal/balancing/none.hpp>
#include <shoal/heads/settings.hpp>
#include <shoal/objective/pmi.hpp>
#include <shoal/objective/scan.hpp>
#include <shoal/objective/scp.hpp>

namespace shoal {

/// Where methods differ in their defaults. Specialise it for an objective that wants its own.
template <class Obj> struct HeadDefaults {
  static constexpr Index epochs = 100;
  static constexpr double learning_rate = 1e-4, final_rate = 1e-4, weight_decay = 1e-4;
  static constexpr Index warmup_epochs = 20;
  static constexpr Index frozen_epochs = 1;
  static constexpr Optimizer optimizer = Optimizer::adamw;
  static std::vector<Index> hidden() { return {512}; }
};

/// SCP: five linear layers, Adam, a cosine from 1e-3 (at B = 512) to 0 over 30 epochs. Its balance is
/// the sum over the two views, α = 5.
template <> struct HeadDefaults<ScpObjective> {
  static constexpr Index epochs = 30;
  static constexpr double learning_rate = 5e-4, final_rate = 0, weight_decay = 0;
  static constexpr Index warmup_epochs = 0;
  static constexpr Index frozen_epochs = 0;
  static constexpr Optimizer optimizer = Optimizer::adam;
  static std::vector<Index> hidden() { return {512, 512, 512}; }
};

/// H heads over the same features, trained together: fit(TEMI{.clusters = 1000}, features, pairs, workers).
/// A head: linear layers to each of `hidden` with GELU, a linear layer to `bottleneck`, the row
/// L2-normalised, C weight-normed directions, a softmax at temperature τ. The defaults are those of the
/// official code of TEMI.
template <Objective Obj, Balancer Bal = NoBalance> struct Heads {
  using Defaults = HeadDefaults<Obj>;
  static_assert(Obj::teacher || Obj::agreement != Agreement::heads,
                "an agreement over all heads needs teachers, whose rows are constants");

  Index clusters = 0;               ///< C, to be set
  Index heads = 16;                 ///< H; the best by its loss gives the labels
  Index epochs = Defaults::epochs;  ///< passes over the samples
  Index batch = 512;                ///< B pairs a step, at most n; C ≪ B where a balancer acts
  double learning_rate = Defaults::learning_rate;  ///< times B/256: the peak rate
  double final_rate = Defaults::final_rate;        ///< times B/256: where the cosine ends
  Index warmup_epochs = Defaults::warmup_epochs;   ///< of a linear warm-up; at most `epochs` are used
  Index frozen_epochs = Defaults::frozen_epochs;   ///< in which the last layer stays as it was drawn
  double weight_decay = Defaults::weight_decay;    ///< on matrices and gains, not on biases
  Optimizer optimizer = Defaults::optimizer;       ///< where the weight decay enters
  double student_temperature = 0.1;                ///< τ_s
  double teacher_temperature = 0.1;                ///< τ_t
  double teacher_momentum = 0.996;                 ///< μ: teacher ← μ teacher + (1 − μ) student
  double marginal_momentum = 0.9;                  ///< of the running marginal m
  std::vector<Index> hidden = Defaults::hidden();  ///< widths of the hidden layers, may be empty
  Index bottleneck = 256;                          ///< width of the normalised row
  bool standardize = false;                        ///< columns to mean 0, standard deviation 1
  /// Of a training step (docs/heads.md); predictions on a CPU are float32 always. A GPU that has products of
  /// its own (CudaSettings::precision) takes those in the place of float32.
  Precision precision = Precision::float32;
  std::uint64_t seed = 0;  ///< the same seed gives the same bits
  Obj objective = {};      ///< what pairs are scored by, with its parameters
  Bal balancer = {};       ///< what keeps clusters filled, with its parameters

  /// The same without the types of the policies.
  [[nodiscard]] HeadSettings general() const {
    return {clusters,
            heads,
            epochs,
            batch,
            learning_rate,
            final_rate,
            warmup_epochs,
            frozen_epochs,
            weight_decay,
            optimizer,
            student_temperature,
            teacher_temperature,
            teacher_momentum,
            marginal_momentum,
            hidden,
            bottleneck,
            standardize,
            precision,
            seed,
            {.teacher = Obj::teacher,
             .marginal = Obj::marginal,
             .balance = Bal::active,
             .agreement = Obj::agreement}};
  }
  /// The shape of the heads over d features.
  [[nodiscard]] HeadShape shape(Index features) const { return general().shape(features); }
  /// The learning rate over a training on n samples.
  [[nodiscard]] WarmupCosine schedule(Index n) const { return general().schedule(n); }
};

using PMI = Heads<PmiObjective>;
using WPMI = Heads<WpmiObjective>;
using TEMI = Heads<TemiObjective>;
using SCANv2 = Heads<ScanObjective, MarginalEntropy>;
using SCP = Heads<ScpObjective, SummedMarginalEntropy>;

}  // namespace shoal
