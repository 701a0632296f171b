#include <cmath>
#include <limits>
#include <support/gpu.hpp>

#include <doctest/doctest.h>

#include <shoal/backend/gpu_products.cuh>

using namespace shoal;
using host::FakeRuntime;

namespace {

struct OnDevice {
  OnDevice(GpuStream<FakeRuntime>& stream, const Matrix<float>& m)
      : array(stream, m.size()), rows(m.rows()), cols(m.cols()) {
    to_device(stream, array.data(), m.data(), m.size());
  }
  MatrixView<const float> view() const { return array.view(rows, cols); }
  DeviceArray<FakeRuntime, float> array;
  Index rows, cols;
};

/// a bᵀ at a precision, times how much larger a is taken on the way.
Matrix<float> product(const Matrix<float>& a, const Matrix<float>& b, Precision precision, float scale = 1) {
  GpuStream<FakeRuntime> stream{FakeRuntime()};
  const OnDevice x(stream, a), y(stream, b);
  DeviceArray<FakeRuntime, float> z(stream, a.rows() * b.rows());
  GpuProducts<FakeRuntime> products(stream, precision, std::max(a.size(), b.size()));
  products(x.view(), {y.view(), true}, z.view(a.rows(), b.rows()), scale);
  Matrix<float> c(a.rows(), b.rows());
  to_host(stream, c.data(), std::as_const(z).data(), c.size());
  return c;
}

/// The largest error of a product, as a share of what the terms' absolute values add up to.
double largest_error(const Matrix<float>& a, const Matrix<float>& b, const Matrix<float>& c) {
  double worst = 0;
  for (Index i = 0; i < a.rows(); ++i)
    for (Index j = 0; j < b.rows(); ++j) {
      double sum = 0, all = 0;
      for (Index k = 0; k < a.cols(); ++k) {
        const double term = double{a(i, k)} * double{b(j, k)};
        sum += term, all += std::abs(term);
      }
      worst = std::max(worst, std::abs(sum - double{c(i, j)}) / all);
    }
  return worst;
}

}  // namespace

TEST_CASE("products are as precise as was asked for, and no more") {
  const Matrix<float> a = test::random_rows(37, 65, 1), b = test::random_rows(9, 65, 2);
  for (const Precision precision :
       {Precision::float32, Precision::tf32, Precision::float16, Precision::bfloat16}) {
    CAPTURE(static_cast<int>(precision));
    const double off = largest_error(a, b, product(a, b, precision));
    CHECK(off <= host::product_slack(precision));
    if (precision != Precision::float32) CHECK(off > 0.01 * host::unit_roundoff(precision));
  }
}

TEST_CASE("gradients too small for float16 keep their bits by a scale that is a power of two") {
  Matrix<float> a = test::random_rows(5, 40, 1);
  const Matrix<float> b = test::random_rows(6, 40, 2);
  for (Index i = 0; i < a.size(); ++i) a.data()[i] *= 1e-8f;
  CHECK(largest_error(a, b, product(a, b, Precision::float16)) > 0.1);
  CHECK(largest_error(a, b, product(a, b, Precision::float16, 0x1p26f)) <=
        host::product_slack(Precision::float16));
  const Matrix<float> plain = product(a, b, Precision::bfloat16),
                      scaled = product(a, b, Precision::bfloat16, 0x1p26f);
  CHECK(std::equal(plain.data(), plain.data() + plain.size(), scaled.data()));
}

TEST_CASE("float16: what is finite stays finite, what is not is not hidden") {
  const Matrix<float> one(1, 1, 1.f);
  const auto of = [&](float x) { return product(Matrix<float>(1, 1, x), one, Precision::float16)(0, 0); };
  constexpr float infinity = std::numeric_limits<float>::infinity();
  CHECK(of(1e6f) == 65504.f);
  CHECK(of(-65519.f) == -65504.f);
  CHECK(of(infinity) == infinity);
  CHECK(of(-infinity) == -infinity);
  CHECK(std::isnan(of(std::numeric_limits<float>::quiet_NaN())));
}

TEST_CASE("transposed factors, and rows of a factor") {
  GpuStream<FakeRuntime> stream{FakeRuntime()};
  const Matrix<float> a = test::random_rows(8, 5, 3), b = test::random_rows(8, 4, 4);
  const OnDevice x(stream, a), y(stream, b);
  for (const Precision precision : {Precision::float32, Precision::float16}) {
    RoundedFactor<FakeRuntime> left(stream, precision, a.size()), right(stream, precision, b.size());
    DeviceArray<FakeRuntime, float> z(stream, 20);
    stream.product(left(x.view(), 2.f).block(3, 2).transpose(), right(y.view()).block(3, 2), z.view(5, 4));
    Matrix<float> c(5, 4);
    to_host(stream, c.data(), std::as_const(z).data(), 20);
    for (Index i = 0; i < 5; ++i)
      for (Index j = 0; j < 4; ++j)
        CHECK(c(i, j) == doctest::Approx(a(3, i) * b(3, j) + a(4, i) * b(4, j)).epsilon(4e-3).scale(1.0));
  }
}
