#include <cmath>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/random.hpp>
#include <shoal/io/standardize.hpp>
#include <shoal/laws/row_source.hpp>

using namespace shoal;

static_assert(std::constructible_from<Standardized, const Rows&, ColumnScaling>);
static_assert(!std::constructible_from<Standardized, Rows, ColumnScaling>);  // it would refer to what is gone

namespace {
/// n × 3: normal with mean 100, constant, and 1e-3-scaled normal.
Matrix<float> sample(Index n) {
  Matrix<float> x(n, 3);
  const Philox random(5, 0);
  for (Index i = 0; i < n; ++i) {
    x(i, 0) = 100.f + 2.f * static_cast<float>(random.normal(static_cast<std::uint64_t>(i)));
    x(i, 1) = 0.1f;
    x(i, 2) = 1e-3f * static_cast<float>(random.normal(static_cast<std::uint64_t>(i + n)));
  }
  return x;
}
}  // namespace

TEST_CASE("mean 0 and deviation 1; a constant column is left as it is") {
  const Matrix<float> x = sample(5000);
  const Rows rows(x);
  const Cpu cpu(CpuSettings{.threads = 2});
  const Standardized standardized(rows, cpu);
  laws::row_source(standardized);
  Matrix<float> y(5000, 3);
  standardized.read(0, y);
  for (const Index j : {0, 2}) {
    double sum = 0, squares = 0;
    for (Index i = 0; i < 5000; ++i) sum += static_cast<double>(y(i, j));
    for (Index i = 0; i < 5000; ++i) squares += std::pow(static_cast<double>(y(i, j)) - sum / 5000, 2);
    CHECK(std::abs(sum / 5000) < 1e-5);
    CHECK(squares / 4999 == doctest::Approx(1).epsilon(1e-5));
  }
  CHECK(y(17, 1) == 0.1f);
}

TEST_CASE("the same bits for 1, 2 and 7 threads") {
  const Matrix<float> x = sample(5000);
  const Rows rows(x);
  const ColumnScaling one = column_scaling(rows, Cpu(CpuSettings{.threads = 1}));
  for (const int threads : {2, 7}) {
    const ColumnScaling many = column_scaling(rows, Cpu(CpuSettings{.threads = threads}));
    CHECK(many.mean == one.mean);
    CHECK(many.scale == one.scale);
  }
}

TEST_CASE("no row, one row, NaN, infinity, another width") {
  const Cpu cpu(CpuSettings{.threads = 1});
  for (const Index n : {0, 1}) {
    const Matrix<float> x = sample(n);
    const ColumnScaling scaling = column_scaling(Rows(x), cpu);
    CHECK(scaling.mean == std::vector<float>(3, 0.f));
    CHECK(scaling.scale == std::vector<float>(3, 1.f));
    const Rows rows(x);
    CHECK_THROWS_AS(Standardized(rows, ColumnScaling{{0.f}, {1.f}}), error);
  }
  for (const float bad : {std::nanf(""), HUGE_VALF}) {
    Matrix<float> x = sample(10);
    x(3, 2) = bad;
    CHECK_THROWS_WITH_AS((void)column_scaling(Rows(x), cpu), doctest::Contains("column 2"), error);
  }
}

TEST_CASE("a column of a spread that float32 can't divide by counts as constant") {
  Matrix<float> x(200, 2);
  for (Index i = 0; i < 200; ++i)
    x(i, 0) = static_cast<float>(i % 4) * 1e-42f, x(i, 1) = static_cast<float>(i % 4) * 1e-30f;
  const Rows rows(x);
  const Standardized standardized(rows, Cpu(CpuSettings{.threads = 1}));
  CHECK(standardized.scaling().scale[0] == 1);
  CHECK(standardized.scaling().scale[1] > 1e29f);
  Matrix<float> y(200, 2);
  standardized.read(0, y);
  for (Index i = 0; i < 200; ++i) CHECK_UNARY(std::isfinite(y(i, 0)) && std::isfinite(y(i, 1)));
}
