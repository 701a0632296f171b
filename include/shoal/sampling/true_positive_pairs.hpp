// A sample meets a nearest neighbour of its own class: what training on neighbours could give at best.
#pragma once

#include <algorithm>
#include <span>

#include <shoal/core/check.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/io/checksum.hpp>
#include <shoal/sampling/nearest_pairs.hpp>

namespace shoal {

/// The partner is drawn uniformly from those of the sample's m neighbours that have its label (the true
/// positives among the neighbours, as the poster of TEMI draws them): with probability `share` of 1 always,
/// below it now and then from all neighbours, as NearestPairs does. A sample without such a neighbour, or of
/// no class (a negative label), meets itself in their place. It knows the labels, so it shows what wrong
/// pairs cost, never what is learnt without labels. Views the ids [n × m] and the labels [n], which must
/// outlive it. O(m) a draw.
class TruePositivePairs {
 public:
  TruePositivePairs(BorrowedView<MatrixView<const std::int32_t>> ids,
                    BorrowedView<std::span<const Label>> labels, double share = 1)
      : ids_(ids), labels_(labels), share_(share) {
    check(share >= 0 && share <= 1, Errc::invalid_argument, "TruePositivePairs: share (", share,
          ") must be in [0, 1]");
  }

  /// Throws unless there is a row of neighbours and a label for each sample and every id names a sample.
  void validate(AnyRows features) const {
    check(static_cast<Index>(labels_.size()) == features.rows(), Errc::invalid_argument,
          "TruePositivePairs: labels holds ", labels_.size(), "; it must hold one for each of the ",
          features.rows(), " samples");
    NearestPairs(ids_).validate(features);
  }

  /// The checksum of all ids, labels and the share.
  [[nodiscard]] std::uint64_t inspect(Workers workers) const {
    const std::uint64_t parts[3] = {NearestPairs(ids_).inspect(workers),
                                    checksum(labels_.data(), labels_.size() * sizeof(Label)),
                                    checksum(&share_, sizeof(share_))};
    return checksum(parts, sizeof(parts));
  }

  void pairs(AnyRows features, std::span<const Index> ids, Draw draw, MatrixView<float> x,
             MatrixView<float> partner) const {
    gather_pairs(features, ids, x, partner, [&](Index id) { return this->partner_of(id, draw); });
  }

  /// The sample that `id` meets.
  [[nodiscard]] Index partner_of(Index id, Draw draw) const {
    constexpr Index parts = Index{1} << 30;
    constexpr std::uint64_t which = 0x7472756500000000;  // makes the choice between both a draw of its own
    const Draw choice{draw.seed ^ which, draw.epoch};
    if (share_ < 1 && static_cast<double>(choice.below(parts, id)) >= share_ * static_cast<double>(parts))
      return ids_(id, draw.below(ids_.cols, id));
    const Label own = label(id);
    const auto near = ids_.span(id);
    const auto same = [&](std::int32_t other) { return label(other) == own; };
    const Index count = own < 0 ? 0 : std::count_if(near.begin(), near.end(), same);
    if (count == 0) return id;
    auto found = std::find_if(near.begin(), near.end(), same);
    for (Index left = draw.below(count, id); left > 0; --left)
      found = std::find_if(found + 1, near.end(), same);
    return *found;
  }

 private:
  [[nodiscard]] Label label(Index id) const { return labels_[static_cast<std::size_t>(id)]; }

  MatrixView<const std::int32_t> ids_;
  std::span<const Label> labels_;
  double share_;
};
static_assert(Sampler<TruePositivePairs>);

}  // namespace shoal
