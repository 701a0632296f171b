// Hierarchical zero-shot relabelling (HZR, p-HZR): refines coarse labels step by step down a hierarchy (the
// paper, section 4.2 and C.1).
#pragma once

#include <shoal/core/buffer.hpp>
#include <shoal/hierarchy/zero_shot.hpp>

namespace shoal {

/// Whether a sample may keep an inner label, and the temperature of the confidences.
struct RelabelSettings {
  bool parent = true;         ///< p-HZR: the label competes with its children; if it wins, the descent ends
  float temperature = 0.01f;  ///< temperature of the softmax that gives a step's confidence
};

/// The refined labels and their confidences.
struct Relabeled {
  std::vector<Label> labels;  ///< [n] the node where the descent ended
  std::vector<float>
      confidence;      ///< [n] product of the winners' softmax probabilities over all steps; 1 for leaves
  Lists<Label> paths;  ///< n lists: the given label, then each node the sample moved to
};

namespace relabel_impl {
/// For each class, the candidates of a sample that has reached it: its children, preceded by the class itself
/// in p-HZR. The first candidate wins ties.
inline Lists<Label> contenders(const Hierarchy& h, bool parent) {
  Lists<Label> sets;
  for (Node i = 0; i < h.size(); ++i) {
    if (parent && !h.is_leaf(i)) sets.values.push_back(i);
    sets.append(h.children(i));
  }
  return sets;
}

/// A step of a sample down the hierarchy.
struct Step {
  Index row;
  Label label;  // where it arrives
};

/// The steps of all samples, each sample's in order, as one path for each sample.
inline Lists<Label> paths(std::span<const Label> labels, const Buffer<Step>& steps) {
  Lists<Label> found;
  found.offsets.assign(labels.size() + 1, 1);
  found.offsets[0] = 0;
  for (const Step& step : steps) ++found.offsets[static_cast<std::size_t>(step.row) + 1];
  for (std::size_t i = 1; i < found.offsets.size(); ++i) found.offsets[i] += found.offsets[i - 1];
  found.values.resize(static_cast<std::size_t>(found.offsets.back()));
  std::vector<Index> next(found.offsets.begin(), found.offsets.end() - 1);
  const auto put = [&](std::size_t row, Label label) {
    found.values[static_cast<std::size_t>(next[row]++)] = label;
  };
  for (std::size_t i = 0; i < labels.size(); ++i) put(i, labels[i]);
  for (const Step& step : steps) put(static_cast<std::size_t>(step.row), step.label);
  return found;
}
}  // namespace relabel_impl

/// Refines `labels` [n], which are nodes of `h`, the hierarchy of the classes alone (restrict_to). Starting
/// at its label, a sample moves to the child whose prototype has the highest cosine with its row of
/// `features`, until it reaches a leaf. With settings.parent the node reached so far is a candidate too, and
/// the descent ends if it wins. Children are those by any parent; `prototypes` is [h.size() × d]. Ties go to
/// the node itself, then to the lowest child. Each round multiplies the samples at a node with its
/// candidates' prototypes in blocks: O(n · depth · children · d). The same bits for any number of threads.
/// Throws invalid_argument for shapes, labels and settings that do not fit, and bad_data for rows without a
/// direction.
[[nodiscard]] inline Relabeled relabel(const Hierarchy& h, AnyRows features, std::span<const Label> labels,
                                       MatrixView<const float> prototypes, const RelabelSettings& settings,
                                       const CandidateBackend& backend, const Hook& hook = {}) {
  using namespace zero_shot_impl;
  check_shapes("relabel", features, prototypes, settings.temperature);
  check(prototypes.rows == h.size(), Errc::invalid_argument, "relabel: prototypes (", prototypes.rows,
        " rows) must have one a class of the hierarchy (", h.size(), ")");
  check(static_cast<Index>(labels.size()) == features.rows(), Errc::invalid_argument, "relabel: labels (",
        labels.size(), ") must have one entry a row (", features.rows(), ")");
  for (std::size_t i = 0; i < labels.size(); ++i)
    check(labels[i] >= 0 && labels[i] < h.size(), Errc::invalid_argument, "relabel: labels[", i, "] (",
          labels[i], ") must be in [0, ", h.size(), ")");
  const Matrix<float> unit = unit_rows("relabel: prototypes", prototypes);
  const Lists<Label> sets = relabel_impl::contenders(h, settings.parent);

  Relabeled result{{labels.begin(), labels.end()}, std::vector<float>(labels.size(), 1.f), {}};
  std::vector<Index> at(labels.begin(), labels.end());  // the set each row competes for; −1 once it has ended
  Buffer<relabel_impl::Step> steps;
  std::size_t before = 0;
  do {
    before = steps.size();
    for (Index& node : at)
      if (node >= 0 && sets[node].empty()) node = -1;
    backend.best_candidates({"relabel", features, unit, sets, at, settings.temperature, 1}, hook,
                            [&](Index row, std::span<const Label> best, float confidence) {
                              result.labels[static_cast<std::size_t>(row)] = best.front();
                              result.confidence[static_cast<std::size_t>(row)] *= confidence;
                            });
    for (std::size_t i = 0; i < at.size(); ++i) {
      if (at[i] < 0) continue;
      const bool moved = result.labels[i] != at[i];
      if (moved) steps.push_back({static_cast<Index>(i), result.labels[i]});
      at[i] = moved ? result.labels[i] : -1;
    }
  } while (steps.size() > before);
  result.paths = relabel_impl::paths(labels, steps);
  return result;
}

/// How many samples a relabelling moved, and by how many steps.
struct RelabelStatistics {
  Index inner = 0;                      ///< number of samples whose label had children
  Index moved = 0;                      ///< number of samples whose label changed
  std::vector<Index> by_steps;          ///< number of samples that moved 0, 1, 2, … steps down
  Index classes = 0, kept_classes = 0;  ///< classes with samples before; those of them with samples after
  Index classes_after = 0;              ///< classes with samples after, new ones included
};

/// Summarises the result of relabel(h, …). O(samples + nodes).
[[nodiscard]] inline RelabelStatistics relabel_statistics(const Hierarchy& h, const Relabeled& result) {
  RelabelStatistics s;
  std::vector<bool> before(static_cast<std::size_t>(h.size())), after(before.size());
  for (Index i = 0; i < result.paths.size(); ++i) {
    const auto path = result.paths[i];
    const std::size_t steps = path.size() - 1;
    s.inner += !h.is_leaf(path.front());
    s.moved += steps > 0;
    if (steps >= s.by_steps.size()) s.by_steps.resize(steps + 1);
    ++s.by_steps[steps];
    before[static_cast<std::size_t>(path.front())] = true;
    after[static_cast<std::size_t>(path.back())] = true;
  }
  for (std::size_t c = 0; c < before.size(); ++c) {
    s.classes += before[c];
    s.kept_classes += before[c] && after[c];
    s.classes_after += after[c];
  }
  return s;
}

}  // namespace shoal
