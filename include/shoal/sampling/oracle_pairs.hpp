// The sampler OraclePairs: the partner of a sample is another sample of its class, as perfect neighbours
// would give.
#pragma once

#include <span>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/ordered.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/io/checksum.hpp>
#include <shoal/sampling/sampler.hpp>

namespace shoal {

/// Draws the partner uniformly from the other samples with the same label. A sample that is alone in its
/// class or has no class (a negative label) is its own partner. It uses the labels, so it serves to measure
/// the cost of imperfect pairs, not to learn without labels. Construction takes O(n log n) time; memory is 24
/// bytes a sample.
class OraclePairs {
 public:
  explicit OraclePairs(std::span<const Label> labels)
      : members_(ordered(labels.size(), [&](auto a, auto b) { return labels[a] < labels[b]; })),
        place_(labels.size()),
        class_of_(labels.size()) {
    for (std::size_t i = 0; i < members_.size(); ++i) {
      const Label label = labels[members_[i]];
      if (i == 0 || label < 0 || label != labels[members_[i - 1]]) starts_.push_back(static_cast<Index>(i));
      place_[members_[i]] = static_cast<Index>(i);
      class_of_[members_[i]] = static_cast<Index>(starts_.size()) - 1;
    }
    starts_.push_back(static_cast<Index>(members_.size()));
  }

  void validate(AnyRows features) const {
    check(static_cast<Index>(members_.size()) == features.rows(), Errc::invalid_argument,
          "OraclePairs: labels holds ", members_.size(), "; it must hold one for each of the ",
          features.rows(), " samples");
  }

  /// A checksum of all classes.
  [[nodiscard]] std::uint64_t inspect(Workers) const {
    return checksum(class_of_.data(), class_of_.size() * sizeof(Index));
  }

  void pairs(AnyRows features, std::span<const Index> ids, Draw draw, MatrixView<float> x,
             MatrixView<float> partner) const {
    gather_pairs(features, ids, x, partner, [&](Index id) { return this->partner_of(id, draw); });
  }

  /// The partner of sample `id`.
  [[nodiscard]] Index partner_of(Index id, Draw draw) const {
    const auto c = static_cast<std::size_t>(class_of_[static_cast<std::size_t>(id)]);
    const Index first = starts_[c], others = starts_[c + 1] - first - 1;
    if (others == 0) return id;
    const Index drawn = first + draw.below(others, id);
    const Index place = drawn + (drawn >= place_[static_cast<std::size_t>(id)] ? 1 : 0);
    return static_cast<Index>(members_[static_cast<std::size_t>(place)]);
  }

 private:
  std::vector<std::size_t> members_;  // samples, class by class
  std::vector<Index> place_;          // position of each sample in members_
  std::vector<Index> class_of_;       // class of each sample, numbered in the order of labels
  std::vector<Index> starts_;         // start of each class in members_, and the end
};
static_assert(Sampler<OraclePairs>);

}  // namespace shoal
