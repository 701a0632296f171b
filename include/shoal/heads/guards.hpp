// Monitors a training: the number of occupied clusters, their normalised entropy, and the head agreement.
#pragma once

#include <cmath>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/matrix.hpp>
#include <shoal/heads/engine.hpp>

namespace shoal {

/// The record of one epoch. It is computed from the training steps alone and does not use true labels.
struct HeadEpoch {
  double loss = 0;              ///< mean loss over heads and steps
  double best_loss = 0;         ///< mean loss of the best head
  Index best_head = 0;          ///< the head with the lowest mean loss; the lowest number on ties
  Index occupied_clusters = 0;  ///< clusters of the best head that were the most likely one of some row
  /// The entropy of the best head's cluster sizes, divided by log C: 1 for equal sizes, 0 for a single
  /// cluster.
  double normalised_entropy = 0;
  /// The share of pairs of heads and pairs of samples for which both heads put x and x′ together, or both
  /// apart. 1 for a single head.
  double head_agreement = 0;
};

/// Sums over the current epoch. They are part of a checkpoint, so that an epoch can be resumed in the middle.
struct EpochSums {
  Index steps = 0;
  std::vector<double> loss;    // [H]
  Matrix<Index> cluster_rows;  // [H × C] number of rows whose most likely cluster it was
  double agreement = 0;        // summed over steps

  EpochSums(Index heads, Index clusters)
      : loss(static_cast<std::size_t>(heads), 0.0), cluster_rows(heads, clusters, 0) {}

  void add(const StepReport& report) {
    const auto H = std::ssize(loss), rows = std::ssize(report.labels) / H;
    for (Index h = 0; h < H; ++h) {
      loss[static_cast<std::size_t>(h)] += report.loss[static_cast<std::size_t>(h)];
      for (Index i = 0; i < rows; ++i)
        ++cluster_rows(h, report.labels[static_cast<std::size_t>(h * rows + i)]);
    }
    agreement += head_agreement(report.labels, H);
    ++steps;
  }

  [[nodiscard]] HeadEpoch finish() const {
    HeadEpoch epoch;
    const auto count = static_cast<double>(steps);
    for (std::size_t h = 0; h < loss.size(); ++h) {
      epoch.loss += loss[h] / count / static_cast<double>(loss.size());
      if (loss[h] < loss[static_cast<std::size_t>(epoch.best_head)]) epoch.best_head = static_cast<Index>(h);
    }
    epoch.best_loss = loss[static_cast<std::size_t>(epoch.best_head)] / count;
    double total = 0, sum = 0;
    for (const Index rows : cluster_rows.view().span(epoch.best_head)) total += static_cast<double>(rows);
    for (const Index rows : cluster_rows.view().span(epoch.best_head)) {
      if (rows == 0) continue;
      ++epoch.occupied_clusters;
      const double share = static_cast<double>(rows) / total;
      sum -= share * std::log(share);
    }
    const auto clusters = static_cast<double>(cluster_rows.cols());
    epoch.normalised_entropy = clusters > 1 ? sum / std::log(clusters) : 1;
    epoch.head_agreement = agreement / count;
    return epoch;
  }

 private:
  /// The share of pairs of heads, over the pairs of the batch, that both put x and x′ together, or both
  /// apart.
  [[nodiscard]] static double head_agreement(const std::vector<Label>& labels, Index heads) {
    if (heads < 2) return 1;
    const auto batch = std::ssize(labels) / heads / 2;
    const auto label = [&](Index h, Index view, Index b) {
      return labels[static_cast<std::size_t>((2 * h + view) * batch + b)];
    };
    Index same = 0;
    for (Index b = 0; b < batch; ++b) {
      Index together = 0;
      for (Index h = 0; h < heads; ++h) together += label(h, 0, b) == label(h, 1, b) ? 1 : 0;
      const Index apart = heads - together;
      same += together * (together - 1) + apart * (apart - 1);
    }
    return static_cast<double>(same) / static_cast<double>(batch * heads * (heads - 1));
  }
};

}  // namespace shoal
