#include <initializer_list>
#include <limits>
#include <type_traits>

#include <doctest/doctest.h>

#include <shoal/core/config.hpp>

using namespace shoal;

namespace {

SHOAL_HD constexpr Index elements(Index rows, Index cols) { return rows * cols; }

constexpr Index most_clusters = std::numeric_limits<Label>::max();

// Labels are stored as int32 with negative numbers for "none".
static_assert(std::is_signed_v<Label> && sizeof(Label) == 4);
// Products of counts are made in Index: four thousand million rows by all the clusters that a label can name.
static_assert(std::is_signed_v<Index> && elements(Index{1} << 32, most_clusters) == 9223372032559808512);
// Differences of pointers and sizes of vectors are Index without a change of value.
static_assert(std::is_same_v<std::make_signed_t<std::size_t>, std::ptrdiff_t> &&
              sizeof(Index) == sizeof(std::ptrdiff_t));

}  // namespace

TEST_CASE("a function for host and device is a plain function on the host, in a loop and by its address") {
  Index (*by_address)(Index, Index) = &elements;
  Index sum = 0;
  for (const Index rows : {0, 1, 1 << 30}) sum += by_address(rows, 1 << 30);
  CHECK(sum == (Index{1} << 60) + (Index{1} << 30));
}
