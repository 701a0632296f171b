#include <doctest/doctest.h>

#include <shoal/backend/eigen_cpu.hpp>
#include <shoal/laws/size_balancing.hpp>

using namespace shoal;

namespace {

/// No prices; all rows go to one cluster where `lumps`.
struct Cheapest {
  static constexpr bool active = true;
  bool lumps = false;

  void check(Index, Index) const {}
  std::size_t bytes(Index n, Index) const { return static_cast<std::size_t>(n); }
  std::vector<Label> assign(const PricedRows& rows, std::span<float> prices) const {
    std::vector<Label> labels = rows.cheapest(prices);
    if (lumps) std::fill(labels.begin(), labels.end(), Label{0});
    return labels;
  }
};

}  // namespace

TEST_CASE("a rule whose rows are not where their prices send them breaks the laws") {
  Matrix<float> rows(60, 2), centroids(3, 2);
  for (Index i = 0; i < rows.size(); ++i) rows.data()[i] = static_cast<float>(i * 37 % 19);
  for (Index i = 0; i < centroids.size(); ++i) centroids.data()[i] = static_cast<float>(3 * i);
  laws::obeys_size_balancing(Cheapest{}, rows, centroids, EigenCpu(1));
  CHECK_THROWS_AS(laws::obeys_size_balancing(Cheapest{true}, rows, centroids, EigenCpu(1)), error);
}
