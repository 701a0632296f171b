// The settings of heads, and the named methods, which combine an objective and a balancer.
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

/// The defaults in which methods differ. Specialise it for an objective with other defaults.
template <class Obj> struct HeadDefaults {
  static constexpr Index epochs = 100;
  static constexpr double learning_rate = 1e-4, final_rate = 1e-4, weight_decay = 1e-4;
  static constexpr Index warmup_epochs = 20;
  static constexpr Index frozen_epochs = 1;
  static constexpr Optimizer optimizer = Optimizer::adamw;
  static std::vector<Index> hidden() { return {512}; }
};

/// The defaults of SCP: five linear layers, Adam, and a cosine from 1e-3 (at B = 512) to 0 over 30 epochs.
/// Its balancing is the sum over the two views with α = 5.
template <> struct HeadDefaults<ScpObjective> {
  static constexpr Index epochs = 30;
  static constexpr double learning_rate = 5e-4, final_rate = 0, weight_decay = 0;
  static constexpr Index warmup_epochs = 0;
  static constexpr Index frozen_epochs = 0;
  static constexpr Optimizer optimizer = Optimizer::adam;
  static std::vector<Index> hidden() { return {512, 512, 512}; }
};

/// The settings of H heads on the same features, which are trained together: fit(TEMI{.clusters = 1000},
/// features, pairs, backend). A head consists of a linear layer with GELU for each width in `hidden`, a
/// linear layer to `bottleneck`, L2 normalisation of the row, C weight-normalised directions, and a softmax
/// at temperature τ. The defaults are those of the official implementation of TEMI. Plain heads are
/// multilayer perceptrons instead, as SCP's source has (HeadShape); give them temperatures of 1.
template <Objective Obj, Balancer Bal = NoBalance> struct Heads {
  using Defaults = HeadDefaults<Obj>;
  static_assert(Obj::teacher || Obj::agreement != Agreement::heads,
                "an agreement over all heads needs teachers, whose rows are constants");

  Index clusters = 0;               ///< C, to be set
  Index heads = 16;                 ///< H; the head with the lowest loss gives the labels
  Index epochs = Defaults::epochs;  ///< passes over the samples
  Index batch = 512;                ///< B pairs for each step, at most n; with a balancer choose B ≫ C
  double learning_rate = Defaults::learning_rate;  ///< the peak rate is this times B/256
  double final_rate = Defaults::final_rate;        ///< the final rate of the cosine is this times B/256
  Index warmup_epochs = Defaults::warmup_epochs;   ///< epochs of linear warm-up, limited to `epochs`
  Index frozen_epochs = Defaults::frozen_epochs;   ///< epochs in which the last layer is not trained
  double weight_decay = Defaults::weight_decay;    ///< applied to matrices and gains, not to biases
  Optimizer optimizer = Defaults::optimizer;       ///< Adam or AdamW
  double student_temperature = 0.1;                ///< τ_s, temperature of the student
  double teacher_temperature = 0.1;                ///< τ_t, temperature of the teacher
  double teacher_momentum = 0.996;                 ///< μ: teacher ← μ teacher + (1 − μ) student
  double marginal_momentum = 0.9;                  ///< momentum of the running marginal m
  std::vector<Index> hidden = Defaults::hidden();  ///< widths of the hidden layers; may be empty
  Index bottleneck = 256;                          ///< width of the normalised row
  bool plain = false;                              ///< whether heads are multilayer perceptrons
  bool standardize = false;  ///< whether to scale columns to mean 0 and standard deviation 1
  /// The precision of products in a training step (docs/heads.md); predictions on a CPU always use float32. A
  /// GPU with its own setting (CudaSettings::precision) uses that if this one is float32.
  Precision precision = Precision::float32;
  std::uint64_t seed = 0;  ///< the same seed gives the same bits
  Obj objective = {};      ///< the loss of pairs, with its parameters
  Bal balancer = {};       ///< the penalty that keeps clusters filled, with its parameters

  /// The settings without the types of the policies.
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
            plain,
            standardize,
            precision,
            seed,
            {.teacher = Obj::teacher,
             .marginal = Obj::marginal,
             .balance = Bal::active,
             .agreement = Obj::agreement}};
  }
  /// The shape of the heads for d features.
  [[nodiscard]] HeadShape shape(Index features) const { return general().shape(features); }
  /// The learning rate during a training on n samples.
  [[nodiscard]] WarmupCosine schedule(Index n) const { return general().schedule(n); }
};

using PMI = Heads<PmiObjective>;
using WPMI = Heads<WpmiObjective>;
using TEMI = Heads<TemiObjective>;
using SCANv2 = Heads<ScanObjective, MarginalEntropy>;
using SCP = Heads<ScpObjective, SummedMarginalEntropy>;

}  // namespace shoal
