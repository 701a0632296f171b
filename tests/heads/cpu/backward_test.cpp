#include <doctest/doctest.h>

#include <shoal/heads/cpu/backward.hpp>

using namespace shoal;

TEST_CASE("a pass's rows are parts of the whole batch, and GELU's derivatives lie where deltas will") {
  const HeadShape shape{.features = 3, .widths = {5, 4}, .clusters = 2, .heads = 1};
  HeadPass pass(shape, 10, true);
  const Activations a = pass.rows(6, 3);
  CHECK(a.hidden[0].data == pass.hidden(0).row(6));
  CHECK(a.derivative[0].data == pass.delta(0).row(6));
  CHECK(a.unit.data == pass.unit().row(6));
  CHECK(pass.unit_delta(6, 3).data == pass.delta(1).row(6));
  CHECK(HeadPass(shape, 10, false).rows(6, 3).derivative.empty());
}
