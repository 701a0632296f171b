#include "kmeans/support.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/kmeans/assigner.hpp>

using namespace shoal;
using kmeans_test::blobs;

namespace {

/// Labels rows by their number alone, block by block.
class ByNumber final : public BlockAssigner {
 public:
  using BlockAssigner::BlockAssigner;
  Index shift = 0;

 protected:
  void begin(MatrixView<const float>) override {}
  void assign_block(Index first, std::span<Label> labels, int) override {
    for (std::size_t i = 0; i < labels.size(); ++i)
      labels[i] = static_cast<Label>((first + static_cast<Index>(i) + shift) % 3);
  }
};

}  // namespace

TEST_CASE("a block assigner covers every row once, counts what changed and keeps the sums in step") {
  const Index n = 40'000;  // more than a window
  const auto rows = blobs(n, 2, 3, 1.f, 141);
  const Rows source(rows);
  const CheckedRows checked(source, false, "test");
  std::vector<double> squares(static_cast<std::size_t>(n));
  const Cpu cpu(CpuSettings{.threads = 2});
  ByNumber assigner({checked, 3, Bounds::off, {}, squares}, cpu);
  std::vector<Label> labels(static_cast<std::size_t>(n), -1);
  ClusterSums sums(3, grids_of(checked, std::span<const float>(), cpu));
  const Matrix<float> centroids(3, 2, 0.f);
  CHECK(assigner.assign(centroids, labels, sums) == n);
  CHECK(assigner.assign(centroids, labels, sums) == 0);
  assigner.shift = 1;
  CHECK(assigner.assign(centroids, labels, sums) == n);
  for (Index c = 0; c < 3; ++c) CHECK(sums.count(c) == (n + 1 + (c == 1 ? 1 : 0)) / 3);
  double expected = 0;
  for (Index i = 1; i < n; i += 3) expected += double{rows(i, 1)};  // rows that now have the label 2
  CHECK(sums.sum(2, 1) == doctest::Approx(expected).epsilon(1e-9));
}
