// Entropy and mutual information of two clusterings, in nats, with their normalised and chance-corrected
// forms.
#pragma once

#include <algorithm>
#include <cmath>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/metrics/contingency.hpp>
#include <shoal/metrics/expected_information.hpp>

namespace shoal {

/// The denominator of the normalised mutual information: a mean of the two entropies, or the joint entropy.
enum class Normalizer { arithmetic, geometric, min, max, joint };

/// The entropies from which all information scores are computed.
struct Information {
  double clusters = 0;  ///< H(K) = −Σ_k p_k log p_k
  double classes = 0;   ///< H(C)
  double mutual = 0;    ///< I(K; C) = Σ p_kc log(p_kc / (p_k p_c))
  bool equal = false;   ///< the two are the same partition (also for n = 0)
  [[nodiscard]] double joint() const { return clusters + classes - mutual; }
};

/// The entropy −Σ_i p_i log p_i of cluster sizes that sum to n, in nats.
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

/// All entropies of a table, in one pass over its cells.
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

/// The denominator of the given kind, computed from the entropies.
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

/// Normalised mutual information, NMI = I / normalizer. Returns 1 for equal partitions, including two single
/// clusters and n = 0; otherwise 0 if I = 0.
inline double normalized_information(const Information& info, Normalizer kind = Normalizer::arithmetic) {
  if (info.equal) return 1.;
  return info.mutual == 0. ? 0. : info.mutual / normalizer(info, kind);
}

/// Adjusted mutual information, AMI = (I − E[I]) / (normalizer − E[I]), with E[I] from expected_information
/// (Vinh, Epps and Bailey, JMLR 2010). Returns 1 for equal partitions; 0 if one side has a single cluster,
/// and 0 if E[I] reaches the normalizer, where the ratio is undefined.
inline double adjusted_information(const Information& info, double expected,
                                   Normalizer kind = Normalizer::arithmetic) {
  if (info.equal) return 1.;
  if (info.clusters == 0. || info.classes == 0.) return 0.;
  const double room = normalizer(info, kind) - expected;
  return std::abs(room) <= 1e-14 * normalizer(info, kind) ? 0. : (info.mutual - expected) / room;
}
/// Adjusted mutual information of a table, with the exact expectation.
inline double adjusted_information(const Contingency& t, Workers workers = Cpu{},
                                   Normalizer kind = Normalizer::arithmetic) {
  return adjusted_information(information(t, workers),
                              expected_information(t.cluster_sizes, t.class_sizes, t.samples, workers), kind);
}

/// Homogeneity, I / H(C): 1 if each cluster holds samples of one class only. Returns 1 if H(C) = 0.
inline double homogeneity(const Information& info) {
  return info.classes == 0. ? 1. : info.mutual / info.classes;
}

/// Completeness, I / H(K): 1 if all samples of a class lie in one cluster. Returns 1 if H(K) = 0.
inline double completeness(const Information& info) {
  return info.clusters == 0. ? 1. : info.mutual / info.clusters;
}

/// V-measure: the weighted harmonic mean of homogeneity h and completeness c, (1 + β) h c / (β h + c)
/// (Rosenberg and Hirschberg, EMNLP 2007).
inline double v_measure(const Information& info, double beta = 1.) {
  const double h = homogeneity(info), c = completeness(info);
  return h + c == 0. ? 0. : (1 + beta) * h * c / (beta * h + c);
}

}  // namespace shoal
