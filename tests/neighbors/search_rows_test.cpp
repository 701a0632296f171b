#include "support.hpp"
#include "support/refused.hpp"

#include <limits>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/neighbors/search_rows.hpp>
#include <shoal/simd/dot.hpp>

using namespace shoal;
using namespace neighbors_test;

namespace {

/// Rows with a common offset, `scale` times.
Matrix<float> rows_at(float offset, float scale, Index n = 90, Index d = 21) {
  Matrix<float> x = random_rows(n, d);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = (x.data()[i] + offset) * scale;
  return x;
}

constexpr Similarity kinds[] = {Similarity::cosine, Similarity::inner_product, Similarity::euclidean};

}  // namespace

TEST_CASE(
    "the exact key of a pair lies between its key in float32 and the slack below, at every offset and "
    "scale") {
  const Cpu cpu({.threads = 2});
  for (const Similarity kind : kinds)
    for (const float offset : {0.f, 1e3f, 1e6f})
      for (const float scale : {1e-30f, 1.f, 1e30f}) {
        CAPTURE(offset);
        CAPTURE(scale);
        const Matrix<float> x = rows_at(offset, scale);
        const SearchRows rows("test", x, kind, cpu);
        Matrix<float> z(90, 21);
        rows.read(0, z);
        const float rounding = dot_rounding(21);
        for (Index i = 0; i < 90; ++i)
          for (Index j = 0; j < i; ++j) {
            const float key =
                pair_key(dot(z.row(i), z.row(j), 21), rows.measure(i), rows.measure(j), rounding);
            const double exact = rows.key_of(rows.exact_rank(i, x.row(i), rows, j, x.row(j))),
                         doubt = rows.key_doubt(i, rows, j);
            REQUIRE(exact - doubt <= static_cast<double>(key));
            REQUIRE(exact + doubt >=
                    static_cast<double>(key - key_slack(rows.measure(i), rows.measure(j), rounding)));
          }
      }
}

TEST_CASE("what is brought near the centre keeps its digits, and its largest element is about 1") {
  const Cpu cpu({.threads = 1});
  for (const float scale : {1e-35f, 1.f, 1e30f}) {
    const Matrix<float> x = rows_at(100, scale);
    const SearchRows rows("test", x, Similarity::euclidean, cpu);
    Matrix<float> z(90, 21);
    rows.read(0, z);
    float largest = 0;
    for (Index i = 0; i < z.size(); ++i) largest = std::max(largest, std::abs(z.data()[i]));
    CHECK((largest >= 1 && largest < 2));
    for (Index k = 0; k < 21; ++k) {
      const double gap = (double{x(3, k)} - double{x(5, k)}) * rows.centred().scale();
      CHECK(double{z(3, k)} - double{z(5, k)} == doctest::Approx(gap).epsilon(1e-5).scale(1));
    }
  }
}

TEST_CASE("keys give the similarities back") {
  const Cpu cpu({.threads = 1});
  const Matrix<float> x = rows_at(0.5f, 3);
  for (const Similarity kind : kinds) {
    const SearchRows rows("test", x, kind, cpu);
    for (Index j = 1; j < 90; ++j) {
      const double key = rows.key_of(rows.exact_rank(0, x.row(0), rows, j, x.row(j)));
      const double s = similarities(x, 0, x, kind)[static_cast<std::size_t>(j)];
      CHECK(rows.similarity_of(static_cast<float>(key)) ==
            doctest::Approx(kind == Similarity::euclidean ? -s : s).epsilon(1e-5).scale(10));
    }
  }
}

TEST_CASE("queries share centre and scale") {
  const Cpu cpu({.threads = 1});
  const Matrix<float> x = rows_at(10, 1), y = rows_at(10, 64, 30);
  SearchRows rows("test", x, Similarity::euclidean, cpu), queries("test", y, rows, cpu);
  share_scale(rows, queries);
  CHECK(rows.centred().scale() == queries.centred().scale());
  Matrix<float> z(30, 21);
  queries.read(0, z);
  for (Index i = 0; i < z.size(); ++i) CHECK(std::abs(z.data()[i]) <= 2);
  const std::vector<Index> ids{7, 2};
  Matrix<float> some(2, 21);
  queries.gather(ids, some);
  CHECK(std::equal(some.row(0), some.row(0) + 21, z.row(7)));
}

TEST_CASE("all rows are checked, the first bad one is named") {
  const Cpu cpu({.threads = 2});
  Matrix<float> x = random_rows(3000, 3);
  std::fill_n(x.row(2900), 3, 0.f);
  CHECK_NOTHROW(SearchRows("f", x, Similarity::euclidean, cpu));
  test::refused(Errc::bad_data, "f: row 2900 is zero", [&] { SearchRows("f", x, Similarity::cosine, cpu); });
  x(1201, 2) = std::numeric_limits<float>::infinity();
  for (const Similarity kind : kinds)
    test::refused(Errc::bad_data, "f: row 1201 ", [&] { SearchRows("f", x, kind, cpu); });
}
