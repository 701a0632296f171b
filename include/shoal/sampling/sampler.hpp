// The concept Sampler, which gives every sample of a batch its partner.
#pragma once

#include <span>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/random.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/io/row_source.hpp>

namespace shoal {

/// What a random draw depends on besides the sample: the seed of the run and the epoch.
struct Draw {
  std::uint64_t seed = 0;
  Index epoch = 0;
  Index first = 0;  ///< the id of row 0: 0, unless the rows are those of one rank among several

  /// A uniform draw from [0, bound) for sample number `row` of the rows at hand. It is a pure function of
  /// seed, epoch and the sample's id, so neither the batch size nor the order of samples nor an interruption
  /// nor the number of ranks changes the pairs.
  [[nodiscard]] Index below(Index bound, Index row) const {
    constexpr std::uint64_t pairs = 0x7061697200000000;  // the stream of this use, one for each epoch
    return Philox(seed, pairs + static_cast<std::uint64_t>(epoch))
        .below(bound, static_cast<std::uint64_t>(first + row));
  }
};

/// Gives each sample a partner that should belong to the same cluster. Laws (laws/sampler.hpp):
/// pairs(features, ids, draw, x, partner) fills x [B × d] with the rows `ids` of the features and partner [B
/// × d] with their partners. A pair has the same bits for the same (draw, id) in any batch. pairs is const
/// and safe to call from several threads, so that the next batch can be drawn during a step.
/// validate(features) throws unless the sampler fits these features; training calls it once, before any draw.
template <class S>
concept Sampler = requires(const S s, AnyRows features, std::span<const Index> ids, Draw draw,
                           MatrixView<float> out) {
  s.validate(features);
  s.pairs(features, ids, draw, out, out);
};

/// A sampler that each rank can have for its own rows, which the rank numbers from 0. validate(own, samples)
/// throws unless the sampler fits this rank's rows and the number of samples of all ranks. Its pairs consist
/// of rows of this rank, as those of Views do, or else it has
///   Index partner_of(Index row, Draw draw) const
/// which returns the id of the partner among the rows of all ranks, as NearestPairs has.
template <class S>
concept ShardSampler = Sampler<S> && requires(const S s, AnyRows own, Index samples) {
  s.validate(own, samples);
};

/// A checksum of all data from which a sampler makes partners, computed in one pass. It calls
///   std::uint64_t inspect(Workers, Index first) const
/// or, for a sampler that is not used over ranks, inspect(Workers). A sampler may have either, which throws
/// for rows or ids that can't be trained on. For other samplers the checksum is 0, and a checkpoint
/// distinguishes their trainings by the first batch. `first` is the id of this rank's first row; the sum of
/// the checksums of all ranks, modulo 2^64, must be that of one process.
template <Sampler S>
[[nodiscard]] std::uint64_t inspect_pairs(const S& sampler, Workers workers, Index first = 0) {
  if constexpr (requires { sampler.inspect(workers, first); })
    return sampler.inspect(workers, first);
  else if constexpr (requires { sampler.inspect(workers); })
    return sampler.inspect(workers);
  else
    return 0;
}

/// Throws bad_data unless the partner of a sample is one of the samples.
inline void check_partner(Index sample, Index partner, Index samples) {
  check(partner >= 0 && partner < samples, Errc::bad_data, "pairs: the partner of sample ", sample, " is ",
        partner, "; it must be a sample, 0 to ", samples - 1);
}

/// Fills x with the rows `ids` and partner with the rows partner_of(id), for samplers whose partners are rows
/// of the features. Throws bad_data for a partner out of range, since neighbours in a file may change after
/// validation.
template <class PartnerOf>
void gather_pairs(AnyRows features, std::span<const Index> ids, MatrixView<float> x,
                  MatrixView<float> partner, PartnerOf&& partner_of) {
  std::vector<Index> partners(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    partners[i] = partner_of(ids[i]);
    check_partner(ids[i], partners[i], features.rows());
  }
  features.gather(ids, x);
  features.gather(partners, partner);
}

}  // namespace shoal
