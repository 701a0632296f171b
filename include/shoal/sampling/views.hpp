// A sample meets another view of itself.
#pragma once

#include <shoal/core/check.hpp>
#include <shoal/sampling/sampler.hpp>

namespace shoal {

/// The partner is the same sample in another source: features of another augmentation, text or backbone of
/// the same width. What SCP trains on. Refers to the source, which must outlive it.
class Views {
 public:
  explicit Views(BorrowedView<AnyRows> view) : view_(view) {}

  void validate(AnyRows features) const {
    check(view_.rows() == features.rows() && view_.cols() == features.cols(), Errc::invalid_argument,
          "Views: the view is ", view_.rows(), " x ", view_.cols(), "; it must be as the features, ",
          features.rows(), " x ", features.cols());
  }

  void pairs(AnyRows features, std::span<const Index> ids, Draw, MatrixView<float> x,
             MatrixView<float> partner) const {
    features.gather(ids, x);
    view_.gather(ids, partner);
  }

 private:
  AnyRows view_;
};
static_assert(Sampler<Views>);

}  // namespace shoal
