#include "metrics/distance_oracle.hpp"

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/random.hpp>
#include <shoal/metrics/distance_block.hpp>

using namespace shoal;

namespace {

Matrix<float> rows_around(float mean, Index n, Index d) {
  Matrix<float> x(n, d);
  for (Index i = 0; i < x.size(); ++i)
    x.data()[i] = mean + static_cast<float>(Philox(8, 0).normal(static_cast<std::uint64_t>(i)));
  std::copy_n(x.row(0), d, x.row(n - 1));  // a duplicate: its distance is 0
  return x;
}

}  // namespace

TEST_CASE("a block of distances is right to float32, near zero and far from it") {
  const Index n = 45, d = 19;
  for (const float mean : {0.f, 30.f}) {
    const Matrix<float> x = rows_around(mean, n, d);
    for (const Distance kind : {Distance::euclidean, Distance::cosine}) {
      const DistanceReader reader("test", x, kind, Cpu({.threads = 1}));
      std::vector<Index> ids;
      for (Index i = 0; i < n; ++i) ids.push_back(i);
      DistanceRows rows;
      reader.gather(ids, rows);
      Matrix<float> out(n, block_count(n, vector_width) * vector_width);
      ProductScratch scratch;
      const auto gap = [&](Index i, Index j) { return reader.square_gap(rows, i, rows, j); };
      distances(rows, rows, kind, reader.scale(), gap, out.view().columns(0, n), scratch);
      const double unit = kind == Distance::euclidean ? reader.scale() : reader.scale() * reader.scale();
      const double most = kind == Distance::euclidean ? 20 : mean == 0 ? 2 : 0.1;
      for (Index i = 0; i < n; ++i)
        for (Index j = 0; j < n; ++j)
          REQUIRE(std::abs(double{out(i, j)} / unit - distance_oracle(x, i, j, kind)) <= 1e-6 * most);
      CHECK(out(0, n - 1) == 0);
    }
  }
}

TEST_CASE("no rows and bad rows are refused") {
  const Cpu cpu({.threads = 1});
  CHECK_THROWS_AS(DistanceReader("f", Matrix<float>(0, 3), Distance::euclidean, cpu), error);
  Matrix<float> x = rows_around(0, 6, 3);
  std::fill_n(x.row(4), 3, 0.f);
  CHECK_NOTHROW(DistanceReader("f", x, Distance::euclidean, cpu));
  CHECK_THROWS_WITH_AS(DistanceReader("f", x, Distance::cosine, cpu), doctest::Contains("row 4"), error);
  x(2, 1) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS(DistanceReader("f", x, Distance::euclidean, cpu), doctest::Contains("row 2"), error);
}
