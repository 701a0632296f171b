#include "support.hpp"
#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/neighbors/exact_order.hpp>
#include <shoal/simd/dot.hpp>

using namespace shoal;
using namespace neighbors_test;

namespace {

/// The words of row i's pairs with all other rows, best first.
std::vector<std::uint64_t> words_of(const SearchRows& rows, const Matrix<float>& z, Index i, float rounding) {
  std::vector<std::uint64_t> words;
  for (Index j = 0; j < rows.rows(); ++j)
    if (j != i)
      words.push_back(
          scored(pair_key(dot(z.row(i), z.row(j), z.cols()), rows.measure(i), rows.measure(j), rounding), j));
  std::sort(words.rbegin(), words.rend());
  return words;
}

}  // namespace

TEST_CASE("candidates in any order that float32 allows come out in the exact order") {
  const Cpu cpu({.threads = 1});
  Matrix<float> x = random_rows(200, 16);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = 1 + x.data()[i] * 1e-3f;
  for (const float rounding :
       {dot_rounding(16), 1e-2f}) {  // the latter: nearly everything is decided in double
    const SearchRows rows("test", x, Similarity::cosine, cpu);
    Matrix<float> z(200, 16);
    rows.read(0, z);
    const ExactOrder order(rows, rows, rounding);
    for (Index i = 0; i < 200; ++i) {
      const auto words = words_of(rows, z, i, rounding);
      std::vector<std::int32_t> ids(20);
      CHECK(order.decide({i, words, false}, ids));
      const auto s = similarities(x, i, x, Similarity::cosine);
      REQUIRE(right_neighbors(ids, s, i, 1e-15));
    }
  }
}

TEST_CASE("it is uncertain where a candidate that was dropped may be better, and only there") {
  const Cpu cpu({.threads = 1});
  const Matrix<float> x = random_rows(100, 8);
  const SearchRows rows("test", x, Similarity::euclidean, cpu);
  Matrix<float> z(100, 8);
  rows.read(0, z);
  const float fine = dot_rounding(8), coarse = 0.5f;
  const auto all = words_of(rows, z, 3, fine), blurred = words_of(rows, z, 3, coarse);
  std::vector<std::int32_t> ids(5);
  CHECK(ExactOrder(rows, rows, fine).decide({3, std::span(all).first(19), true}, ids));
  CHECK(right_neighbors(ids, similarities(x, 3, x, Similarity::euclidean), 3, 1e-15));
  CHECK(!ExactOrder(rows, rows, coarse).decide({3, std::span(blurred).first(5), true}, ids));
  CHECK(ExactOrder(rows, rows, coarse).decide({3, blurred, false}, ids));
}

TEST_CASE("rows equal to the one that asks are neighbours of the lowest ids, without a further search") {
  const Cpu cpu({.threads = 1});
  const Matrix<float> x(60, 4, 2.f);
  const SearchRows rows("test", x, Similarity::cosine, cpu);
  Matrix<float> z(60, 4);
  rows.read(0, z);
  const auto words = words_of(rows, z, 2, dot_rounding(4));
  std::vector<std::int32_t> ids(5);
  CHECK(ExactOrder(rows, rows, dot_rounding(4)).decide({2, std::span(words).first(14), true}, ids));
  CHECK(ids == std::vector<std::int32_t>{0, 1, 3, 4, 5});
}

TEST_CASE("a similarity beyond float32 is refused, not made infinite") {
  const Cpu cpu({.threads = 1});
  Matrix<float> x(3, 1, 1e30f);
  Neighbors found{Matrix<std::int32_t>(3, 1, 1), Matrix<float>(3, 1)};
  const SearchRows products("test", x, Similarity::inner_product, cpu);
  test::refused(Errc::bad_data, "beyond the range of float32",
                [&] { fill_similarities(products, products, found, cpu); });
  const SearchRows distances("test", x, Similarity::euclidean, cpu);
  fill_similarities(distances, distances, found, cpu);
  CHECK(found.similarities(0, 0) == 0);
}
