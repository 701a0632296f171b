// The standard scores of a clustering against a truth, all computed from one sparse contingency table.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <shoal/backend/ranks.hpp>
#include <shoal/core/check.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/metrics/accuracy.hpp>
#include <shoal/metrics/contingency.hpp>
#include <shoal/metrics/information.hpp>
#include <shoal/metrics/rand_index.hpp>
#include <shoal/metrics/shared_contingency.hpp>

namespace shoal {

/// The quality of a clustering given the true classes. The scores are fractions; 1 is best.
struct Quality {
  double acc = 0;              ///< clustering accuracy under the best one-to-one assignment
  double nmi = 0;              ///< normalised mutual information (arithmetic mean)
  double ami = 0;              ///< adjusted mutual information (arithmetic mean, exact expectation)
  double ari = 0;              ///< adjusted Rand index
  double purity = 0;           ///< accuracy under the best many-to-one assignment
  double homogeneity = 0;      ///< 1 − H(class | cluster) / H(class)
  double completeness = 0;     ///< 1 − H(cluster | class) / H(cluster)
  double fowlkes_mallows = 0;  ///< geometric mean of pair precision and recall
  PairCounts pairs;            ///< pairs of samples by whether they share a cluster and a class
  Index samples = 0;           ///< number of scored samples, those with both labels
  Index unlabelled = 0;        ///< number of samples left out because a label is missing
  Index clusters = 0;          ///< number of clusters that occur
  Index classes = 0;           ///< number of classes that occur
};

/// All scores of a contingency table. A template for shoal::compiled (docs/design.md, "Compile time").
template <class = void> Quality evaluate(const Contingency& t, Workers workers = Cpu{}) {
  const Information info = information(t, workers);
  Quality q;
  q.acc = accuracy(t);
  q.nmi = normalized_information(info);
  q.ami =
      adjusted_information(info, expected_information(t.cluster_sizes, t.class_sizes, t.samples, workers));
  q.pairs = pair_counts(t);
  q.ari = adjusted_rand_index(q.pairs);
  q.purity = purity(t);
  q.homogeneity = homogeneity(info);
  q.completeness = completeness(info);
  q.fowlkes_mallows = fowlkes_mallows(q.pairs);
  q.samples = t.samples;
  q.unlabelled = t.unlabelled;
  q.clusters = t.clusters();
  q.classes = t.classes();
  return q;
}

/// Scores cluster labels against true labels, two int32 or int64 arrays of equal length with any ids. Samples
/// whose label is `none` in either array are left out. If no samples are left, all scores are 1, as in
/// scikit-learn; `samples` says so. The same bits for any number of threads. Throws invalid_argument if the
/// lengths differ.
inline Quality evaluate(LabelView labels, LabelView truth, Workers workers = Cpu{}, Index none = no_label) {
  return evaluate(contingency(labels, truth, workers, none), workers);
}

/// The same for labels that lie on ranks, each of which gives those of its own samples and gets the scores of
/// all: the bits are those of one process. Ranks exchange the cells of their tables, 24 bytes each.
template <RankedBackend R>
Quality evaluate(LabelView labels, LabelView truth, const R& ranks, Index none = no_label) {
  const AnyCommunicator all(ranks.communicator());
  return together(all, [&] {
    const Contingency own = contingency(labels, truth, ranks.inner(), none);
    return evaluate(shared_contingency(own, all), ranks.inner());
  });
}

/// Marks the correctly clustered samples [n]: 1 if the best one-to-one assignment maps the sample's cluster
/// to its class, else 0. Samples whose label is `none` in either array are 0. This is the input of
/// calibration().
inline std::vector<std::uint8_t> right_samples(LabelView labels, LabelView truth, Workers workers = Cpu{},
                                               Index none = no_label) {
  const Contingency t = contingency(labels, truth, workers, none);
  const std::vector<Label> map = assign(t).row_to_col;
  const auto number = [](const std::vector<Index>& ids, Index id) {
    return std::lower_bound(ids.begin(), ids.end(), id) - ids.begin();
  };
  std::vector<std::uint8_t> right(static_cast<std::size_t>(labels.size()), 0);
  workers.each_row(labels.size(), [&](Index i) {
    if (labels[i] == none || truth[i] == none) return;
    const Label c = map[static_cast<std::size_t>(number(t.cluster_ids, labels[i]))];
    right[static_cast<std::size_t>(i)] = c >= 0 && t.class_ids[static_cast<std::size_t>(c)] == truth[i];
  });
  return right;
}

/// The same for labels that are classes already, as a classifier's are: 1 if the label is the sample's class,
/// else 0. O(n). Throws invalid_argument if the lengths differ.
inline std::vector<std::uint8_t> right_classes(LabelView labels, LabelView truth) {
  check(labels.size() == truth.size(), Errc::invalid_argument, "right_classes: truth (", truth.size(),
        " labels) must have as many samples as labels (", labels.size(), ")");
  std::vector<std::uint8_t> right(static_cast<std::size_t>(labels.size()));
  for (Index i = 0; i < labels.size(); ++i) right[static_cast<std::size_t>(i)] = labels[i] == truth[i];
  return right;
}

}  // namespace shoal

#if defined(SHOAL_COMPILED)  // linked with shoal::compiled, which has these (src/metrics.cpp)
#include <shoal/simd/instruction_sets.hpp>

namespace shoal {
extern template Contingency contingency<>(LabelView, LabelView, Workers, Index);
extern template Contingency shared_contingency<>(const Contingency&, const AnyCommunicator&);
extern template Quality evaluate<>(const Contingency&, Workers);
}  // namespace shoal
#endif
