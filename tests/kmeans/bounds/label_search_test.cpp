#include "kmeans/support.hpp"

#include <numeric>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/kmeans/bounds/label_search.hpp>
#include <shoal/kmeans/nearest.hpp>

using namespace shoal;
using kmeans_test::blobs;

TEST_CASE("the label of a row is that of nearest() whatever its bounds leave, and its bounds stay below") {
  const Index d = 33, clusters = 70, width = 128;
  const auto rows = blobs(40, d, 9, 0.6f, 91), centroids = blobs(clusters, d, 9, 0.6f, 92);
  std::vector<Label> ids(static_cast<std::size_t>(clusters));
  std::iota(ids.begin(), ids.end(), 0);
  std::vector<double> squares;
  for (Index i = 0; i < 40; ++i) squares.push_back(squared_norm(rows.row(i), d));
  const ByteScale scale(12.f);
  CentroidDrift drift(clusters, 1, width);
  drift.start_epoch({}, scale);
  PackedCentroids packed;
  packed.pack(centroids);
  NearestScratch scratch;
  for (const Index kept : {0, 40}) {  // without codes of single pairs, and with them
    CodedBounds codes(width, std::vector<float>(static_cast<std::size_t>(d), 0.f), kept);
    codes.set(centroids, Cpu{});
    CodedBounds::Scratch coded;
    std::vector<std::uint8_t> bounds(static_cast<std::size_t>(40 * width), 0);
    LabelSearch search(squares, clusters, d);
    search.set(Matrix<float>(centroids), ids);
    search.set(scale);
    if (kept > 0) codes.bound(rows, bounds.data(), scale, coded, 0, true);
    LabelSearch::Scratch room;
    room.marks.resize(40, width);
    for (Index i = 0; i < 40; ++i) {
      std::uint8_t* own = bounds.data() + i * width;
      std::fill(own + clusters, own + width, std::uint8_t{255});
      const BoundedRow at{i, i, own, 1, &drift.epoch(0)};
      Label label = kept > 0 ? search.guess(own) : static_cast<Label>(i % clusters), expected = -1;
      float value = 0;
      own[label] = 255;
      search.assign(rows.row(i), at, label, codes, room);
      nearest(rows.view().block(i, 1), packed, scratch, &expected, &value);
      CHECK(label == expected);
      for (Label c = 0; c < static_cast<Label>(clusters); ++c)
        if (c != label && own[c] < 255)
          CHECK(own[c] * double{scale.step} <= std::sqrt(squared_distance(rows.row(i), centroids.row(c), d)));
    }
    CHECK(room.computed >= 40);
    if (kept > 0) CHECK(room.computed < 40 * clusters / 2);
  }
}
