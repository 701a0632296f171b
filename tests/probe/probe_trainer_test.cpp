#include <type_traits>

#include <doctest/doctest.h>

#include <shoal/probe/probe_trainer.hpp>
#include <shoal/simd/vector.hpp>

using namespace shoal;

TEST_CASE("next_velocity is SGD's with momentum, for numbers and for vectors") {
  CHECK(next_velocity(2.f, 3.f, 10.f, 0.5f, 0.25f) == 0.5f + 3 + 5);
  const FloatVector v = next_velocity(broadcast<FloatVector>(2), broadcast<FloatVector>(3),
                                      broadcast<FloatVector>(10), broadcast<FloatVector>(0.5f), 0.25f);
  for (int k = 0; k < vector_width; ++k) CHECK(v[k] == 8.5f);
  CHECK(std::is_abstract_v<ProbeTrainer>);
}
