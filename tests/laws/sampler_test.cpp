#include <doctest/doctest.h>

#include <shoal/laws/sampler.hpp>

using namespace shoal;

namespace {

/// Pairs each row with the next; wrong where `by_place` makes a partner depend on the batch.
struct NextRow {
  bool by_place = false, checks = true;

  void validate(AnyRows features) const {
    check(!checks || features.rows() == 6, Errc::invalid_argument, "NextRow: rows must be 6");
  }
  void pairs(AnyRows features, std::span<const Index> ids, Draw, MatrixView<float> x,
             MatrixView<float> partner) const {
    features.gather(ids, x);
    std::vector<Index> next;
    for (std::size_t i = 0; i < ids.size(); ++i)
      next.push_back((by_place ? static_cast<Index>(i) : ids[i] + 1) % features.rows());
    features.gather(next, partner);
  }
};

}  // namespace

TEST_CASE("a sampler whose pairs depend on the batch, or that takes any features, breaks the laws") {
  Matrix<float> features(6, 2);
  for (Index i = 0; i < features.size(); ++i) features.data()[i] = static_cast<float>(i);
  laws::sampler_laws(NextRow{}, features);
  CHECK_THROWS_AS(laws::sampler_laws(NextRow{.by_place = true}, features), error);
  CHECK_THROWS_AS(laws::sampler_laws(NextRow{.checks = false}, features), error);
}
