// A sample meets another of its own class: what perfect neighbours would give.
#pragma once

#include <algorithm>
#include <numeric>
#include <span>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/io/checksum.hpp>
#include <shoal/sampling/sampler.hpp>

namespace shoal {

/// The partner is drawn uniformly from the other samples of the same label. A sample alone in its class, or
/// of none (a negative label), meets itself. It knows the labels, so it shows what the pairs cost, never what
/// is learnt without labels. O(n log n) to build, 24 bytes a sample.
class OraclePairs {
 public:
  explicit OraclePairs(std::span<const Label> labels)
      : members_(labels.size()), place_(labels.size()), class_of_(labels.size()) {
    std::iota(members_.begin(), members_.end(), Index{0});
    const auto label = [&](Index id) { return labels[static_cast<std::size_t>(id)]; };
    std::stable_sort(members_.begin(), members_.end(), [&](Index a, Index b) { return label(a) < label(b); });
    for (std::size_t i = 0; i < members_.size(); ++i) {
      const bool alone = label(members_[i]) < 0;
      if (i == 0 || alone || label(members_[i]) != label(members_[i - 1]))
        starts_.push_back(static_cast<Index>(i));
      place_[static_cast<std::size_t>(members_[i])] = static_cast<Index>(i);
      class_of_[static_cast<std::size_t>(members_[i])] = static_cast<Index>(starts_.size()) - 1;
    }
    starts_.push_back(static_cast<Index>(members_.size()));
  }

  void validate(AnyRows features) const {
    check(static_cast<Index>(members_.size()) == features.rows(), Errc::invalid_argument,
          "OraclePairs: labels holds ", members_.size(), "; it must hold one for each of the ",
          features.rows(), " samples");
  }

  /// The checksum of all classes.
  [[nodiscard]] std::uint64_t inspect(Workers) const {
    return checksum(class_of_.data(), class_of_.size() * sizeof(Index));
  }

  void pairs(AnyRows features, std::span<const Index> ids, Draw draw, MatrixView<float> x,
             MatrixView<float> partner) const {
    gather_pairs(features, ids, x, partner, [&](Index id) { return partner_of(id, draw); });
  }

  /// The sample that `id` meets.
  [[nodiscard]] Index partner_of(Index id, Draw draw) const {
    const auto c = static_cast<std::size_t>(class_of_[static_cast<std::size_t>(id)]);
    const Index first = starts_[c], others = starts_[c + 1] - first - 1;
    if (others == 0) return id;
    const Index drawn = first + draw.below(others, id);
    return members_[static_cast<std::size_t>(drawn +
                                             (drawn >= place_[static_cast<std::size_t>(id)] ? 1 : 0))];
  }

 private:
  std::vector<Index> members_;   // samples, class by class
  std::vector<Index> place_;     // where each sample stands in members_
  std::vector<Index> class_of_;  // the class of each sample, counted in the order of labels
  std::vector<Index> starts_;    // where each class starts in members_, and the end
};
static_assert(Sampler<OraclePairs>);

}  // namespace shoal
