#include "kmeans/support.hpp"

#include <cmath>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/kmeans/bounds/coded_bounds.hpp>
#include <shoal/kmeans/geometry.hpp>

using namespace shoal;
using kmeans_test::blobs;

TEST_CASE("codes bound every distance from below, and closely: of blocks and of single pairs") {
  for (const float shift : {0.f, 50.f}) {
    auto rows = blobs(40, 70, 4, 1.f, 28), centroids = blobs(50, 70, 4, 1.f, 29);
    for (auto* m : {&rows, &centroids})
      for (Index i = 0; i < m->size(); ++i) m->data()[i] += shift;
    CodedBounds codes(64, std::vector<float>(70, shift), 40);
    CodedBounds::Scratch scratch;
    const ByteScale scale(30.f);
    std::vector<std::uint8_t> bounds(40 * 64, 0);
    codes.set(centroids, Cpu{});
    codes.bound(rows, bounds.data(), scale, scratch, 0, true);
    std::vector<Label> all(50);
    std::iota(all.begin(), all.end(), 0);
    for (Index i = 0; i < 40; ++i) {
      std::vector<double> exact, single(50);
      for (Index c = 0; c < 50; ++c)
        exact.push_back(std::sqrt(squared_distance(rows.row(i), centroids.row(c), 70)));
      codes.each_vector(i, all, [&](std::size_t from, std::size_t count, FloatVector below) {
        for (std::size_t k = 0; k < count; ++k) single[from + k] = static_cast<double>(below[k]);
      });
      for (std::size_t c = 0; c < 50; ++c) {
        REQUIRE(single[c] <= exact[c]);
        CHECK(single[c] >= 0.9 * exact[c]);
        const double block = double{scale.step} * bounds[static_cast<std::size_t>(i * 64) + c];
        REQUIRE(block <= exact[c]);
        CHECK(block >= 0.9 * exact[c] - 1.01 * static_cast<double>(scale.step));
      }
    }
  }
}
