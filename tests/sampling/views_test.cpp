#include "neighbors/support.hpp"
#include "support/refused.hpp"

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
