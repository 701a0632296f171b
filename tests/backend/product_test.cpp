#include <doctest/doctest.h>

#include <cmath>
#include <shoal/backend/cpu.hpp>
#include <shoal/backend/product_eigen.hpp>
#include <shoal/core/random.hpp>
#if defined(SHOAL_ONEDNN)
#include <shoal/backend/product_onednn.hpp>
#endif

using namespace shoal;

namespace {

Matrix<float> random_matrix(Index rows, Index cols, std::uint64_t stream) {
  Matrix<float> m(rows, cols);
  const Philox random(7, stream);
  for (Index i = 0; i < m.size(); ++i)
    m.data()[i] = static_cast<float>(random.normal(static_cast<std::uint64_t>(i)));
  return m;
}

float element(Operand m, Index i, Index j) { return m.transposed ? m.matrix(j, i) : m.matrix(i, j); }

/// |c - (c0 + a b)| is at most the bound of a float32 sum of K products, for every element.
void check_product(Operand a, Operand b, MatrixView<const float> before, MatrixView<const float> after,
                   bool add) {
  const Index depth = a.col_count();
  for (Index i = 0; i < after.rows; ++i)
    for (Index j = 0; j < after.cols; ++j) {
      double sum = add ? before(i, j) : 0, size = std::abs(sum);
      for (Index k = 0; k < depth; ++k) {
        const double term = static_cast<double>(element(a, i, k)) * element(b, k, j);
        sum += term;
        size += std::abs(term);
      }
      REQUIRE(std::abs(after(i, j) - sum) <= static_cast<double>(depth + 2) * 0x1p-24 * size);
    }
}

}  // namespace

TEST_CASE("products of all shapes and orientations agree with double sums") {
  for (const Index m : {0, 1, 3, 12, 13, 40})
    for (const Index n : {0, 1, 31, 32, 70})
      for (const Index k : {0, 1, 5, 64, 600})
        for (const bool ta : {false, true})
          for (const bool tb : {false, true})
            for (const Update update : {Update::assign, Update::add}) {
              const auto x = ta ? random_matrix(k, m, 1) : random_matrix(m, k, 1);
              const auto y = tb ? random_matrix(n, k, 2) : random_matrix(k, n, 2);
              const auto before = random_matrix(m, n, 3);
              auto after = before;
              multiply({x, ta}, {y, tb}, after, update);
              check_product({x, ta}, {y, tb}, before, after, update == Update::add);
            }
}

TEST_CASE("strided views: only the destination is written") {
  const auto x = random_matrix(20, 50, 1), y = random_matrix(30, 50, 2);
  auto c = random_matrix(40, 60, 3);
  const auto before = c;
  const auto a = x.view().columns(3, 17).block(2, 15), b = y.view().columns(9, 17).block(1, 25);
  multiply({a, false}, {b, true}, c.view().block(4, 15).columns(7, 25), Update::assign);
  check_product({a, false}, {b, true}, {}, c.view().block(4, 15).columns(7, 25), false);
  for (Index i = 0; i < 40; ++i)
    for (Index j = 0; j < 60; ++j)
      if (i < 4 || i >= 19 || j < 7 || j >= 32) REQUIRE(c(i, j) == before(i, j));
}

TEST_CASE("each library gives the same product to rounding, the same bits for 1, 2 and 7 threads") {
  const auto x = random_matrix(700, 130, 1), y = random_matrix(530, 130, 2);
  Matrix<float> previous;
  for (const auto product : {
         decltype(CpuSettings::product){}, &multiply_by_eigen
#if defined(SHOAL_ONEDNN)
             ,
             &multiply_by_onednn
#endif
       }) {
    for (const int threads : {1, 2, 7}) {
      const Cpu cpu(CpuSettings{.threads = threads, .product = product});
      Matrix<float> c(700, 530);
      cpu.product(x, y, c);
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
