#include "linalg/reference_product.hpp"

#include <doctest/doctest.h>

#include <shoal/linalg/product_eigen.hpp>

using namespace shoal;

TEST_CASE("Eigen multiplies all shapes and orientations, and writes nothing else") {
  multiplies_everything(multiply_by_eigen);
}
