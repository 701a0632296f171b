#include "neighbors/support.hpp"
#include "support/refused.hpp"

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/laws/sampler.hpp>
#include <shoal/sampling/views.hpp>

using namespace shoal;
using namespace neighbors_test;

static_assert(std::constructible_from<Views, const Rows&> && std::constructible_from<Views, AnyRows>);
static_assert(!std::constructible_from<Views, Rows>);  // it would refer to what is gone

TEST_CASE("views obey the laws of a sampler, and the partner is the same sample") {
  const Matrix<float> x = random_rows(30, 5), view = random_rows(30, 5, 2);
  const Rows source(view);
  const Views sampler(source);
  laws::sampler_laws(sampler, Rows(x));
  const std::vector<Index> ids{7, 0, 29};
  const auto pair = laws::draw_pairs(sampler, Rows(x), ids, {});
  for (Index i = 0; i < 3; ++i)
    CHECK(std::equal(view.row(ids[static_cast<std::size_t>(i)]),
                     view.row(ids[static_cast<std::size_t>(i)]) + 5, pair.partner.row(i)));
  CHECK_THROWS_AS(sampler.validate(random_rows(30, 6)), error);
}

TEST_CASE("of several views each pair is two different ones, all pairs of them about as often") {
  const Matrix<float> x = random_rows(60, 5), a = random_rows(60, 5, 2), b = random_rows(60, 5, 3);
  const Rows features(x), first(a), second(b);
  const Views sampler(std::vector<BorrowedView<AnyRows>>{first, second});
  const Matrix<float>* all[3] = {&x, &a, &b};
  std::vector<Index> ids(60);
  for (Index i = 0; i < 60; ++i) ids[static_cast<std::size_t>(i)] = 59 - i;
  const auto view_of = [&](const float* row, Index id) {
    for (Index v = 0; v < 3; ++v)
      if (std::equal(row, row + 5, all[v]->row(id))) return v;
    return Index{-1};
  };
  Index counts[3][3] = {};
  for (Index epoch = 0; epoch < 100; ++epoch) {
    const auto drawn = laws::draw_pairs(sampler, features, ids, {.seed = 1, .epoch = epoch});
    for (Index i = 0; i < 60; ++i) {
      const Index id = ids[static_cast<std::size_t>(i)];
      const Index u = view_of(drawn.x.row(i), id), v = view_of(drawn.partner.row(i), id);
      REQUIRE(u >= 0);
      REQUIRE(v >= 0);
      ++counts[u][v];
      const auto one =
          laws::draw_pairs(sampler, features, std::span(ids).subspan(static_cast<std::size_t>(i), 1),
                           {.seed = 1, .epoch = epoch});  // a batch of one is the same
      CHECK(std::equal(one.x.data(), one.x.data() + 5, drawn.x.row(i)));
      CHECK(std::equal(one.partner.data(), one.partner.data() + 5, drawn.partner.row(i)));
    }
  }
  for (Index u = 0; u < 3; ++u)
    for (Index v = 0; v < 3; ++v) {
      if (u == v) CHECK(counts[u][v] == 0);
      if (u != v) CHECK(std::abs(static_cast<double>(counts[u][v]) - 1000) < 4 * std::sqrt(1000. * 5 / 6));
    }
}

TEST_CASE("several views: each is checked, and their order counts in the checksum") {
  const Matrix<float> x = random_rows(60, 5), narrow = random_rows(60, 4);
  Matrix<float> a = random_rows(60, 5, 2), b = random_rows(60, 5, 3);
  const Rows features(x), first(a), second(b), third(narrow);
  const Cpu cpu({.threads = 2});
  CHECK(inspect_pairs(Views(std::vector<BorrowedView<AnyRows>>{first, second}), cpu) !=
        inspect_pairs(Views(std::vector<BorrowedView<AnyRows>>{second, first}), cpu));
  test::refused(Errc::invalid_argument, "at least one view",
                [] { (void)Views(std::vector<BorrowedView<AnyRows>>{}); });
  test::refused(Errc::invalid_argument, "view 2 is 60 x 4", [&] {
    Views(std::vector<BorrowedView<AnyRows>>{first, third}).validate(features);
  });
  b(7, 1) = std::numeric_limits<float>::infinity();
  test::refused(Errc::bad_data, "row 7 of view 2 holds NaN or infinity in column 1", [&] {
    (void)inspect_pairs(Views(std::vector<BorrowedView<AnyRows>>{first, second}), cpu);
  });
}

TEST_CASE("a view's rows are checked and counted into a checksum") {
  Matrix<float> view = random_rows(2000, 5, 2);
  const Rows source(view);
  const Views sampler(source);
  const std::uint64_t whole = inspect_pairs(sampler, Cpu({.threads = 1}));
  CHECK(inspect_pairs(sampler, Cpu({.threads = 3})) == whole);
  view(1999, 4) += 1;
  CHECK(inspect_pairs(sampler, Cpu({.threads = 2})) != whole);
  view(1500, 3) = std::numeric_limits<float>::quiet_NaN();
  test::refused(Errc::bad_data, "row 1500 of the view holds NaN or infinity in column 3",
                [&] { (void)inspect_pairs(sampler, Cpu({.threads = 2})); });
}
