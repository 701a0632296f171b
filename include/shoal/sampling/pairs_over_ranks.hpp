// The pairs of samples whose rows are distributed over ranks.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include <shoal/backend/shard.hpp>
#include <shoal/sampling/sampler.hpp>

namespace shoal {

namespace pairs_over_ranks_impl {

/// Each rank draws the partners of its own samples, and rows travel from the ranks that hold them.
template <class S>
void gather_partners(const S& sampler, AnyRows own, const Shard& shard, std::span<const Index> ids, Draw draw,
                     MatrixView<float> x, MatrixView<float> partner) {
  const std::vector<Index> partners =
      shard.told<Index>(ids, [&](Index id) { return sampler.partner_of(id - shard.first(), draw); });
  for (std::size_t i = 0; i < ids.size(); ++i) check_partner(ids[i], partners[i], shard.total());
  CheckedRows rows(own, false, "pairs");
  rows.skip_checks();
  shard.gather(rows, ids, x);
  shard.gather(rows, partners, partner);
}

/// Each rank makes the pairs of its own samples, which travel whole.
template <class S>
void gather_whole_pairs(const S& sampler, AnyRows own, const Shard& shard, std::span<const Index> ids,
                        Draw draw, MatrixView<float> x, MatrixView<float> partner) {
  const Index d = own.cols();
  const std::vector<Index> here = shard.held(ids);
  Matrix<float> pairs(std::ssize(here), 2 * d), all(std::ssize(ids), 2 * d);
  sampler.pairs(own, here, draw, pairs.view().columns(0, d), pairs.view().columns(d, d));
  shard.share(pairs, ids, all);
  for (Index i = 0; i < all.rows(); ++i) {
    std::copy_n(all.row(i), d, x.row(i));
    std::copy_n(all.row(i) + d, d, partner.row(i));
  }
}

}  // namespace pairs_over_ranks_impl

/// Fills x and partner, at every rank, with the pairs of the samples `ids` of all ranks: the same bits as
/// sampler.pairs() for the rows of all ranks in one process. `own` are the rows of this rank, for which its
/// sampler was made. An exchange: every rank must call it with the same ids. Each rank receives 2 B d floats
/// and, if the sampler has partner_of, B ids.
template <ShardSampler S>
void pairs_over_ranks(const S& sampler, AnyRows own, const Shard& shard, std::span<const Index> ids,
                      Draw draw, MatrixView<float> x, MatrixView<float> partner) {
  if (shard.ranks().is_alone()) return sampler.pairs(own, ids, draw, x, partner);
  draw.first = shard.first();
  if constexpr (requires { sampler.partner_of(Index{0}, draw); })
    pairs_over_ranks_impl::gather_partners(sampler, own, shard, ids, draw, x, partner);
  else
    pairs_over_ranks_impl::gather_whole_pairs(sampler, own, shard, ids, draw, x, partner);
}

}  // namespace shoal
