#include "laws/sampler.hpp"
#include "neighbors/support.hpp"

#include <doctest/doctest.h>

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
