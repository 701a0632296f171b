#include "support/refused.hpp"

#include <array>

#include <doctest/doctest.h>

#include <shoal/io/memory_rows.hpp>
#include <shoal/laws/row_source.hpp>

using namespace shoal;

namespace {
// A type of one's own, as a library's 16-bit floats would be.
struct Upper {
  std::uint16_t bits;
};

template <class M>
concept RowsOf = requires(M&& m) {
  rows_of<float>(std::forward<M>(m), 1);
};
// Values that are gone at the end of the statement are refused.
static_assert(RowsOf<std::vector<float>&> && RowsOf<const std::vector<float>&> &&
              !RowsOf<std::vector<float>>);
static_assert(Feature<float> && Feature<double> && !Feature<int>);
}  // namespace

template <> struct shoal::StorageOf<Upper> { static constexpr Dtype dtype = Dtype::bfloat16; };

TEST_CASE("vectors and spans follow the laws and are not copied") {
  std::vector<float> values(21);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i) / 4;
  const Rows rows = rows_of(values, 3);
  REQUIRE(rows.rows() == 7);
  laws::row_source(rows);
  laws::row_source(rows_of(std::span(values), 21));
  laws::row_source(rows_of(std::span<const float>(values), 1));
  CHECK(rows.in_place().data == values.data());
  CHECK(rows_of(std::span<const float>(), 5).rows() == 0);
  std::array<std::uint8_t, 4> bytes{1, 2, 3, 4};  // a span of an array has a fixed extent
  laws::row_source(rows_of(std::span(bytes), 2));
}

TEST_CASE("a 16-bit type of one's own joins by its storage") {
  const std::array<Upper, 4> values{Upper{0x3F80}, Upper{0xC000}, Upper{0x0000}, Upper{0x7F80}};
  Matrix<float> out(2, 2);
  rows_of(std::span<const Upper>(values), 2).read(0, out);
  CHECK(out(0, 0) == 1.f);
  CHECK(out(0, 1) == -2.f);
  CHECK(out(1, 0) == 0.f);
  CHECK(out(1, 1) == __builtin_huge_valf());
}

TEST_CASE("columns that do not divide the values are refused") {
  const std::vector<float> seven(7);
  for (const Index cols : {Index{0}, Index{-1}, Index{-7}, Index{2}, Index{8}, Index{1} << 62})
    test::refused(Errc::invalid_argument, "rows_of: cols (" + std::to_string(cols) + ")",
                  [&] { (void)rows_of(seven, cols); });
}
