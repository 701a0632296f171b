// The concept Balancer: a penalty that keeps clusters evenly filled while heads are trained.
#pragma once

#include <concepts>
#include <type_traits>

#include <shoal/core/policy.hpp>
#include <shoal/simd/math.hpp>
#include <shoal/simd/row_team.hpp>

namespace shoal {

/// A penalty on the batch marginal P [C], the mean of the student's rows over one view of the batch; a step
/// adds the mean of the two views' penalties to each head's loss.
///   float penalty(team, marginal, gradient) const
/// returns the penalty and writes gradient[c] = ∂penalty/∂P_c. Bal::active is false if the penalty is always
/// 0; then no pass over the batch is made for it. Laws (laws/balancer.hpp): gradient agrees with finite
/// differences; among marginals that sum to 1 the penalty is least at P = 1/C; finite for P with zeros;
/// unchanged when classes are permuted. It is a Policy (core/policy.hpp): it has a name, and names its
/// parameters.
template <class Bal>
concept Balancer = Policy<Bal> &&
    requires(const Bal balancer, const AnyTeam team, const float* marginal, float* gradient) {
  { balancer.penalty(team, marginal, gradient) } -> std::same_as<float>;
  { Bal::active } -> std::convertible_to<bool>;
};

}  // namespace shoal
