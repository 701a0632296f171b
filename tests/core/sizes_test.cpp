#include "support/refused.hpp"

#include <new>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/core/matrix.hpp>
#include <shoal/core/sizes.hpp>

using namespace shoal;

namespace {
constexpr Index most = std::numeric_limits<Index>::max();
}

TEST_CASE("products of sizes are exact up to 2^63 - 1 and refused beyond") {
  CHECK(checked_product("x", {}) == 1);
  CHECK(checked_product("x", {3, 4, 5}) == 60);
  CHECK(checked_product("x", {Index{1} << 31, Index{1} << 31}) == Index{1} << 62);
  CHECK(checked_product("x", {most, 1}) == most);
  CHECK(checked_product("x", {most, most, 0}) == 0);
  test::refused(Errc::too_large, "x (4294967296 × 2147483648)",
                [] { (void)checked_product("x", {Index{1} << 32, Index{1} << 31}); });
  test::refused(Errc::too_large, "beyond 2^63", [] { (void)checked_product("x", {most, 2}); });
  test::refused(Errc::invalid_argument, "x (-1)", [] { (void)checked_product("x", {0, -1}); });
}

TEST_CASE("memory that isn't there is an error that says what was asked for") {
  test::refused(Errc::too_large, "4611686018427387904 bytes",
                [] { (void)Buffer<float>(std::size_t{1} << 60); });
  test::refused(Errc::too_large, "bytes", [] { (void)Matrix<float>(Index{1} << 30, Index{1} << 30); });
  test::refused(Errc::too_large, "Matrix", [] { (void)Matrix<float>(Index{1} << 40, Index{1} << 40); });
  test::refused(Errc::too_large, "Matrix", [] { (void)Matrix<double>(Index{1} << 61, 4, 0.); });
  test::refused(Errc::invalid_argument, "Matrix", [] { (void)Matrix<float>(-1, 4); });
  CHECK(Matrix<float>(Index{1} << 62, 0).size() == 0);

  test::refused(Errc::too_large, "f: 7 bytes does not fit",
                [] { allocating([] { throw std::bad_alloc(); }, "f: ", 7, " bytes"); });
  test::refused(Errc::too_large, "longer than any array",
                [] { allocating([] { (void)std::vector<int>(std::size_t{1} << 62); }, "f"); });
  CHECK(allocating([] { return 3; }, "f") == 3);
  CHECK_THROWS_AS(allocating([] { throw std::runtime_error("other"); }, "f"), std::runtime_error);
}
