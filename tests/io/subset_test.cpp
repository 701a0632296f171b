#include <doctest/doctest.h>

#include <shoal/io/subset.hpp>
#include <shoal/laws/row_source.hpp>

using namespace shoal;

static_assert(std::constructible_from<Subset, const Rows&, std::span<const Index>>);
static_assert(std::constructible_from<Subset, AnyRows, std::span<const Index>>);
// It would refer to what is gone.
static_assert(!std::constructible_from<Subset, Rows, std::span<const Index>>);
static_assert(!std::constructible_from<Subset, const Rows&, std::vector<Index>>);
static_assert(std::constructible_from<Subset, const Rows&, const std::vector<Index>&>);

TEST_CASE("Subset: rows in the order of its ids, read and gathered alike, also through another subset") {
  Matrix<float> m(1000, 2);
  for (Index i = 0; i < m.size(); ++i) m.data()[i] = static_cast<float>(i);
  const Rows rows(m);
  std::vector<Index> ids;
  for (Index i = 0; i < 700; ++i) ids.push_back((i * 37 + 5) % 1000);
  const Subset subset(rows, ids);
  REQUIRE(subset.rows() == 700);
  REQUIRE(subset.cols() == 2);
  std::vector<Index> every(700);
  for (Index i = 0; i < 700; ++i) every[static_cast<std::size_t>(i)] = 699 - i;
  const Subset reversed(subset, every);
  laws::row_source(subset);
  Matrix<float> read(700, 2), gathered(700, 2), backwards(700, 2);
  subset.read(0, read);
  subset.gather(every, gathered);
  reversed.read(0, backwards);
  for (Index i = 0; i < 700; ++i) {
    CHECK(read(i, 1) == static_cast<float>(2 * ids[static_cast<std::size_t>(i)] + 1));
    CHECK(gathered(i, 1) == read(699 - i, 1));
    CHECK(backwards(i, 0) == read(699 - i, 0));
  }
}

TEST_CASE("Subset: empty, and ids that are not rows") {
  const Matrix<float> m(3, 2, 0.f);
  const Rows rows(m);
  CHECK(Subset(rows, {}).rows() == 0);
  for (const Index bad : {Index{-1}, Index{3}}) {
    const std::vector<Index> ids{0, bad};
    CHECK_THROWS_AS(Subset(rows, ids), error);
  }
}
