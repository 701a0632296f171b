// Trained heads: every named method with every sampler, and the prediction.
#include <shoal/heads/fit.hpp>
#include <shoal/sampling/nearest_pairs.hpp>
#include <shoal/sampling/oracle_pairs.hpp>
#include <shoal/sampling/true_positive_pairs.hpp>
#include <shoal/sampling/views.hpp>

namespace shoal {
template HeadFit fit_impl::run<>(const Job&, const Hook&, const Checkpoints&);
template std::unique_ptr<StepEngine> fused_step<>(const HeadSettings&, std::unique_ptr<const PairLoss>,
                                                  HeadState&, const Cpu&, const HeadTeam*);
template HeadFit fit(const PMI&, AnyRows, const NearestPairs&, const Cpu&, const Hook&, const Checkpoints&);
template HeadFit fit(const PMI&, AnyRows, const Views&, const Cpu&, const Hook&, const Checkpoints&);
template HeadFit fit(const PMI&, AnyRows, const OraclePairs&, const Cpu&, const Hook&, const Checkpoints&);
template HeadFit fit(const WPMI&, AnyRows, const NearestPairs&, const Cpu&, const Hook&, const Checkpoints&);
template HeadFit fit(const WPMI&, AnyRows, const Views&, const Cpu&, const Hook&, const Checkpoints&);
template HeadFit fit(const WPMI&, AnyRows, const OraclePairs&, const Cpu&, const Hook&, const Checkpoints&);
template HeadFit fit(const TEMI&, AnyRows, const NearestPairs&, const Cpu&, const Hook&, const Checkpoints&);
template HeadFit fit(const TEMI&, AnyRows, const Views&, const Cpu&, const Hook&, const Checkpoints&);
template HeadFit fit(const TEMI&, AnyRows, const OraclePairs&, const Cpu&, const Hook&, const Checkpoints&);
template HeadFit fit(const SCANv2&, AnyRows, const NearestPairs&, const Cpu&, const Hook&,
                     const Checkpoints&);
template HeadFit fit(const SCANv2&, AnyRows, const Views&, const Cpu&, const Hook&, const Checkpoints&);
template HeadFit fit(const SCANv2&, AnyRows, const OraclePairs&, const Cpu&, const Hook&, const Checkpoints&);
template HeadFit fit(const SCP&, AnyRows, const NearestPairs&, const Cpu&, const Hook&, const Checkpoints&);
template HeadFit fit(const SCP&, AnyRows, const Views&, const Cpu&, const Hook&, const Checkpoints&);
template HeadFit fit(const SCP&, AnyRows, const OraclePairs&, const Cpu&, const Hook&, const Checkpoints&);
template HeadFit fit(const PMI&, AnyRows, const TruePositivePairs&, const Cpu&, const Hook&,
                     const Checkpoints&);
template HeadFit fit(const WPMI&, AnyRows, const TruePositivePairs&, const Cpu&, const Hook&,
                     const Checkpoints&);
template HeadFit fit(const TEMI&, AnyRows, const TruePositivePairs&, const Cpu&, const Hook&,
                     const Checkpoints&);
template HeadFit fit(const SCANv2&, AnyRows, const TruePositivePairs&, const Cpu&, const Hook&,
                     const Checkpoints&);
template HeadFit fit(const SCP&, AnyRows, const TruePositivePairs&, const Cpu&, const Hook&,
                     const Checkpoints&);
template Prediction predict(const HeadModel&, AnyRows, const Cpu&, Index, Index);
}  // namespace shoal
