// The exact expected mutual information of two random clusterings with given cluster sizes.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/buffer.hpp>
#include <shoal/core/config.hpp>
#include <shoal/core/workers.hpp>

namespace shoal {

namespace expected_information_impl {

/// A size and the number of clusters, or classes, that have it.
struct SizeGroup {
  Index size;
  Index members;
};

inline Buffer<SizeGroup> group_sizes(std::vector<Index> sizes) {
  std::sort(sizes.begin(), sizes.end());
  Buffer<SizeGroup> groups;
  for (const Index size : sizes) {
    if (groups.empty() || groups.back().size != size) groups.push_back({size, 0});
    ++groups.back().members;
  }
  return groups;
}

/// The expectation E[g(k)], where k is the overlap of a cluster of size a and a class of size b when n
/// samples are placed at random (hypergeometric), with mean μ = a b / n and g(k) = k log(k / μ) − (k − μ) ≥
/// 0. Since E[k − μ] = 0, this equals E[k log(k / μ)]; but all its terms are positive, so nothing cancels and
/// the rest of a tail is bounded from one side.
class Overlap {
 public:
  explicit Overlap(Index n) : n_(static_cast<double>(n)) {
    for (std::size_t k = 1; k < logs_.size(); ++k) logs_[k] = std::log(static_cast<double>(k));
  }

  /// Walks the weights p(k) outwards from the mode by their ratios and divides by their sum, which is 1 in
  /// exact arithmetic. So no factorial, and no rounding error of one, is needed.
  [[nodiscard]] double expected(Index a, Index b) const {
    Walk w{static_cast<double>(a), static_cast<double>(b), 0, 0, 0, 0};
    w.mean = w.a * w.b / n_;
    w.log_mean = std::log(w.mean);
    const double mode = std::floor((w.a + 1) * (w.b + 1) / (n_ + 2));
    const double lowest = std::max(0., w.a + w.b - n_), highest = std::min(w.a, w.b);
    const double start = std::clamp(mode, lowest, highest);
    w.weight = 1;
    w.sum = gain(start, w);
    walk(
        w, start, highest,
        [&](double k) { return (w.a - k) * (w.b - k) / ((k + 1) * (n_ - w.a - w.b + k + 1)); }, 1);
    walk(
        w, start, lowest,
        [&](double k) { return k * (n_ - w.a - w.b + k) / ((w.a - k + 1) * (w.b - k + 1)); }, -1);
    return w.sum / w.weight;
  }

 private:
  struct Walk {
    double a, b, mean, log_mean;
    double weight, sum;  // Σ p(k) and Σ p(k) g(k), both in units of p(start)
  };

  [[nodiscard]] double gain(double k, const Walk& w) const {
    if (k == 0) return w.mean;
    const auto small = static_cast<std::size_t>(k);
    const double log_ratio = small < logs_.size() ? logs_[small] - w.log_mean : std::log(k / w.mean);
    return k * log_ratio - (k - w.mean);
  }

  /// Adds the terms from `from` (excluded) to `to` (included). The ratios r of successive weights decrease on
  /// the way out, and g(k) ≤ (k − μ)² / μ. So with D = |k − μ| and s = 1 / (1 − r), the remaining terms sum
  /// to at most p r / μ · (D² s + 2 D s² + 2 s³), and their weights to at most p r s. The walk ends when both
  /// are below 2^-53 of the sums.
  template <class Ratio> void walk(Walk& w, double from, double to, Ratio ratio, double step) const {
    constexpr double negligible = 0x1p-53;
    double p = 1, sum = 0, weight = 0;
    for (double k = from; k != to;) {
      const double r = ratio(k);
      if (p < 1e-8 && r < 1) {
        const double distance = std::abs(k - w.mean), s = 1 / (1 - r);
        const double tail = p * r / w.mean * s * (distance * distance + 2 * s * (distance + s));
        if (tail <= negligible * (w.sum + sum) && p * r * s <= negligible * (w.weight + weight)) break;
      }
      p *= r;
      k += step;
      weight += p;
      sum += p * gain(k, w);
    }
    w.weight += weight;
    w.sum += sum;
  }

  double n_;
  std::array<double, 256> logs_{};
};

}  // namespace expected_information_impl

/// The expected mutual information E[MI], in nats, over all pairs of clusterings with these sizes (Vinh, Epps
/// and Bailey, JMLR 2010, theorem 1). The sizes of each side sum to n. The result is exact to rounding: terms
/// are dropped only if their sum is bounded by 1e-15 of the result. Pairs of equal sizes are computed once,
/// so the cost is O(distinct sizes² × width of the overlap's distribution).
inline double expected_information(const std::vector<Index>& cluster_sizes,
                                   const std::vector<Index>& class_sizes, Index n, Workers workers = Cpu{}) {
  using namespace expected_information_impl;
  const Buffer<SizeGroup> clusters = group_sizes(cluster_sizes), classes = group_sizes(class_sizes);
  const Overlap overlap(n);
  const auto one_size = [&](Block task) {
    const SizeGroup a = clusters[static_cast<std::size_t>(task.index)];
    double sum = 0;
    for (const SizeGroup b : classes)
      sum +=
          static_cast<double>(a.members) * static_cast<double>(b.members) * overlap.expected(a.size, b.size);
    return sum;
  };
  const auto add = [](double& sum, double part) { sum += part; };
  const double sum = workers.reduce_blocks(static_cast<Index>(clusters.size()), 1, 0., one_size, add);
  return n == 0 ? 0. : sum / static_cast<double>(n);
}

}  // namespace shoal
