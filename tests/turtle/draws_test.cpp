#include <algorithm>
#include <cmath>
#include <set>

#include <doctest/doctest.h>

#include <shoal/turtle/draws.hpp>

using namespace shoal;

TEST_CASE("batches are different rows, and all rows come equally often") {
  SeededTurtleDraws draws(3, 20);
  std::vector<Index> rows(5), times(20, 0);
  for (Index t = 0; t < 4000; ++t) {
    draws.batch(t, rows);
    CHECK(std::set<Index>(rows.begin(), rows.end()).size() == 5);
    for (const Index row : rows) ++times[static_cast<std::size_t>(row)];
  }
  const double mean = 1000, deviation = std::sqrt(4000 * 0.25 * 0.75);
  for (const Index count : times) CHECK(std::abs(static_cast<double>(count) - mean) < 5 * deviation);
  std::vector<Index> all(20);
  draws.batch(4000, all);
  CHECK(std::set<Index>(all.begin(), all.end()).size() == 20);
}

TEST_CASE("layers begin uniform in ± 1 / √d, each step and space anew, and the same for the same seed") {
  SeededTurtleDraws draws(1, 4), again(1, 4), other(2, 4);
  Matrix<float> a(30, 17), b(30, 17), c(30, 17), d(30, 17), e(30, 17);
  draws.encoder(0, a);
  draws.classifier(0, 0, b);
  draws.classifier(0, 1, c);
  again.classifier(0, 0, d);
  other.classifier(0, 0, e);
  double sum = 0, square = 0;
  for (Index i = 0; i < a.size(); ++i) {
    CHECK(std::abs(a.data()[i]) <= 0.25f);
    sum += double{a.data()[i]};
    square += double{a.data()[i]} * double{a.data()[i]};
  }
  const double n = static_cast<double>(a.size()), variance = 0.25 * 0.25 / 3;
  CHECK(std::abs(sum / n) < 5 * std::sqrt(variance / n));
  CHECK(square / n == doctest::Approx(variance).epsilon(0.15));
  CHECK(std::equal(b.data(), b.data() + b.size(), d.data()));
  for (const Matrix<float>* differs : {&a, &c, &e})
    CHECK_FALSE(std::equal(b.data(), b.data() + b.size(), differs->data()));
}
