#include "linalg/reference_product.hpp"
#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/core/half.hpp>
#include <shoal/linalg/packed_factor.hpp>
#include <shoal/linalg/product_eigen.hpp>
#if defined(SHOAL_ONEDNN)
#include <shoal/linalg/product_onednn.hpp>
#endif

using namespace shoal;

namespace {

auto packed_product(ProductRule rule) {
  return [left = LeftFactor(rule), right = RightFactor(rule)](Operand a, Operand b, MatrixView<float> c,
                                                              Update update) mutable {
    left.pack(a), right.pack(b.transpose());
    multiply_packed(left, right, c, update);
  };
}

}  // namespace

TEST_CASE("packed factors multiply by each rule, all shapes and orientations") {
  for (const ProductFunction library : {
         ProductFunction{}, &multiply_by_eigen
#if defined(SHOAL_ONEDNN)
             ,
             &multiply_by_onednn
#endif
       })
    multiplies_everything([&](auto... with) { packed_product({Precision::float32, library})(with...); });
}

TEST_CASE("in bfloat16 each factor is off by at most 2^-8, and the sums are float32") {
  multiplies_everything([](auto... with) { packed_product({Precision::bfloat16})(with...); }, 2.01 * 0x1p-8);

  // Factors that are bfloat16 themselves: only the sums round.
  auto x = random_matrix(30, 77, 1), y = random_matrix(50, 77, 2);
  for (auto* m : {&x, &y})
    for (Index i = 0; i < m->size(); ++i) m->data()[i] = bfloat16_to_float(float_to_bfloat16(m->data()[i]));
  Matrix<float> c(30, 50);
  packed_product({Precision::bfloat16})({x, false}, {y, true}, c, Update::assign);
  check_product({x, false}, {y, true}, {}, c, false);
}

TEST_CASE("refused: bfloat16 by a library, since it is shoal's own, and what only GPUs have") {
  for (const ProductRule rule : {ProductRule{Precision::bfloat16, &multiply_by_eigen},
                                 {Precision::tf32},
                                 {Precision::float16},
                                 {Precision::float16, &multiply_by_eigen}})
    test::refused(Errc::invalid_argument, name_of(rule.precision), [&] { (void)LeftFactor(rule); });
}
