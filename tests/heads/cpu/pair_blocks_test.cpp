#include <doctest/doctest.h>

#include <shoal/heads/cpu/pair_blocks.hpp>

using namespace shoal;

TEST_CASE("groups cover a batch's blocks in order, as even as can be, none larger than promised") {
  for (const Index batch : {1, 24, 25, 130, 512, 4096})
    for (const int threads : {1, 2, 7, 64})
      for (const Index clusters : {10, 4097}) {
        const PairGroups groups(batch, clusters, threads);
        Index block = 0, row = 0;
        for (Index g = 0; g < groups.count(); ++g) {
          const PairGroup group = groups[g];
          CHECK(group.blocks.index == g);
          CHECK(group.first == row);
          CHECK(group.blocks.count >= 1);
          CHECK(group.blocks.count <= (clusters > 4096 ? 4 : 1));
          CHECK(group.count <= groups.most_rows());
          group.each_block([&](Index b, PairRows rows, Index at) {
            CHECK(b == block++);
            CHECK(rows.first == group.first + at);
            row += rows.count();
          });
        }
        CHECK(block == groups.blocks());
        CHECK(row == 2 * batch);
      }
}

TEST_CASE("a library's groups are single blocks, so that its products do not depend on threads") {
  CHECK(PairGroups(512, 10'000, 1, true).count() == 22);
  CHECK(PairGroups(512, 10'000, 1).count() == 6);
  CHECK(PairGroups(512, 10'000, 2).count() == 6);
  CHECK(PairGroups(512, 10'000, 8).count() == 8);
}

TEST_CASE("a batch in blocks holds each pair in one block, its row x and then its partner") {
  const Index pairs = 61;
  Matrix<float> batch(2 * pairs, 1), blocks(2 * pairs, 1, -1.f);
  for (Index i = 0; i < 2 * pairs; ++i) batch(i, 0) = static_cast<float>(i);
  const PairGroups groups(pairs, 10, 2);
  for (Index g = 0; g < groups.count(); ++g) {
    copy_in_blocks(batch, groups[g], blocks);
    groups[g].each_block([&](Index block, PairRows r, Index) {
      for (Index i = 0; i < r.pairs; ++i) {
        const auto pair = static_cast<float>(block * cpu_pair_block + i);
        CHECK(blocks(r.first + i, 0) == pair);
        CHECK(blocks(r.first + r.pairs + i, 0) == pair + static_cast<float>(pairs));
      }
    });
  }
}
