// Accuracy with several correct labels for a sample, or several guesses of a clustering: top1→L, top5→1,
// top5→L.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/function_ref.hpp>
#include <shoal/core/prediction.hpp>
#include <shoal/core/random.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/metrics/accuracy.hpp>
#include <shoal/metrics/label_sets.hpp>
#include <shoal/metrics/spread.hpp>

namespace shoal {

/// Accuracies as shares of the samples. "1" stands for the sample's single label, "L" for its set of labels.
/// The best one-to-one assignment f of the first guesses to labels maps clusters to classes; guesses that are
/// classes already stand for themselves.
struct MultiLabelAccuracy {
  double top1_to_1 = 0;  ///< f(first guess) is the label; this is ACC
  double top1_to_L = 0;  ///< f(first guess) is in the set
  double topk_to_1 = 0;  ///< the label is f of one of the guesses
  double topk_to_L = 0;  ///< f of one of the guesses is in the set
  Index samples = 0;     ///< number of scored samples, those with a label
};

/// What the guesses of a labelling are.
enum class Guesses {
  clusters,  ///< clusters, which an assignment maps to classes
  classes    ///< classes already, as a classifier's are: f is the identity
};

namespace multilabel_impl {

/// The assignment f: the class of each cluster id; −1 for clusters that are never a first guess.
class ClassOfCluster {
 public:
  explicit ClassOfCluster(const Contingency& t) : clusters_(t.cluster_ids) {
    const std::vector<Label> map = assign(t).row_to_col;
    classes_.assign(clusters_.size(), -1);
    for (std::size_t k = 0; k < map.size(); ++k)
      if (map[k] >= 0) classes_[k] = t.class_ids[static_cast<std::size_t>(map[k])];
    // Indexed by id where ids are about as many as clusters, which is usual; but ids may be any numbers.
    if (!clusters_.empty() && clusters_.back() < 2 * std::ssize(clusters_) + (1 << 20)) {
      by_id_.assign(static_cast<std::size_t>(clusters_.back()) + 1, -1);
      for (std::size_t k = 0; k < clusters_.size(); ++k)
        by_id_[static_cast<std::size_t>(clusters_[k])] = classes_[k];
    }
  }
  [[nodiscard]] Index operator[](Label cluster) const {
    const auto id = static_cast<std::size_t>(cluster);
    if (!by_id_.empty()) return id < by_id_.size() ? by_id_[id] : -1;
    const auto found = std::lower_bound(clusters_.begin(), clusters_.end(), cluster);
    return found == clusters_.end() || *found != cluster
               ? -1
               : classes_[static_cast<std::size_t>(found - clusters_.begin())];
  }

 private:
  std::vector<Index> clusters_, classes_, by_id_;
};

inline bool contains(std::span<const Label> set, Index label) {
  return std::binary_search(set.begin(), set.end(), label);
}

/// The set of a sample, and the class of a guess, −1 if it has none.
using SetOf = FunctionRef<std::span<const Label>(Index)>;
using ClassOf = FunctionRef<Index(Label)>;

/// Scores against one label for each sample (`none` if it has none).
inline MultiLabelAccuracy score(MatrixView<const Label> top, LabelView truth, SetOf set_of, ClassOf f,
                                Workers workers, Index none) {
  struct Counts {
    Index one_to_1 = 0, one_to_L = 0, all_to_1 = 0, all_to_L = 0, samples = 0;
  };
  const auto one_block = [&](Block b) {
    Counts counts;
    for (Index i = b.first; i < b.first + b.count; ++i) {
      if (truth[i] == none) continue;
      const std::span<const Label> set = set_of(i);
      bool is_label = false, is_in_set = false;
      for (Index j = 0; j < top.cols; ++j) {
        const Index guess = f(top(i, j));
        is_label |= guess >= 0 && guess == truth[i];
        is_in_set |= guess >= 0 && contains(set, guess);
        if (j > 0) continue;
        counts.one_to_1 += is_label;
        counts.one_to_L += is_in_set;
      }
      counts.all_to_1 += is_label;
      counts.all_to_L += is_in_set;
      ++counts.samples;
    }
    return counts;
  };
  const auto add = [](Counts& sum, const Counts& part) {
    sum = {sum.one_to_1 + part.one_to_1, sum.one_to_L + part.one_to_L, sum.all_to_1 + part.all_to_1,
           sum.all_to_L + part.all_to_L, sum.samples + part.samples};
  };
  const Counts c = workers.reduce_blocks(top.rows, 1 << 14, Counts{}, one_block, add);
  const auto share = [&](Index count) { return static_cast<double>(count) / static_cast<double>(c.samples); };
  return {share(c.one_to_1), share(c.one_to_L), share(c.all_to_1), share(c.all_to_L), c.samples};
}

/// The same with f as the guesses ask for: the assignment of the first guesses to the labels, or the
/// identity.
inline MultiLabelAccuracy score(MatrixView<const Label> top, LabelView truth, SetOf set_of, Guesses guesses,
                                Workers workers, Index none) {
  if (guesses == Guesses::classes)
    return score(
        top, truth, set_of, [](Label c) { return Index{c}; }, workers, none);
  const ClassOfCluster f(contingency(first_column(top), truth, workers, none));
  return score(
      top, truth, set_of, [&f](Label cluster) { return f[cluster]; }, workers, none);
}

/// Throws invalid_argument if there are no guesses, and for negative ones.
inline void check_top(const char* function, MatrixView<const Label> top) {
  check(top.rows >= 1 && top.cols >= 1, Errc::invalid_argument, function, ": top (", top.rows, " × ",
        top.cols, ") must have a row a sample and at least one column");
  for (Index i = 0; i < top.rows; ++i)
    for (Index j = 0; j < top.cols; ++j)
      check(top(i, j) >= 0, Errc::invalid_argument, function, ": top (", top(i, j), " at row ", i,
            ", column ", j, ") must be ≥ 0");
}

}  // namespace multilabel_impl

/// Accuracies of the guesses `top` [n × k] (clusters, most likely first) against `truth` [n], where the set
/// of a sample is sets[its label], usually the label with its ancestors (ancestor_sets). Samples whose label
/// is `none` are left out. A classifier's guesses are Guesses::classes, which no assignment changes. O(n k),
/// plus the assignment. Throws invalid_argument if the lengths differ, if no sample has a label, for labels
/// outside [0, sets) and for negative guesses.
[[nodiscard]] inline MultiLabelAccuracy multilabel_accuracy(MatrixView<const Label> top, LabelView truth,
                                                            const LabelSets& sets, Workers workers = Cpu{},
                                                            Index none = no_label,
                                                            Guesses guesses = Guesses::clusters) {
  multilabel_impl::check_top("multilabel_accuracy", top);
  check(truth.size() == top.rows, Errc::invalid_argument, "multilabel_accuracy: truth (", truth.size(),
        " labels) must have as many samples as top (", top.rows, ")");
  Index labelled = 0;
  for (Index i = 0; i < truth.size(); ++i) {
    if (truth[i] == none) continue;
    ++labelled;
    check(truth[i] >= 0 && truth[i] < sets.size(), Errc::invalid_argument, "multilabel_accuracy: truth (",
          truth[i], " at sample ", i, ") must be in [0, ", sets.size(), "), the classes that have a set");
  }
  check(labelled > 0, Errc::invalid_argument, "multilabel_accuracy: truth must label at least one sample");
  const auto set_of = [&](Index i) { return sets[truth[i]]; };
  return multilabel_impl::score(top, truth, set_of, guesses, workers, none);
}

/// The number of random draws, and their seed.
struct DrawSettings {
  Index draws = 50;        ///< number of draws of one label for each sample
  std::uint64_t seed = 0;  ///< the same seed draws the same labels
};

/// The accuracies of MultiLabelAccuracy over repeated draws of one label for each sample.
struct DrawnAccuracy {
  Spread top1_to_1, top1_to_L, topk_to_1, topk_to_L;  ///< mean and deviation over the draws
  Index samples = 0;                                  ///< number of samples with at least one label
};

/// Accuracies against a given set of labels for each sample (ImageNet ReaL). Each of `draws` repetitions
/// draws one label uniformly from each set, and the assignment f is computed from these labels; samples with
/// an empty set are left out. Guesses::classes need no assignment. Draw r of sample i depends on (seed, r, i)
/// only. Throws invalid_argument if the lengths differ, if all sets are empty, and for negative guesses.
[[nodiscard]] inline DrawnAccuracy multilabel_accuracy_drawn(MatrixView<const Label> top,
                                                             const LabelSets& sets,
                                                             DrawSettings settings = {},
                                                             Workers workers = Cpu{},
                                                             Guesses guesses = Guesses::clusters) {
  multilabel_impl::check_top("multilabel_accuracy_drawn", top);
  check(sets.size() == top.rows, Errc::invalid_argument, "multilabel_accuracy_drawn: sets (", sets.size(),
        ") must be as many as the rows of top (", top.rows, ")");
  check(!sets.values.empty(), Errc::invalid_argument,
        "multilabel_accuracy_drawn: sets must not all be empty");
  check(settings.draws >= 1, Errc::invalid_argument, "multilabel_accuracy_drawn: draws (", settings.draws,
        ") must be at least 1");
  std::vector<double> values[4];
  std::vector<Label> drawn(static_cast<std::size_t>(top.rows));
  DrawnAccuracy result;
  for (Index r = 0; r < settings.draws; ++r) {
    const Philox random(settings.seed, static_cast<std::uint64_t>(r));
    workers.each_row(top.rows, [&](Index i) {
      const std::span<const Label> set = sets[i];
      drawn[static_cast<std::size_t>(i)] =
          set.empty() ? static_cast<Label>(no_label)
                      : set[static_cast<std::size_t>(
                            random.below(static_cast<Index>(set.size()), static_cast<std::uint64_t>(i)))];
    });
    const auto set_of = [&](Index i) { return sets[i]; };
    const MultiLabelAccuracy a = multilabel_impl::score(top, drawn, set_of, guesses, workers, no_label);
    values[0].push_back(a.top1_to_1);
    values[1].push_back(a.top1_to_L);
    values[2].push_back(a.topk_to_1);
    values[3].push_back(a.topk_to_L);
    result.samples = a.samples;
  }
  result.top1_to_1 = spread(values[0]);
  result.top1_to_L = spread(values[1]);
  result.topk_to_1 = spread(values[2]);
  result.topk_to_L = spread(values[3]);
  return result;
}

}  // namespace shoal
