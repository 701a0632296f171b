// The agreement of the two rows of a pair.
#pragma once

#include <shoal/simd/row_team.hpp>

namespace shoal {

/// A visitor of a pair's probabilities that does nothing.
struct IgnoreEntries {
  template <class F> SHOAL_HD void operator()(At<F>, F, F) const {}
};

/// The agreement Σ_c p_c q_c of the probabilities of x and of x′. visit(c, p_c, q_c) is called for every
/// entry, so that sums over a batch can be computed while the rows are in cache.
template <class Team, class Visit = IgnoreEntries>
[[nodiscard]] SHOAL_HD float pair_agreement(const Team& team, const float* p, const float* q,
                                            Visit visit = {}) {
  return team.sum([=](auto c) {
    const auto own = c.load(p), partner = c.load(q);
    visit(c, own, partner);
    return own * partner;
  });
}

}  // namespace shoal
