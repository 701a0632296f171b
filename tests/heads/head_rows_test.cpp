#include "heads/support.hpp"
#include "support/refused.hpp"

#include <limits>

#include <doctest/doctest.h>

#include <shoal/heads/head_rows.hpp>
#include <shoal/sampling/views.hpp>

using namespace shoal;

namespace {

Matrix<float> scaled(const Matrix<float>& from, float by) {
  Matrix<float> out = from;
  for (Index i = 0; i < out.size(); ++i) out.data()[i] *= by;
  return out;
}

}  // namespace

TEST_CASE("one changed bit of any row changes the checksum, the number of threads does not") {
  Matrix<float> points = grouped_points(3000, 5, 7);
  const auto sum = [&](int threads) {
    return inspect_head_rows("f", Rows(points), false, Cpu({.threads = threads}));
  };
  const std::uint64_t whole = sum(1);
  CHECK(sum(7) == whole);
  CHECK(inspect_head_rows("f", Rows(points), true, cpu) == whole);
  for (Index i = 0; i < 3000; i += 13) {
    float& x = points(i, i % 7);
    const float kept = std::exchange(x, std::nextafter(x, 10.f));
    CHECK(sum(2) != whole);
    x = kept;
  }
}

TEST_CASE("rows that heads can't take are refused by number") {
  Matrix<float> points = grouped_points(2000, 5, 7);
  points(1500, 3) = std::numeric_limits<float>::quiet_NaN();
  for (const bool standardize : {false, true})
    test::refused(Errc::bad_data, "f: row 1500 holds NaN",
                  [&] { (void)inspect_head_rows("f", Rows(points), standardize, cpu); });
  points(1500, 3) = 2e15f;
  test::refused(Errc::bad_data, "f: row 1500 has the squared length 4e+30",
                [&] { (void)inspect_head_rows("f", Rows(points), false, cpu); });
  (void)inspect_head_rows("f", Rows(points), true, cpu);
}

TEST_CASE("rows of any magnitude are learnt from as the same rows scaled, or refused") {
  const Matrix<float> points = grouped_points(150, 3, 6);
  const Neighbors neighbors = exact_neighbors(Rows(points), {.count = 5}, cpu);
  auto s = quick<TEMI>(3);
  for (const float by : {1e16f, 1e20f, 1e30f, 1e37f}) {
    const Matrix<float> huge = scaled(points, by);
    s.standardize = false;
    test::refused(Errc::bad_data, "scale the rows down",
                  [&] { (void)fit(s, Rows(huge), NearestPairs(neighbors), cpu); });
  }
  s.standardize = true;
  const HeadFit expected = fit(s, Rows(points), NearestPairs(neighbors), cpu);
  for (const float by : {0x1p-100f, 0x1p-50f, 0x1p60f, 0x1p100f}) {
    const Matrix<float> other = scaled(points, by);
    const HeadFit found = fit(s, Rows(other), NearestPairs(neighbors), cpu);
    CHECK(found.labels == expected.labels);
    for (std::size_t i = 0; i < 150; ++i)
      CHECK(found.confidence[i] == doctest::Approx(expected.confidence[i]).epsilon(1e-4));
  }
  const Matrix<float> huge = scaled(points, 1e20f);
  s.standardize = false;
  const HeadModel model = fit(s, Rows(points), NearestPairs(neighbors), cpu).model;
  test::refused(Errc::bad_data, "predict: features: row 0", [&] { (void)predict(model, Rows(huge), cpu); });
}

TEST_CASE("a constant column that is huge is refused when it is drawn, standardised or not") {
  Matrix<float> points = grouped_points(150, 3, 6);
  for (Index i = 0; i < 150; ++i) points(i, 2) = 1e20f;
  const Matrix<std::int32_t> ids(150, 1, 0);
  auto s = quick<TEMI>(3);
  s.standardize = true;
  test::refused(Errc::bad_data, "squared length",
                [&] { (void)fit(s, Rows(points), NearestPairs(ids), cpu); });
}

TEST_CASE("a column of a deviation beyond float32 counts as constant") {
  Matrix<float> points = grouped_points(150, 3, 6);
  for (Index i = 0; i < 150; ++i) points(i, 2) = i % 2 == 0 ? 0.f : 1e-42f;
  const Matrix<std::int32_t> ids(150, 1, 0);
  auto s = quick<TEMI>(3);
  s.standardize = true;
  for (const float c : fit(s, Rows(points), NearestPairs(ids), cpu).confidence) CHECK((c > 0 && c <= 1));
}

TEST_CASE("NaN in a view is named by row and column before work starts") {
  const Matrix<float> points = grouped_points(150, 3, 6);
  Matrix<float> view = points;
  view(77, 4) = std::numeric_limits<float>::infinity();
  const Rows view_rows(view);
  test::refused(Errc::bad_data, "Views: row 77 of the view holds NaN or infinity in column 4", [&] {
    (void)fit(quick<SCP>(3), Rows(points), Views(view_rows), cpu, [](const Progress&) -> bool {
      FAIL("work has started");
      return false;
    });
  });
}

TEST_CASE("a sampler of one's own whose partners are not finite is told so with the row that met one") {
  struct Broken {
    void validate(AnyRows) const {}
    void pairs(AnyRows features, std::span<const Index> ids, Draw, MatrixView<float> x,
               MatrixView<float> partner) const {
      features.gather(ids, x);
      features.gather(ids, partner);
      for (std::size_t i = 0; i < ids.size(); ++i)
        if (ids[i] == 31) partner(static_cast<Index>(i), 0) = std::numeric_limits<float>::quiet_NaN();
    }
  };
  const Matrix<float> points = grouped_points(150, 3, 6);
  test::refused(Errc::bad_data, "fit: partners of the rows: row 31",
                [&] { (void)fit(quick<TEMI>(3), Rows(points), Broken{}, cpu); });
}
