// The laws of SizeBalancing for k-means.
#pragma once

#include <algorithm>
#include <vector>

#include <shoal/core/random.hpp>
#include <shoal/kmeans/assigner_on.hpp>
#include <shoal/kmeans/balancing/size_balancing.hpp>
#include <shoal/laws/expect.hpp>

namespace shoal::laws {

/// Checks a rule that can be met for `rows` and `centroids`, whose natural clusters have uneven sizes. Throws
/// error(invalid_argument) for a law that does not hold.
template <SizeBalancing S>
void obeys_size_balancing(const S& rule, MatrixView<const float> rows, MatrixView<const float> centroids,
                          const KMeansBackend& backend) {
  if constexpr (S::active) {
    const Index n = rows.rows, C = centroids.rows;
    const Rows source(rows);
    const CheckedRows checked(source, false, "law");
    const auto search = backend.search(centroids);
    const Shard shard({}, n, rows.cols);
    const PricedRows question(checked, shard, C, *search);
    rule.check(n, C);
    expect(rule.bytes(2 * n, C) >= rule.bytes(n, C));
    const auto extremes = [&](const std::vector<Label>& labels) {
      std::vector<Index> size(static_cast<std::size_t>(C), 0);
      for (const Label label : labels) ++size[static_cast<std::size_t>(label)];
      const auto [least, most] = std::minmax_element(size.begin(), size.end());
      return std::pair(*least, *most);
    };
    std::vector<float> prices(static_cast<std::size_t>(C), 0.f);
    const auto [free_least, free_most] = extremes(question.cheapest(prices));
    for (int round = 0; round < 2; ++round) {  // first without prices, then from those of the previous round
      std::vector<float> again = prices;
      const std::vector<Label> labels = rule.assign(question, prices);
      expect(std::ssize(labels) == n);
      for (Index i = 0; i < n; ++i) {
        const Label own = labels[static_cast<std::size_t>(i)];
        expect(own >= 0 && own < C);
        const auto sum = [&](Index c) {
          return squared_distance(rows.row(i), centroids.row(c), rows.cols) / 2 +
                 double{prices[static_cast<std::size_t>(c)]};
        };
        double least = sum(own), largest = 0;
        for (Index c = 0; c < C; ++c) {
          least = std::min(least, sum(c));
          largest = std::max(largest, squared_norm(centroids.row(c), rows.cols));
        }
        expect(sum(own) <= least + 1e-5 * (1 + largest + squared_norm(rows.row(i), rows.cols)));
      }
      const auto [least, most] = extremes(labels);
      expect(least >= free_least);
      expect(most <= free_most);
      expect(rule.assign(question, again) == labels);
      expect(again == prices);
    }
  } else {
    expect(!AnySizeBalancing(rule).active());
    expect(AnySizeBalancing(rule).bytes(rows.rows, centroids.rows) == 0);
    AnySizeBalancing(rule).check(0, 1);
  }
}

}  // namespace shoal::laws
