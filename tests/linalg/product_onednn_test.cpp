#if defined(SHOAL_ONEDNN)
#include "linalg/reference_product.hpp"

#include <doctest/doctest.h>

#include <shoal/linalg/product_onednn.hpp>

using namespace shoal;

TEST_CASE("oneDNN multiplies all shapes and orientations, and leaves OpenMP's threads as they were") {
  const int threads = omp_get_max_threads();
  omp_set_num_threads(3);
  multiplies_everything(multiply_by_onednn);
  CHECK(omp_get_max_threads() == 3);
  omp_set_num_threads(threads);
}
#endif
