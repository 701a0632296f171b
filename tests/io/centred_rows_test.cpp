#include "support/random_rows.hpp"
#include "support/refused.hpp"

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/io/centred_rows.hpp>

using namespace shoal;

namespace {

const Cpu cpu({.threads = 2});

/// n × 5 of spread `scale` around `shift`.
Matrix<float> rows_at(Index n, double scale, double shift) {
  Matrix<float> x = test::random_rows(n, 5, 11);
  for (Index i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<float>(static_cast<double>(x.data()[i]) * scale + shift);
  return x;
}

Matrix<float> all_of(const CentredRows& rows) {
  Matrix<float> z(rows.rows(), rows.cols());
  rows.read(0, z);
  return z;
}

double square_between(const float* a, const float* b, Index d, double by_a = 1, double by_b = 1) {
  double sum = 0;
  for (Index k = 0; k < d; ++k) {
    const double gap = static_cast<double>(a[k]) * by_a - static_cast<double>(b[k]) * by_b;
    sum += gap * gap;
  }
  return sum;
}

}  // namespace

TEST_CASE("distances between z are those between rows times the scale, at every offset and magnitude") {
  for (const auto& [scale, shift] :
       {std::pair(1., 0.), {1., 1e4}, {1., -1e7}, {1e-30, 0.}, {1e30, 0.}, {1e-3, 1.}}) {
    const Matrix<float> x = rows_at(60, scale, shift);
    const CentredRows rows("test", x, false, cpu);
    const Matrix<float> z = all_of(rows);
    float widest = 0;
    for (Index i = 0; i < z.size(); ++i) widest = std::max(widest, std::abs(z.data()[i]));
    CHECK(widest >= 1.f);
    CHECK(widest <= 2.f);
    CHECK(std::exp2(std::ilogb(rows.scale())) == rows.scale());
    for (Index i = 1; i < 60; ++i) {
      const double exact = square_between(x.row(0), x.row(i), 5);
      CHECK(rows.square_gap(0, x.row(0), rows, i, x.row(i)) == doctest::Approx(exact).epsilon(1e-14));
      // Each z is rounded once, to half an ulp of a number below 2: 2^-24 an element, so that a difference is
      // off by 2^-23 and a square by 2·2^-23·|gap|, whose sum is at most 2^-22·√5·‖gap‖.
      const double scaled = exact * rows.scale() * rows.scale();
      CHECK(std::abs(square_between(z.row(0), z.row(i), 5) - scaled) <=
            0x1p-22 * std::sqrt(5 * scaled) + 0x1p-43);
    }
  }
}

TEST_CASE("the centre is the mean of rows spread over the source") {
  const Matrix<float> few = rows_at(1000, 1, 3);
  const CentredRows rows("test", few, false, cpu);
  for (Index k = 0; k < 5; ++k) {
    double mean = 0;
    for (Index i = 0; i < 1000; ++i) mean += static_cast<double>(few(i, k)) / 1000;
    CHECK(rows.centre()[static_cast<std::size_t>(k)] == doctest::Approx(mean).epsilon(1e-12));
  }
  Matrix<float> sorted(3072, 1);  // rows that grow: a mean of the first 1,024 would be a sixth
  for (Index i = 0; i < 3072; ++i) sorted(i, 0) = static_cast<float>(i) / 3072;
  CHECK(CentredRows("test", sorted, false, cpu).centre()[0] == doctest::Approx(0.5).epsilon(1e-3));
}

TEST_CASE("rows of length one: the factors, and distances of directions") {
  const Matrix<float> x = rows_at(50, 7, 1);
  const CentredRows rows("test", x, true, cpu);
  REQUIRE(rows.factors().size() == 50);
  const Matrix<float> z = all_of(rows);
  for (Index i = 0; i < 50; ++i) {
    CHECK(squared_norm(x.row(i), 5) * rows.factor(i) * rows.factor(i) == doctest::Approx(1).epsilon(1e-14));
    const double exact = square_between(x.row(0), x.row(i), 5, rows.factor(0), rows.factor(i));
    CHECK(square_between(z.row(0), z.row(i), 5) / rows.scale() / rows.scale() ==
          doctest::Approx(exact).epsilon(1e-5));
  }
}

TEST_CASE("read, gather and bring give the same bits; each row is shown once") {
  const Matrix<float> x = rows_at(300, 1, 100);
  std::vector<int> shown(300, 0);
  const CentredRows rows(
      "test", x, false, cpu, [&](Index id, const float* row, double factor, std::span<const double> centre) {
        shown[static_cast<std::size_t>(id)] += row[0] == x(id, 0) && factor == 1 && centre.size() == 5;
      });
  for (const int times : shown) CHECK(times == 1);
  const Matrix<float> z = all_of(rows);
  const std::vector<Index> ids{299, 0, 150, 150};
  Matrix<float> some(4, 5), one(1, 5);
  rows.gather(ids, some);
  for (Index i = 0; i < 4; ++i) {
    rows.bring(ids[static_cast<std::size_t>(i)], x.row(ids[static_cast<std::size_t>(i)]), one.row(0));
    for (Index k = 0; k < 5; ++k) {
      CHECK(some(i, k) == z(ids[static_cast<std::size_t>(i)], k));
      CHECK(some(i, k) == one(0, k));
    }
  }
}

TEST_CASE("others join the centre, and both one scale") {
  const Matrix<float> x = rows_at(40, 1, 50), wide = rows_at(30, 1000, 50);
  CentredRows rows("test", x, false, cpu);
  CentredRows others("test", wide, rows, cpu, [](Index, const float*, double, std::span<const double>) {});
  CHECK(others.centre()[3] == rows.centre()[3]);
  CHECK(others.scale() < rows.scale());
  const double smaller = others.scale();
  share_scale(rows, others);
  CHECK(rows.scale() == smaller);
  CHECK(others.scale() == smaller);
}

TEST_CASE("one row, equal rows: zeros on the scale 1") {
  for (const Index n : {1, 7}) {
    const Matrix<float> x(n, 3, 1e20f);
    const CentredRows rows("test", x, false, cpu);
    const Matrix<float> z = all_of(rows);
    for (Index i = 0; i < z.size(); ++i) CHECK(std::abs(z.data()[i]) * 1.0 <= 2.);
    CHECK(square_between(z.row(0), z.row(n - 1), 3) == 0.);
  }
  const Matrix<float> zeros(5, 3, 0.f);
  CHECK(CentredRows("test", zeros, false, cpu).scale() == 1.);
}

TEST_CASE("rows that are not finite, and zeros where directions are asked for, are named") {
  Matrix<float> x = rows_at(40, 1, 0);
  x(17, 2) = std::numeric_limits<float>::quiet_NaN();
  test::refused(Errc::bad_data, "test: row 17", [&] { (void)CentredRows("test", x, false, cpu); });
  x(17, 2) = -std::numeric_limits<float>::infinity();
  test::refused(Errc::bad_data, "test: row 17", [&] { (void)CentredRows("test", x, true, cpu); });
  for (Index k = 0; k < 5; ++k) x(17, k) = 0;
  CHECK(CentredRows("test", x, false, cpu).rows() == 40);
  test::refused(Errc::bad_data, "row 17 is zero", [&] { (void)CentredRows("test", x, true, cpu); });
}

TEST_CASE(
    "equal rows are at distance 0, and nearly equal ones as far as their numbers are, whatever is fused") {
  Matrix<float> x(40, 12);
  for (Index i = 0; i < x.rows(); ++i)
    for (Index k = 0; k < x.cols(); ++k) x(i, k) = 1000.3f + static_cast<float>(k) * 0.7f;
  for (Index k = 0; k < x.cols(); ++k) x(38, k) *= 4;  // the same direction
  x(39, 3) = std::nextafter(x(39, 3), 2000.f);
  const CentredRows rows("test", x, true, cpu);
  for (Index i = 0; i < 39; ++i) CHECK(rows.square_gap(i, x.row(i), rows, 0, x.row(0)) == 0);
  long double square[2] = {}, gap = 0;
  for (Index k = 0; k < 12; ++k)
    for (const Index i : {0, 39}) square[i / 39] += static_cast<long double>(x(i, k)) * x(i, k);
  for (Index k = 0; k < 12; ++k) {
    const long double step = x(39, k) / std::sqrt(square[1]) - x(0, k) / std::sqrt(square[0]);
    gap += step * step;
  }
  // The length of a row is known to 2^-53 of it, and the rows differ by 2^-24.
  CHECK(rows.square_gap(39, x.row(39), rows, 0, x.row(0)) ==
        doctest::Approx(static_cast<double>(gap)).epsilon(1e-6));
}
