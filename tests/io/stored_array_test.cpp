#include "support/refused.hpp"

#include <limits>

#include <doctest/doctest.h>

#include <shoal/io/stored_array.hpp>

using namespace shoal;

TEST_CASE("where rows lie") {
  const StoredArray array{
      .offset = 4, .dtype = Dtype::float32, .rows = 3, .cols = 2, .stride = 3, .counted = true};
  CHECK(array.row_bytes() == 8);
  CHECK(array.stride_bytes() == 12);
  CHECK(array.place(2) == 28);
}

TEST_CASE("a file holds exactly what its header promises") {
  constexpr Index most = std::numeric_limits<std::uint32_t>::max();
  check_held(24, 3, 2, Dtype::float32, "f");
  check_held(0, 0, 2, Dtype::float64, "f");
  test::refused(Errc::bad_file, "f is truncated: its header promises 3 rows of 8 bytes, and it holds 23",
                [] { check_held(23, 3, 2, Dtype::float32, "f"); });
  test::refused(Errc::bad_file, "2 bytes follow", [] { check_held(26, 3, 2, Dtype::float32, "f"); });
  test::refused(Errc::bad_file, "f has no columns", [] { check_held(0, 3, 0, Dtype::float32, "f"); });
  test::refused(Errc::bad_file, "is truncated", [] { check_held(1000, most, most, Dtype::float64, "f"); });
}
