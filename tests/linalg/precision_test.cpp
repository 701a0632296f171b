#include <string_view>

#include <doctest/doctest.h>

#include <shoal/linalg/precision.hpp>

using namespace shoal;

TEST_CASE("precisions have the names that users write, and those of 16 bits are told apart") {
  CHECK(std::string_view(name_of(Precision::float32)) == "float32");
  CHECK(std::string_view(name_of(Precision::tf32)) == "tf32");
  CHECK(std::string_view(name_of(Precision::float16)) == "float16");
  CHECK(std::string_view(name_of(Precision::bfloat16)) == "bfloat16");
  static_assert(is_narrow(Precision::float16) && is_narrow(Precision::bfloat16));
  static_assert(!is_narrow(Precision::float32) && !is_narrow(Precision::tf32));
}
