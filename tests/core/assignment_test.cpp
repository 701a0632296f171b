#include <limits>
#include <numeric>

#include <doctest/doctest.h>

#include <shoal/core/assignment.hpp>
#include <shoal/core/random.hpp>

using namespace shoal;

namespace {

/// A random sparse table that owns its arrays.
struct Table {
  Index rows, cols;
  std::vector<Index> row_start{0};
  std::vector<Label> column;
  std::vector<Index> profit;

  Table(Index r, Index c, double density, Index largest, std::uint64_t seed) : rows(r), cols(c) {
    const Philox random(seed, 0);
    std::uint64_t draw = 0;
    for (Index i = 0; i < r; ++i) {
      for (Index j = 0; j < c; ++j) {
        if (random.uniform(draw++) >= density) continue;
        column.push_back(static_cast<Label>(j));
        profit.push_back(random.below(largest + 1, draw++));
      }
      row_start.push_back(static_cast<Index>(column.size()));
    }
  }
  [[nodiscard]] Profits<Index> view() const { return {rows, cols, row_start, column, profit}; }
  [[nodiscard]] Index at(Index i, Index j) const {
    for (auto e = static_cast<std::size_t>(row_start[static_cast<std::size_t>(i)]);
         e < static_cast<std::size_t>(row_start[static_cast<std::size_t>(i + 1)]); ++e)
      if (column[e] == j) return profit[e];
    return 0;
  }
};

/// The duals prove that the assignment is optimal; and it is one-to-one and complete.
void check_certificate(const Table& t, const Assignment<Index>& a) {
  Index total = 0, pairs = 0;
  for (Index i = 0; i < t.rows; ++i) {
    const Label j = a.row_to_col[static_cast<std::size_t>(i)];
    CHECK_UNARY(j >= -1 && j < t.cols);
    if (j < 0) continue;
    CHECK(a.col_to_row[static_cast<std::size_t>(j)] == i);
    total += t.at(i, j);
    ++pairs;
  }
  CHECK(pairs == std::min(t.rows, t.cols));
  CHECK(total == a.total);
  Index prices = 0;
  for (const Index price : a.row_price) {
    CHECK(price >= 0);
    prices += price;
  }
  for (const Index price : a.col_price) {
    CHECK(price >= 0);
    prices += price;
  }
  CHECK(prices == total);
  Index cheap = 0;
  for (std::size_t i = 0; i < a.row_price.size(); ++i)
    for (auto e = static_cast<std::size_t>(t.row_start[i]); e < static_cast<std::size_t>(t.row_start[i + 1]);
         ++e)
      cheap += a.row_price[i] + a.col_price[static_cast<std::size_t>(t.column[e])] < t.profit[e];
  CHECK(cheap == 0);
}

Index brute_force(const Table& t) {
  const Index size = std::max(t.rows, t.cols);
  std::vector<Index> order(static_cast<std::size_t>(size));
  std::iota(order.begin(), order.end(), Index{0});
  Index best = 0;
  do {
    Index total = 0;
    for (Index i = 0; i < t.rows; ++i) {
      const Index j = order[static_cast<std::size_t>(i)];
      if (j < t.cols) total += t.at(i, j);
    }
    best = std::max(best, total);
  } while (std::next_permutation(order.begin(), order.end()));
  return best;
}

}  // namespace

TEST_CASE("assign: every permutation of up to 7 clusters and classes") {
  std::uint64_t seed = 0;
  for (Index rows = 1; rows <= 7; ++rows)
    for (Index cols = 1; cols <= 7; ++cols)
      for (const double density : {0.2, 0.6, 1.}) {
        if (std::max(rows, cols) == 7 && rows != cols && rows + cols != 12)
          continue;  // 5,040 permutations each
        const Table t(rows, cols, density, 9, ++seed);
        const Assignment<Index> a = assign(t.view());
        CHECK(a.total == brute_force(t));
        check_certificate(t, a);
      }
}

TEST_CASE("assign: the certificate holds on larger tables, few profits and many ties") {
  for (const Index largest : {1, 3, 1000})
    for (const auto& [rows, cols] : {std::pair<Index, Index>{200, 200}, {150, 300}, {300, 150}})
      for (const double density : {0.01, 0.05, 0.5}) {
        const Table t(rows, cols, density, largest, static_cast<std::uint64_t>(rows + largest));
        check_certificate(t, assign(t.view()));
      }
}

TEST_CASE("assign: nothing, one row, empty rows, columns no one wants") {
  CHECK(assign(Table(0, 0, 1, 1, 0).view()).total == 0);
  const Table wide(1, 5, 0., 1, 0);
  CHECK(assign(wide.view()).row_to_col == std::vector<Label>{0});
  const Table tall(4, 2, 0., 1, 0);
  CHECK(assign(tall.view()).row_to_col == std::vector<Label>{0, 1, -1, -1});
}

TEST_CASE("assign: float profits") {
  const std::vector<Index> start{0, 2, 4};
  const std::vector<Label> column{0, 1, 0, 1};
  const std::vector<double> profit{0.9, 0.8, 0.7, 0.1};
  const auto a = assign(Profits<double>{2, 2, start, column, profit});
  CHECK(a.row_to_col == std::vector<Label>{1, 0});
  CHECK(a.total == doctest::Approx(1.5));
}

TEST_CASE("assign: bad input") {
  const std::vector<Index> start{0, 1};
  const std::vector<Label> column{3};
  const std::vector<double> profit{1.}, negative{-1.}, nan{std::numeric_limits<double>::quiet_NaN()};
  CHECK_THROWS_WITH_AS((void)assign(Profits<double>{1, 3, start, column, profit}),
                       "assign: column (3) must be in [0, 3)", error);
  CHECK_THROWS_WITH_AS((void)assign(Profits<double>{1, 4, start, column, negative}),
                       "assign: profit (-1) must be ≥ 0", error);
  CHECK_THROWS_AS((void)assign(Profits<double>{1, 4, start, column, nan}), error);
  CHECK_THROWS_AS((void)assign(Profits<double>{2, 4, start, column, profit}), error);
}
