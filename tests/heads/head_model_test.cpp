#include <doctest/doctest.h>

#include <shoal/heads/head_model.hpp>

using namespace shoal;

TEST_CASE("a head's view is its part of the parameters") {
  const HeadShape shape{.features = 3, .widths = {2}, .clusters = 4, .heads = 2};
  const HeadModel model{shape, initial_parameters(shape, 7), 0, 0.1, {}};
  CHECK(model.head(1).bias(0) == model.parameters.data() + shape.bias_offset(0) + 2);
  CHECK(model.head(1).gains() == model.parameters.data() + shape.gains_offset() + 4);
}
