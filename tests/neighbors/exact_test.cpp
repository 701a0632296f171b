#include "support.hpp"
#include "support/refused.hpp"

#include <limits>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/neighbors/exact.hpp>

using namespace shoal;
using namespace neighbors_test;

TEST_CASE("exact neighbours are those of a search in double, for both similarities") {
  const Matrix<float> x = random_rows(1300, 37);
  for (const Similarity kind : {Similarity::cosine, Similarity::inner_product}) {
    const Neighbors found =
        exact_neighbors(Rows(x), {.count = 9, .similarity = kind, .keep_similarities = true}, Cpu{});
    REQUIRE(found.ids.rows() == 1300);
    REQUIRE(found.ids.cols() == 9);
    for (Index i = 0; i < x.rows(); ++i) {
      const auto s = similarities(x, i, x, kind);
      REQUIRE(right_neighbors(found.ids.view().span(i), s, i, 2e-5));
      for (Index k = 0; k < 9; ++k)
        REQUIRE(found.similarities(i, k) ==
                doctest::Approx(s[static_cast<std::size_t>(found.ids(i, k))]).epsilon(1e-5));
    }
  }
}

TEST_CASE("the same bits for 1, 2 and 7 threads, for any memory budget, and by either prefilter") {
  const Matrix<float> x = random_rows(2000, 24);
  const Rows source(x);
  const NeighborSettings settings{.count = 20, .keep_similarities = true};
  const Neighbors one = exact_neighbors(source, settings, Cpu({.threads = 1}));
  const auto same = [&](const Neighbors& other) {
    CHECK(same_bits(one.ids, other.ids));
    CHECK(same_bits(one.similarities, other.similarities));
  };
  for (const int threads : {2, 7}) {
    same(exact_neighbors(source, settings, Cpu({.threads = threads})));
    const std::size_t whole = plan(settings, {2000, 24}, Cpu({.threads = threads})).total();
    for (const std::size_t memory : {whole - 50000, whole - 150000})
      same(exact_neighbors(source, settings, Cpu({.threads = threads, .memory = memory})));
  }
  const Cpu cpu;
  same(PrefilteredSearch<Panels>(cpu).find({source, source, true, settings, {}}));
}

TEST_CASE("a plan tells the bytes, keeps to the budget, and refuses what can't be done in it") {
  const NeighborSettings settings{.count = 20};
  const NeighborShape shape{5000, 64};
  const Cpu free({.threads = 2});
  const MemoryPlan whole = plan(settings, shape, free);
  CHECK(SearchOn<Cpu>(free).rows_at_once(settings, shape) == 5000);
  const Cpu tight({.threads = 2, .memory = whole.total() - 1});
  CHECK(plan(settings, shape, tight).total() <= tight.memory());
  const Index rows = SearchOn<Cpu>(tight).rows_at_once(settings, shape);
  CHECK(rows < 5000);
  CHECK(rows % 288 == 0);
  CHECK_THROWS_AS((void)plan(settings, shape, Cpu({.threads = 2, .memory = 1000000})), error);
}

TEST_CASE("a large common mean, one large column, and scales far apart leave the result exact") {
  Matrix<float> x = random_rows(900, 20, 3);
  for (Index i = 0; i < x.rows(); ++i) {
    for (Index k = 0; k < 10; ++k) x(i, k) += 30;
    x(i, 11) *= 50;
  }
  for (const Similarity kind : {Similarity::cosine, Similarity::inner_product}) {
    if (kind == Similarity::inner_product)
      for (Index k = 0; k < 20; ++k) x(17, k) *= 1000;
    const Neighbors found = exact_neighbors(Rows(x), {.count = 12, .similarity = kind}, Cpu{});
    for (Index i = 0; i < x.rows(); ++i) {
      const auto s = similarities(x, i, x, kind);
      const double largest = std::abs(*std::max_element(s.begin(), s.end()));
      REQUIRE(right_neighbors(found.ids.view().span(i), s, i, 2e-6 * largest));
    }
  }
}

TEST_CASE("ties go to the lowest id, among duplicates too") {
  const Matrix<float> kinds = random_rows(5, 16);
  Matrix<float> x(600, 16);
  for (Index i = 0; i < 600; ++i) std::copy_n(kinds.row(i % 5), 16, x.row(i));
  const Neighbors found = exact_neighbors(Rows(x), {.count = 6}, Cpu({.threads = 3}));
  for (Index i = 0; i < 600; ++i)
    for (Index k = 0, id = i % 5; k < 6; ++k, id += 5) {
      if (id == i) id += 5;
      CHECK(found.ids(i, k) == id);
    }
}

TEST_CASE("two rows, one column, constant columns, and rows of any length") {
  Matrix<float> two(2, 1);
  two(0, 0) = 1e-30f;
  two(1, 0) = -1e30f;
  const Neighbors found = exact_neighbors(Rows(two), {.count = 1, .keep_similarities = true}, Cpu{});
  CHECK(found.ids(0, 0) == 1);
  CHECK(found.ids(1, 0) == 0);
  CHECK(found.similarities(0, 0) == -1.f);
  const Matrix<float> equal(300, 8, 2.f);
  const Neighbors same = exact_neighbors(Rows(equal), {.count = 299}, Cpu{});
  for (Index k = 0; k < 299; ++k) CHECK(same.ids(7, k) == (k < 7 ? k : k + 1));
}

TEST_CASE("half precision rows are read as their values") {
  Matrix<float> x = random_rows(200, 8);
  Matrix<std::uint16_t> half(200, 8);
  for (Index i = 0; i < x.size(); ++i) {
    half.data()[i] = float_to_half(x.data()[i]);
    x.data()[i] = half_to_float(half.data()[i]);
  }
  const Rows stored(half.data(), Dtype::float16, 200, 8, 8);
  CHECK(same_bits(exact_neighbors(stored, {.count = 5}, Cpu{}).ids,
                  exact_neighbors(Rows(x), {.count = 5}, Cpu{}).ids));
}

TEST_CASE("what can't be answered is refused, and says why") {
  const auto code = [](const Matrix<float>& x, NeighborSettings settings) {
    return test::error_of([&] { (void)exact_neighbors(Rows(x), settings, Cpu{}); }).code();
  };
  const Matrix<float> x = random_rows(10, 4);
  CHECK(code(x, {.count = 10}) == Errc::invalid_argument);
  CHECK(code(x, {.count = 0}) == Errc::invalid_argument);
  CHECK(code(Matrix<float>(0, 4), {.count = 1}) == Errc::invalid_argument);
  CHECK(code(random_rows(1, 4), {.count = 1}) == Errc::invalid_argument);
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    Matrix<float> y = x;
    y(3, 1) = bad;
    CHECK(code(y, {.count = 2}) == Errc::bad_data);
    CHECK(code(y, {.count = 2, .similarity = Similarity::inner_product}) == Errc::bad_data);
  }
  Matrix<float> zero = x;
  for (Index k = 0; k < 4; ++k) zero(6, k) = 0;
  CHECK(code(zero, {.count = 2}) == Errc::bad_data);
  CHECK_NOTHROW(exact_neighbors(Rows(zero), {.count = 2, .similarity = Similarity::inner_product}, Cpu{}));
  Matrix<float> large = x;
  large(2, 2) = 1e19f;
  CHECK(code(large, {.count = 2, .similarity = Similarity::inner_product}) == Errc::bad_data);
}

TEST_CASE("the hook sees the end, and stops the search") {
  const Matrix<float> x = random_rows(700, 8);
  Progress last;
  (void)exact_neighbors(Rows(x), {.count = 3}, Cpu{}, [&](const Progress& p) {
    last = p;
    return true;
  });
  CHECK(last.done == last.total);
  CHECK_THROWS_AS(exact_neighbors(Rows(x), {.count = 3}, Cpu{}, [](const Progress&) { return false; }),
                  error);
}
