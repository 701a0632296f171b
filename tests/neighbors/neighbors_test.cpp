#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/neighbors/neighbors.hpp>

using namespace shoal;

TEST_CASE("room for neighbours is what was asked for, and its bytes are those") {
  for (const bool keep : {false, true}) {
    const NeighborSettings settings{.count = 7, .keep_similarities = keep};
    const Neighbors room = room_for_neighbors(30, settings);
    CHECK((room.ids.rows() == 30 && room.ids.cols() == 7));
    CHECK(room.similarities.size() == (keep ? 210 : 0));
    CHECK(neighbors_bytes(30, settings) == (keep ? 1680 : 840));
  }
}

TEST_CASE("counts out of range, and more rows than ids, are refused by name") {
  CHECK_NOTHROW(check_neighbor_settings("f", {.count = 9}, 10, 9));
  for (const Index count : {-1, 0, 10})
    test::refused(Errc::invalid_argument, "settings.count (" + std::to_string(count) + ")",
                  [&] { check_neighbor_settings("f", {.count = count}, 10, 9); });
  test::refused(Errc::too_large, "2147483648 rows",
                [&] { check_neighbor_settings("f", {.count = 1}, Index{1} << 31, 9); });
}
