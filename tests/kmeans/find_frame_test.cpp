#include "kmeans/support.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/kmeans/find_frame.hpp>

using namespace shoal;
using kmeans_test::blobs;

namespace {

BoundedFrame found(const Matrix<float>& rows, std::span<const float> weights = {}) {
  const Shard shard({}, rows.rows(), rows.cols());
  return frame_of("test", Rows(rows), weights, {}, summarize_weights(shard, weights, !weights.empty()), shard,
                  Cpu(CpuSettings{.threads = 2}));
}

}  // namespace

TEST_CASE("the bounds of a frame hold for its rows, and are not far from the largest of them") {
  for (const float shift : {0.f, 1e4f}) {
    auto rows = blobs(3000, 7, 5, 0.5f, 210);
    for (Index i = 0; i < rows.size(); ++i) rows.data()[i] += shift;
    rows(2999, 3) += 1e9f;  // beyond all that the sample shows
    const auto [frame, bounds] = found(rows);
    frame.enter(rows);
    for (Index j = 0; j < 7; ++j) {
      double largest = 0;
      for (Index i = 0; i < 3000; ++i) largest = std::max(largest, std::abs(double{rows(i, j)}));
      CHECK(largest <= bounds[static_cast<std::size_t>(j)]);
      CHECK(bounds[static_cast<std::size_t>(j)] <= 4 * largest);
    }
  }
}

TEST_CASE("the order of rows and a weight's place in it change no bit of a frame") {
  auto rows = blobs(1024, 5, 4, 0.5f, 211);
  for (Index i = 0; i < rows.size(); ++i) rows.data()[i] += 300;
  std::vector<float> weights;
  for (Index i = 0; i < 1024; ++i) weights.push_back(0.3f * static_cast<float>(i % 5));
  const Frame one = found(rows, weights).frame;
  REQUIRE_FALSE(one.origin.empty());
  double mean = 0, total = 0;
  for (Index i = 0; i < 1024; ++i) {
    mean += double{weights[static_cast<std::size_t>(i)]} * double{rows(i, 0)};
    total += double{weights[static_cast<std::size_t>(i)]};
  }
  CHECK(double{one.origin[0]} == doctest::Approx(mean / total).epsilon(1e-6));
  // Half of the rows change places; the sample holds them all, in another order.
  for (Index i = 0; i < 512; i += 2) {
    for (Index j = 0; j < 5; ++j) std::swap(rows(i, j), rows(1023 - i, j));
    std::swap(weights[static_cast<std::size_t>(i)], weights[static_cast<std::size_t>(1023 - i)]);
  }
  CHECK(found(rows, weights).frame.origin == one.origin);
}
