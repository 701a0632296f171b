#include <vector>

#include <doctest/doctest.h>

#include <shoal/kmeans/bounds/candidate_bitmap.hpp>

using namespace shoal;

TEST_CASE("a bitmap lists the candidate groups' members") {
  std::vector<std::uint8_t> bounds(128, 9), drift(128, 0);
  bounds[3] = 1, bounds[64] = 5, bounds[127] = 0, drift[70] = 7;
  CandidateBitmap marks;
  marks.resize(2, 128);
  CHECK(marks.mark(1, bounds.data(), drift.data(), 6) == 4);
  Buffer<Label> members;
  marks.list(1, 1, 128, 64, members);
  CHECK(std::vector<Label>(members.begin(), members.end()) == std::vector<Label>{3, 70, 127});
  marks.list(1, 4, 14, -1, members);  // the groups of four of 14 centroids
  CHECK(std::vector<Label>(members.begin(), members.end()) == std::vector<Label>{12, 13});
}
