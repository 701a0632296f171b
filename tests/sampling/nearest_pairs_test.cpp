#include "neighbors/support.hpp"

#include <limits>
#include <set>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/laws/sampler.hpp>
#include <shoal/neighbors/exact.hpp>
#include <shoal/sampling/nearest_pairs.hpp>

using namespace shoal;
using namespace neighbors_test;

static_assert(std::constructible_from<NearestPairs, const Neighbors&>);
static_assert(std::constructible_from<NearestPairs, const Matrix<std::int32_t>&>);
static_assert(std::constructible_from<NearestPairs, MatrixView<const std::int32_t>>);
// They would refer to what is gone.
static_assert(!std::constructible_from<NearestPairs, Neighbors>);
static_assert(!std::constructible_from<NearestPairs, Matrix<std::int32_t>>);

TEST_CASE("nearest pairs obey the laws of a sampler") {
  const Matrix<float> x = random_rows(60, 5);
  const Neighbors neighbors = exact_neighbors(Rows(x), {.count = 4}, Cpu{});
  laws::sampler_laws(NearestPairs(neighbors), Rows(x));
}

TEST_CASE("over the epochs a sample meets all of its neighbours, about equally often, and no one else") {
  const Index n = 40, m = 5, epochs = 600;
  const Matrix<float> x = random_rows(n, 6);
  const Neighbors neighbors = exact_neighbors(Rows(x), {.count = m}, Cpu{});
  const NearestPairs sampler(neighbors);
  Matrix<int> met(n, n, 0);
  for (Index epoch = 0; epoch < epochs; ++epoch)
    for (Index i = 0; i < n; ++i) {
      const Index id[] = {i};
      const auto pair = laws::draw_pairs(sampler, Rows(x), id, {.seed = 1, .epoch = epoch});
      for (Index j = 0; j < n; ++j)
        if (std::equal(x.row(j), x.row(j) + 6, pair.partner.data())) ++met(i, j);
    }
  for (Index i = 0; i < n; ++i) {
    const auto ids = neighbors.ids.view().span(i);
    for (Index j = 0; j < n; ++j) {
      const bool near = std::find(ids.begin(), ids.end(), static_cast<std::int32_t>(j)) != ids.end();
      CHECK(
          (near ? met(i, j) > 70 && met(i, j) < 180 : met(i, j) == 0));  // 120 ± 10 (one standard deviation)
    }
  }
}

TEST_CASE("neighbours that do not fit the samples are refused") {
  const Matrix<float> x = random_rows(4, 3);
  Matrix<std::int32_t> ids(4, 1, 0);
  CHECK_NOTHROW(NearestPairs(ids.view()).validate(Rows(x)));
  for (const std::int32_t bad : {-1, 4}) {
    ids(2, 0) = bad;
    CHECK_THROWS_AS(NearestPairs(ids.view()).validate(Rows(x)), error);
  }
  CHECK_THROWS_AS(NearestPairs(Matrix<std::int32_t>(4, 0).view()).validate(Rows(x)), error);
}

TEST_CASE("ids that stop naming samples after the check are an error at the draw, not a read elsewhere") {
  const Matrix<float> x = random_rows(4, 3);
  Matrix<std::int32_t> ids(4, 1, 0);
  const NearestPairs sampler(ids);
  sampler.validate(Rows(x));
  for (const std::int32_t bad : {-1, 4, 2'000'000'000}) {
    ids(2, 0) = bad;
    CHECK_THROWS_AS((void)laws::draw_pairs(sampler, Rows(x), std::vector<Index>{2}, {}), error);
  }
}

TEST_CASE("the checksum of pairs depends on every id and on no number of threads") {
  Matrix<std::int32_t> ids(20'000, 3);
  for (Index i = 0; i < ids.size(); ++i) ids.data()[i] = static_cast<std::int32_t>(i % 977);
  const NearestPairs sampler(ids);
  const std::uint64_t whole = inspect_pairs(sampler, Cpu({.threads = 1}));
  CHECK(inspect_pairs(sampler, Cpu({.threads = 3})) == whole);
  for (Index i = 0; i < 20'000; i += 1001) {
    ++ids(i, i % 3);
    CHECK(inspect_pairs(sampler, Cpu({.threads = 2})) != whole);
    --ids(i, i % 3);
  }
}
