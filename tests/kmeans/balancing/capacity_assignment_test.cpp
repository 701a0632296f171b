#include <cmath>

#include <doctest/doctest.h>

#include <shoal/core/random.hpp>
#include <shoal/kmeans/balancing/capacity_assignment.hpp>

using namespace shoal;

namespace {

/// CapacityAssignment's question, answered from a matrix of costs; counts what was asked.
struct Table {
  MatrixView<const float> costs;
  Index* asked;

  void operator()(std::span<const Index> ids, std::span<const float> prices, MatrixView<Label> labels,
                  MatrixView<float> sums) const {
    std::vector<std::pair<float, Label>> order(prices.size());
    for (Index k = 0; k < labels.rows; ++k) {
      for (std::size_t c = 0; c < prices.size(); ++c)
        order[c] = {costs(ids[static_cast<std::size_t>(k)], static_cast<Index>(c)) + prices[c],
                    static_cast<Label>(c)};
      std::sort(order.begin(), order.end());
      for (Index j = 0; j < labels.cols; ++j)
        std::tie(sums(k, j), labels(k, j)) = order[static_cast<std::size_t>(j)];
    }
    *asked += labels.rows;
  }
};

/// The least total by cancelling negative cycles (Klein 1967) from any feasible assignment: rows and clusters
/// as nodes, a node more to which clusters hand rows on; Bellman and Ford's search. Slow and plain.
double least_total(MatrixView<const float> costs, CapacityBounds bounds) {
  const Index n = costs.rows, clusters = costs.cols;
  const auto size_of = [&](const std::vector<Index>& label, Index c) {
    return std::count(label.begin(), label.end(), c);
  };
  std::vector<Index> label;  // clusters in turn: sizes differ by 1 at most
  for (Index i = 0; i < n; ++i) label.push_back(i % clusters);
  for (;;) {
    // Between clusters a → b the cheapest move of one row; to and from the further node where sizes allow.
    const auto nodes = static_cast<std::size_t>(clusters + 1), hub = nodes - 1;
    std::vector<double> cost(nodes * nodes, 1e30), distance(nodes, 0);
    std::vector<Index> row(nodes * nodes, -1);
    for (Index i = 0; i < n; ++i)
      for (Index b = 0; b < clusters; ++b) {
        const Index a = label[static_cast<std::size_t>(i)];
        const auto arc = static_cast<std::size_t>(a) * nodes + static_cast<std::size_t>(b);
        const double change = static_cast<double>(costs(i, b)) - costs(i, a);
        if (a != b && change < cost[arc]) cost[arc] = change, row[arc] = i;
      }
    for (std::size_t c = 0; c < hub; ++c) {
      if (size_of(label, static_cast<Index>(c)) < bounds.hi) cost[c * nodes + hub] = 0;
      if (size_of(label, static_cast<Index>(c)) > bounds.lo) cost[hub * nodes + c] = 0;
    }
    std::vector<std::size_t> from(nodes, nodes);
    std::size_t last = nodes;
    for (std::size_t round = 0; round < nodes; ++round) {
      last = nodes;
      for (std::size_t a = 0; a < nodes; ++a)
        for (std::size_t b = 0; b < nodes; ++b)
          if (a != b && distance[a] + cost[a * nodes + b] < distance[b] - 1e-9) {
            distance[b] = distance[a] + cost[a * nodes + b];
            from[b] = a;
            last = b;
          }
    }
    if (last == nodes) break;
    for (std::size_t k = 0; k < nodes; ++k) last = from[last];  // surely on the cycle
    std::size_t at = last;
    do {
      const Index moved = row[from[at] * nodes + at];
      if (moved >= 0 && at != hub && from[at] != hub)
        label[static_cast<std::size_t>(moved)] = static_cast<Index>(at);
      at = from[at];
    } while (at != last);
  }
  double total = 0;
  for (Index i = 0; i < n; ++i) total += costs(i, label[static_cast<std::size_t>(i)]);
  return total;
}

struct Outcome {
  double total = 0;
  Index asked = 0;
  std::vector<Label> labels;
};

/// Solves, and checks the bounds and the proof: at the final prices each row is where cost + price is least,
/// and a price other than 0 is paid by clusters at that bound only.
Outcome solve(MatrixView<const float> costs, CapacityBounds bounds, std::vector<float> prices = {}) {
  prices.resize(static_cast<std::size_t>(costs.cols), 0.f);
  Outcome out;
  out.labels = CapacityAssignment(costs.rows, bounds, prices, Table{costs, &out.asked}).run();
  std::vector<Index> size(prices.size(), 0);
  for (Index i = 0; i < costs.rows; ++i) {
    const auto own = static_cast<std::size_t>(out.labels[static_cast<std::size_t>(i)]);
    ++size[own];
    const float held = costs(i, static_cast<Index>(own));
    out.total += held;
    for (Index c = 0; c < costs.cols; ++c)
      CHECK_UNARY(held + prices[own] <= costs(i, c) + prices[static_cast<std::size_t>(c)] + 1e-5);
  }
  for (std::size_t c = 0; c < prices.size(); ++c) {
    CHECK_UNARY(size[c] >= bounds.lo && size[c] <= bounds.hi);
    if (prices[c] > 1e-6f) CHECK(size[c] == bounds.hi);
    if (prices[c] < -1e-6f) CHECK(size[c] == bounds.lo);
  }
  return out;
}

Matrix<float> random_costs(Index n, Index clusters, std::uint64_t seed) {
  Matrix<float> costs(n, clusters);
  const Philox random(seed, 7);
  for (Index i = 0; i < costs.size(); ++i)
    costs.data()[i] = static_cast<float>(random.uniform(static_cast<std::uint64_t>(i)));
  return costs;
}

}  // namespace

TEST_CASE("the least total under the bounds, by another method, cold and from earlier prices") {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Index clusters = 2 + static_cast<Index>(seed % 5),
                n = clusters * (3 + static_cast<Index>(seed % 4));
    auto costs = random_costs(n, clusters, seed);
    if (seed % 3 == 0)  // one cluster is best for most
      for (Index i = 0; i < n; ++i) costs(i, 0) *= 0.3f;
    for (const CapacityBounds bounds :
         {CapacityBounds{0, n / clusters + 1}, CapacityBounds{n / clusters - 1, n},
          CapacityBounds{n / clusters - 1, n / clusters + 1}, CapacityBounds{n / clusters, n / clusters}}) {
      const double best = least_total(costs, bounds);
      CHECK(solve(costs, bounds).total == doctest::Approx(best).epsilon(1e-6));
      std::vector<float> prices;
      for (Index c = 0; c < clusters; ++c) prices.push_back(0.5f - costs(0, c));  // anything
      CHECK(solve(costs, bounds, prices).total == doctest::Approx(best).epsilon(1e-6));
    }
  }
}

TEST_CASE("more clusters than a row is asked for: the proof holds over all of them") {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    const auto costs = random_costs(400, 40, seed);
    for (const CapacityBounds bounds :
         {CapacityBounds{10, 10}, CapacityBounds{8, 12}, CapacityBounds{0, 11}, CapacityBounds{9, 400}})
      solve(costs, bounds);
  }
  // Two far groups of clusters, one of them short of rows: no near cluster can help.
  Matrix<float> costs = random_costs(300, 60, 4);
  for (Index i = 0; i < 300; ++i)
    for (Index c = 0; c < 60; ++c) costs(i, c) += (i < 290) == (c < 30) ? 0.f : 100.f;
  solve(costs, {4, 6});
  solve(costs, {5, 5});
}

TEST_CASE("bounds that do not bind change nothing, and the prices of a solution solve it at once") {
  const auto costs = random_costs(500, 30, 9);
  const auto free = solve(costs, {0, 500});
  for (Index i = 0; i < 500; ++i)
    CHECK(costs(i, free.labels[static_cast<std::size_t>(i)]) ==
          *std::min_element(costs.row(i), costs.row(i) + 30));
  CHECK(free.asked == 500);
  std::vector<float> prices(30, 0.f);
  Index asked = 0;
  const CapacityBounds bounds{15, 18};
  const auto first = CapacityAssignment(500, bounds, prices, Table{costs, &asked}).run();
  asked = 0;
  const auto again = CapacityAssignment(500, bounds, prices, Table{costs, &asked}).run();
  CHECK(asked <= 520);
  double a = 0, b = 0;
  for (Index i = 0; i < 500; ++i) {
    a += costs(i, first[static_cast<std::size_t>(i)]);
    b += costs(i, again[static_cast<std::size_t>(i)]);
  }
  CHECK(a == doctest::Approx(b).epsilon(1e-6));
}

TEST_CASE("extremes: no row, one cluster, one row a cluster, all costs the same") {
  CHECK(solve(Matrix<float>(0, 3), {0, 5}).labels.empty());
  CHECK(solve(random_costs(7, 1, 1), {7, 7}).labels == std::vector<Label>(7, 0));
  const auto square = random_costs(25, 25, 2);
  CHECK(solve(square, {1, 1}).total == doctest::Approx(least_total(square, {1, 1})).epsilon(1e-6));
  solve(Matrix<float>(120, 40, 1.f), {3, 3});
  solve(Matrix<float>(120, 40, 0.f), {1, 4});
}
