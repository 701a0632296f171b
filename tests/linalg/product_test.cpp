#include "linalg/reference_product.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/linalg/product_eigen.hpp>
#if defined(SHOAL_ONEDNN)
#include <shoal/linalg/product_onednn.hpp>
#endif

using namespace shoal;

TEST_CASE("products of all shapes and orientations agree with double sums, and write nothing else") {
  multiplies_everything([](auto... with) { multiply(with...); });
}

TEST_CASE("an inner dimension longer than a chunk") {
  const auto x = random_matrix(13, 1100, 1), y = random_matrix(1100, 33, 2),
             before = random_matrix(13, 33, 3);
  for (const Update update : {Update::assign, Update::add}) {
    auto after = before;
    multiply({x, false}, {y, false}, after, update);
    check_product({x, false}, {y, false}, before, after, update == Update::add);
  }
}

TEST_CASE("each library gives the same product to rounding, the same bits for 1, 2 and 7 threads") {
  const auto x = random_matrix(700, 130, 1), y = random_matrix(530, 130, 2);
  Matrix<float> previous;
  for (const auto product : {
         decltype(CpuSettings::library){}, &multiply_by_eigen
#if defined(SHOAL_ONEDNN)
             ,
             &multiply_by_onednn
#endif
       }) {
    for (const int threads : {1, 2, 7}) {
      const Cpu cpu(CpuSettings{.threads = threads, .library = product});
      Matrix<float> c(700, 530);
      cpu.product({x, false}, {y, true}, c);
      if (threads == 1)
        check_product({x, false}, {y, true}, {}, c, false);
      else
        REQUIRE(std::equal(c.data(), c.data() + c.size(), previous.data()));
      previous = c;
    }
  }
}

TEST_CASE("an element's bits do not depend on the shape of the product around it") {
  const auto x = random_matrix(100, 384, 1), y = random_matrix(90, 384, 2);
  Matrix<float> whole(100, 90), part(7, 11);
  multiply({x, false}, {y, true}, whole, Update::assign);
  multiply({x.view().block(50, 7), false}, {y.view().block(33, 11), true}, part, Update::assign);
  for (Index i = 0; i < 7; ++i)
    for (Index j = 0; j < 11; ++j) REQUIRE(part(i, j) == whole(50 + i, 33 + j));
}
