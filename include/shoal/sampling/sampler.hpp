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

  /// A uniform draw from [0, bound). It is a pure function of seed, epoch and sample, so neither the batch
  /// size nor the order of samples nor an interruption changes the pairs.
  [[nodiscard]] Index below(Index bound, Index sample) const {
    constexpr std::uint64_t pairs = 0x7061697200000000;  // the stream of this use, one for each epoch
    return Philox(seed, pairs + static_cast<std::uint64_t>(epoch))
        .below(bound, static_cast<std::uint64_t>(sample));
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

/// A checksum of all data from which a sampler makes partners, computed in one pass. It calls
///   std::uint64_t inspect(Workers) const
/// which a sampler may have and which throws for rows or ids that can't be trained on. For other samplers the
/// checksum is 0, and a checkpoint distinguishes their trainings by the first batch.
template <Sampler S> [[nodiscard]] std::uint64_t inspect_pairs(const S& sampler, Workers workers) {
  if constexpr (requires { sampler.inspect(workers); })
    return sampler.inspect(workers);
  else
    return 0;
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
    check(partners[i] >= 0 && partners[i] < features.rows(), Errc::bad_data, "pairs: the partner of sample ",
          ids[i], " is ", partners[i], "; it must be a sample, 0 to ", features.rows() - 1);
  }
  features.gather(ids, x);
  features.gather(partners, partner);
}

}  // namespace shoal
