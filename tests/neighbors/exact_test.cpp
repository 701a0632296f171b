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

TEST_CASE("neighbours are those of double precision where float32 hardly tells rows apart") {
  // The mean cosine of two rows is 0.999, 0.9999, 0.99999.
  for (const float spread : {1e-3f, 1e-4f, 1e-5f}) {
    CAPTURE(spread);
    Matrix<float> x = random_rows(1200, 48, 6);
    for (Index i = 0; i < x.size(); ++i) x.data()[i] = 1 + std::sqrt(spread) * x.data()[i];
    const Neighbors found = exact_neighbors(Rows(x), {.count = 10}, Cpu{});
    for (Index i = 0; i < x.rows(); ++i)
      REQUIRE(right_neighbors(found.ids.view().span(i), similarities(x, i, x, Similarity::cosine), i, 2e-15));
  }
}

TEST_CASE("neighbours are those of double precision at every offset and scale") {
  for (const Similarity kind : {Similarity::cosine, Similarity::inner_product, Similarity::euclidean})
    for (const float offset : {0.f, 1e3f, 1e4f, 1e5f, 1e6f})
      for (const float scale : {1e-30f, 1e-10f, 1.f, 1e10f, 1e30f}) {
        CAPTURE(offset);
        CAPTURE(scale);
        Matrix<float> x = random_rows(300, 12, 7);
        for (Index i = 0; i < x.size(); ++i) x.data()[i] = (x.data()[i] + offset) * scale;
        const Neighbors found = exact_neighbors(Rows(x), {.count = 8, .similarity = kind}, Cpu{});
        const Neighbors asked = exact_neighbors(Rows(x), Rows(x), {.count = 9, .similarity = kind}, Cpu{});
        for (Index i = 0; i < x.rows(); ++i) {
          const auto s = similarities(x, i, x, kind);
          const double size = std::abs(*std::max_element(s.begin(), s.end()));
          REQUIRE(right_neighbors(found.ids.view().span(i), s, i, 1e-14 * size));
          REQUIRE(right_neighbors(asked.ids.view().span(i), s, -1, 1e-14 * size));
        }
      }
}

TEST_CASE("Euclidean neighbours come with their distances, down to zero") {
  Matrix<float> x = random_rows(500, 9, 8);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] += 5e4f;
  std::copy_n(x.row(3), 9, x.row(490));
  const Neighbors found = exact_neighbors(
      Rows(x), {.count = 4, .similarity = Similarity::euclidean, .keep_similarities = true}, Cpu{});
  CHECK(found.ids(3, 0) == 490);
  CHECK(found.similarities(3, 0) == 0);
  for (Index i = 0; i < 500; ++i) {
    const auto s = similarities(x, i, x, Similarity::euclidean);
    for (Index k = 0; k < 4; ++k)
      REQUIRE(found.similarities(i, k) ==
              doctest::Approx(-s[static_cast<std::size_t>(found.ids(i, k))]).epsilon(1e-6));
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
  for (Index k = 0; k < 4; ++k) large(2, k) = 1e30f, large(3, k) = 1e30f;
  NeighborSettings products{.count = 2, .similarity = Similarity::inner_product, .keep_similarities = true};
  CHECK(code(large, products) == Errc::bad_data);  // 4e60 is no float
  products.keep_similarities = false;
  const Neighbors found = exact_neighbors(Rows(large), products, Cpu{});
  CHECK((found.ids(2, 0) == 3 && found.ids(3, 0) == 2));
}

TEST_CASE("rows far longer than others take no digits from these") {
  Matrix<float> x = random_rows(200, 6, 11);
  x(2, 2) = 1e19f;
  for (const Similarity kind : {Similarity::inner_product, Similarity::euclidean, Similarity::cosine}) {
    const Neighbors found = exact_neighbors(Rows(x), {.count = 5, .similarity = kind}, Cpu{});
    for (Index i = 0; i < 200; ++i) {
      const auto s = similarities(x, i, x, kind);
      REQUIRE(right_neighbors(found.ids.view().span(i), s, i, roundings(x, i, x, kind)));
    }
  }
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
