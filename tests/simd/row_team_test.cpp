#include <doctest/doctest.h>

#include <shoal/laws/row_team.hpp>

using namespace shoal;

TEST_CASE("the CPU team obeys the laws at every length around the lane width") {
  for (const Index size : {1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 100, 1000})
    laws::obeys_row_team(CpuTeam{size}, size);
}
