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
