// What a clustering tells about a truth, in nats: entropy, mutual information, and their normalised and
// chance-corrected forms.
#pragma once

#include <algorithm>
#include <cmath>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/metrics/contingency.hpp>
#include <shoal/metrics/expected_information.hpp>

namespace shoal {

/// By what the mutual information of two clusterings is divided: a mean of their entropies, or their joint
/// entropy.
enum class Normalizer { arithmetic, geometric, min, max, joint };

/// The entropies that all information scores are made of.
struct Information {
  double clusters = 0;  ///< H(K) = −Σ_k p_k log p_k
  double classes = 0;   ///< H(C)
  double mutual = 0;    ///< I(K; C) = Σ p_kc log(p_kc / (p_k p_c))
  bool equal = false;   ///< the two are the same partition (for n = 0 too)
  [[nodiscard]] double joint() const { return clusters + classes - mutual; }
};

/// −Σ_i p_i log p_i of sizes that sum to n.
inline double entropy(const std::vector<Index>& sizes, Index n, Workers workers = Cpu{}) {
  if (sizes.size() <= 1) return 0.;
  const double total = static_cast<double>(n);
  const auto one_block = [&](Block b) {
    double sum = 0;
    for (Index i = b.first; i < b.first + b.count; ++i) {
      const double size = static_cast<double>(sizes[static_cast<std::size_t>(i)]);
      sum += size * std::log(total / size);
    }
    return sum;
  };
  const auto add = [](double& sum, double part) { sum += part; };
  return workers.reduce_blocks(static_cast<Index>(sizes.size()), 1024, 0., one_block, add) / total;
}

/// All entropies of a table in one pass over its cells.
inline Information information(const Contingency& t, Workers workers = Cpu{}) {
  Information info;
  info.equal = t.cells() == t.clusters() && t.cells() == t.classes();
  info.clusters = entropy(t.cluster_sizes, t.samples, workers);
  info.classes = entropy(t.class_sizes, t.samples, workers);
  if (t.clusters() <= 1 || t.classes() <= 1) return info;
  const double n = static_cast<double>(t.samples);
  const auto one_block = [&](Block b) {
    double sum = 0;
    for (auto k = static_cast<std::size_t>(b.first); k < static_cast<std::size_t>(b.first + b.count); ++k) {
      const double share = n / static_cast<double>(t.cluster_sizes[k]);
      double row = 0;
      for (auto e = static_cast<std::size_t>(t.row_start[k]);
           e < static_cast<std::size_t>(t.row_start[k + 1]); ++e) {
        const double count = static_cast<double>(t.count[e]);
        row += count * std::log(count * share /
                                static_cast<double>(t.class_sizes[static_cast<std::size_t>(t.column[e])]));
      }
      sum += row;
    }
    return sum;
  };
  const auto add = [](double& sum, double part) { sum += part; };
  info.mutual = std::max(0., workers.reduce_blocks(t.clusters(), 64, 0., one_block, add) / n);
  return info;
}

inline double normalizer(const Information& info, Normalizer kind) {
  switch (kind) {
    case Normalizer::arithmetic:
      return (info.clusters + info.classes) / 2;
    case Normalizer::geometric:
      return std::sqrt(info.clusters * info.classes);
    case Normalizer::min:
      return std::min(info.clusters, info.classes);
    case Normalizer::max:
      return std::max(info.clusters, info.classes);
    case Normalizer::joint:
      return info.joint();
  }
  return 0;
}

/// NMI = I / normalizer. 1 for equal partitions, one cluster each and n = 0 among them; else 0 where I = 0.
inline double normalized_information(const Information& info, Normalizer kind = Normalizer::arithmetic) {
  if (info.equal) return 1.;
  return info.mutual == 0. ? 0. : info.mutual / normalizer(info, kind);
}

/// AMI = (I − E[I]) / (normalizer − E[I]), with E[I] from expected_information. 1 for equal partitions; 0
/// where one side has a single cluster, and where chance alone reaches the normalizer, so that nothing is
/// left to measure.
inline double adjusted_information(const Information& info, double expected,
                                   Normalizer kind = Normalizer::arithmetic) {
  if (info.equal) return 1.;
  if (info.clusters == 0. || info.classes == 0.) return 0.;
  const double room = normalizer(info, kind) - expected;
  return std::abs(room) <= 1e-14 * normalizer(info, kind) ? 0. : (info.mutual - expected) / room;
}
inline double adjusted_information(const Contingency& t, Workers workers = Cpu{},
                                   Normalizer kind = Normalizer::arithmetic) {
  return adjusted_information(information(t, workers),
                              expected_information(t.cluster_sizes, t.class_sizes, t.samples, workers), kind);
}

/// Do clusters hold one class only? I / H(C); 1 where H(C) = 0.
inline double homogeneity(const Information& info) {
  return info.classes == 0. ? 1. : info.mutual / info.classes;
}

/// Do classes lie in one cluster? I / H(K); 1 where H(K) = 0.
inline double completeness(const Information& info) {
  return info.clusters == 0. ? 1. : info.mutual / info.clusters;
}

/// The harmonic mean of homogeneity h and completeness c, with c weighed by β: (1 + β) h c / (β h + c).
inline double v_measure(const Information& info, double beta = 1.) {
  const double h = homogeneity(info), c = completeness(info);
  return h + c == 0. ? 0. : (1 + beta) * h * c / (beta * h + c);
}

}  // namespace shoal
