// Exact assignment at a fraction of the cost of the full product: lower bounds are kept from iteration to
// iteration, and refreshed by a product in bytes once they exclude too little.
#pragma once

#include <vector>

#include <shoal/core/fixed_array.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/kmeans/bounds/label_search.hpp>
#include <shoal/kmeans/bounds/pca_tree_order.hpp>
#include <shoal/kmeans/full_assigner.hpp>

namespace shoal {

/// An assigner with the labels of FullAssigner, bit for bit, at a fraction of its cost.
///
/// It keeps, in 8 bits, a lower bound for each row and group of centroids on the distance to the group's
/// members (similar at the start: pca_tree_order.hpp) other than the row's own centroid, and the drift of
/// each group since (centroid_drift.hpp): by the triangle inequality a pair needs no distance while bound −
/// drift ≥ the distance to the row's own centroid. The pairs that remain, the candidates, are bounded again
/// one by one, by codes in bytes where they are kept (group = 1), and the distances of those that still
/// remain are computed in floats (label_search.hpp). Once a block of rows has spent as much on that as
/// refreshing all of its bounds costs, they are refreshed together, by a product of codes (coded_bounds.hpp)
/// at a fraction of the cost of one in floats: the block's labels are then found by bounds of single pairs,
/// of which a group keeps the least. The bounds account for all float32 rounding (pair_distance.hpp). Memory:
/// n · C / group bytes, and n · d of codes if group = 1 (none if `keep` is false: then every block is
/// refreshed each time); and 8 bytes per row.
class PrunedAssigner final : public BlockAssigner {
 public:
  /// How many centroids share a bound, and whether bounds are kept.
  struct Settings {
    Index group = 1;   ///< centroids per bound: 1 or 8
    bool keep = true;  ///< keep bounds from iteration to iteration
  };

  PrunedAssigner(const AssignmentJob& job, Workers workers, Settings settings)
      : BlockAssigner(job, workers),
        settings_(settings),
        clusters_(job.clusters),
        width_(block_count(clusters_, 64 * settings.group) * 64),
        singles_(width_ * settings.group),
        spent_(static_cast<std::size_t>(block_count(rows_.rows(), block_rows())), 0.0),
        block_epoch_(spent_.size(), -1),
        scratch_(workers.threads()),
        place_(static_cast<std::size_t>(clusters_)),
        drift_(clusters_, settings.group, width_),
        codes_(singles_, mean_of(rows_.sample(1024)), keeps_singles() ? rows_.rows() : 0),
        search_(squares_, clusters_, rows_.cols()) {
    if (settings_.keep)
      bounds_.resize(static_cast<std::size_t>(rows_.rows() * width_));  // first touched by all threads
    const auto places = static_cast<std::size_t>(singles_);
    now_ = {Buffer<float>(places, 0.f), Buffer<float>(places, 0.f), Buffer<std::uint8_t>(places, 0)};
  }

  /// Share of the pairs whose distance was not computed in floats.
  [[nodiscard]] double pruned() const override {
    Index computed = 0;
    for (const Scratch& own : scratch_) computed += own.search.computed;
    return 1 - static_cast<double>(computed) /
                   (static_cast<double>(rows_.rows()) * static_cast<double>(clusters_));
  }

  void relabel(Index row) override {
    search_.forget(row);  // nothing is known of its distances
    if (settings_.keep) std::fill_n(bounds_.data() + row * width_, width_, std::uint8_t{0});
  }

 protected:
  void begin(MatrixView<const float> centroids) override {
    for (Scratch& own : scratch_) own.search.computed = 0;
    if (iteration_ == 0) order_ = pca_tree_order(centroids, settings_.group);
    Matrix<float> ordered(clusters_, rows_.cols());
    for (Index k = 0; k < clusters_; ++k) {
      place_[static_cast<std::size_t>(order_[static_cast<std::size_t>(k)])] = static_cast<Label>(k);
      std::copy_n(centroids.row(order_[static_cast<std::size_t>(k)]), centroids.cols, ordered.row(k));
    }
    if (iteration_ > 0) {
      rows_.skip_checks();
      drift_.advance(search_.centroids(), ordered, workers_);
    }
    codes_.set(ordered, workers_);
    search_.set(std::move(ordered), order_);
    if (iteration_ < 3) choose_scale();
    drift_.start_epoch(block_epoch_, search_.scale());
    ++iteration_;
  }

  void assign_block(Index first, std::span<Label> labels, int worker) override {
    for (Label& label : labels)
      if (label >= 0) label = place_[static_cast<std::size_t>(label)];
    assign_places(first, labels, worker);
    for (Label& label : labels) label = order_[static_cast<std::size_t>(label)];
  }

 private:
  struct Scratch {
    Buffer<float> rows;
    Buffer<std::uint8_t> bounds;
    std::vector<Index> counts, undecided;
    CodedBounds::Scratch codes;
    LabelSearch::Scratch search;
  };

  /// A block of rows, with labels and bounds. From here on a centroid is named by its place in order_.
  struct Part {
    Index first;
    std::span<Label> labels;
    std::uint8_t* bounds;
    Index width, group;  // bounds of a row, and centroids per bound
    const Epoch* epoch;

    [[nodiscard]] Index count() const { return static_cast<Index>(labels.size()); }
    [[nodiscard]] Label& label(Index row) const { return labels[static_cast<std::size_t>(row - first)]; }
  };
  [[nodiscard]] BoundedRow row_of(const Part& part, Index row) const {
    const Index place = row - part.first;
    return {row, place, part.bounds + place * part.width, part.group, part.epoch};
  }

  void assign_places(Index first, std::span<Label> labels, int worker) {
    Scratch& own = scratch_[worker];
    const auto block = static_cast<std::size_t>(first / block_rows());
    Part part{first, labels, bounds_.data() + first * width_, width_, settings_.group, nullptr};
    if (labels[0] >= 0)
      for (Index i = 0; i < part.count(); ++i)
        search_.follow(first + i, drift_.step(labels[static_cast<std::size_t>(i)]));
    if (settings_.keep && block_epoch_[block] >= 0) {
      part.epoch = &drift_.epoch(block_epoch_[block]);
      own.search.marks.resize(part.count(), width_);
      spent_[block] += find_candidates(part, own);
      // Spend on single pairs what refreshing costs, then refresh: in every case at most twice the least
      // cost.
      if (spent_[block] <= refresh_price() * static_cast<double>(clusters_))
        return assign_candidates(part, own);
    }
    if (keeps_singles())
      refresh(part, own);
    else
      refresh_apart(part, own);
    spent_[block] = 0;
    block_epoch_[block] = settings_.keep ? drift_.latest() : -1;
  }

  /// Lists the rows that have candidates, and marks these. Returns the number of candidates per row.
  double find_candidates(const Part& part, Scratch& own) {
    own.counts.resize(part.labels.size());
    own.undecided.clear();
    const auto count = [&](Index row) -> Index& {
      return own.counts[static_cast<std::size_t>(row - part.first)];
    };
    for (Index row = part.first; row < part.first + part.count(); ++row) {
      count(row) = search_.mark(row_of(part, row), own.search);
      if (codes_.of_pairs() && count(row) > worth_reading) own.undecided.push_back(row);
    }
    rows_.each(own.undecided, own.rows, [&](Index row, const float* x) {
      search_.measure(x, row, part.label(row));
      count(row) = search_.mark(row_of(part, row), own.search);
    });
    own.undecided.clear();
    Index total = 0;
    for (Index row = part.first; row < part.first + part.count(); ++row) {
      if (count(row) > 0) own.undecided.push_back(row);
      total += count(row);
    }
    return static_cast<double>(total * settings_.group) / static_cast<double>(part.count());
  }

  /// Finds the labels of the listed rows. Rows whose candidates are all excluded by codes need not be read.
  void assign_candidates(const Part& part, Scratch& own) {
    if (codes_.of_pairs())
      std::erase_if(own.undecided, [&](Index row) {
        search_.list_candidates(row_of(part, row), part.label(row), codes_, own.search);
        return own.search.candidates.empty();
      });
    rows_.each(own.undecided, own.rows, [&](Index row, const float* x) {
      search_.assign(x, row_of(part, row), part.label(row), codes_, own.search);
    });
  }

  /// Refreshes the bounds of single pairs, which are not kept but for the least of each group.
  void refresh_apart(const Part& kept, Scratch& own) {
    own.bounds.resize(static_cast<std::size_t>(kept.count() * singles_));
    Part part = kept;
    part.bounds = own.bounds.data();
    part.width = singles_;
    part.group = 1;
    refresh(part, own);
    for (Index i = 0; settings_.keep && i < part.count(); ++i)
      least_of_eights(part.bounds + i * singles_, width_, kept.bounds + i * width_);
  }

  /// Replaces the bounds of single pairs by what codes prove now, which as a rule is more than what drift has
  /// left of them; then finds the labels.
  void refresh(Part part, Scratch& own) {
    const MatrixView<const float> x = rows_.block(part.first, part.count(), own.rows);
    codes_.bound(x, part.bounds, search_.scale(), own.codes, part.first, part.epoch == nullptr);
    part.epoch = &now_;
    own.search.marks.resize(part.count(), part.width);
    for (Index i = 0; i < part.count(); ++i) {
      const BoundedRow at = row_of(part, part.first + i);
      std::fill(at.bounds + clusters_, at.bounds + part.width, std::uint8_t{255});
      Label& label = part.label(at.row);
      if (label < 0) {
        squares_[static_cast<std::size_t>(at.row)] = squared_norm(x.row(i), x.cols);
        label = search_.guess(at.bounds);
      }
      at.bounds[label] = 255;  // a bound is on the distances to other centroids
      search_.assign(x.row(i), at, label, codes_, own.search);
    }
  }

  /// Fits the scale of the bytes to the distances of a sample of the rows, and drops bounds on another scale.
  void choose_scale() {
    const Matrix<float> sample = rows_.sample(std::min<Index>(192, block_rows()));
    const float range = 1.75f * std::max(rms_distance(sample, search_.centroids()), 1e-12f);
    if (iteration_ > 0 && range < 1.5f * range_ && range > range_ / 2) return;
    range_ = range;
    search_.set(ByteScale(range));
    std::fill(block_epoch_.begin(), block_epoch_.end(), Index{-1});
  }

  [[nodiscard]] bool keeps_singles() const { return settings_.keep && settings_.group == 1; }

  /// The cost of refreshing a row's bounds, per centroid, relative to that of bounding one candidate alone
  /// (measured: docs/kmeans.md).
  [[nodiscard]] double refresh_price() const { return fastest_cost / (codes_.of_pairs() ? 3 : 5); }

  /// Reading a row and computing the distance to its own centroid costs as much as this many pairs by codes.
  static constexpr Index worth_reading = 24;

  Settings settings_;
  Index clusters_, width_, singles_;  // bounds of a row: those that are kept, and one for each centroid
  std::vector<double> spent_;         // candidates per row that a block has processed since its last refresh
  std::vector<Index> block_epoch_;    // the epoch from which a block's drift is counted; -1: no bounds
  Buffer<std::uint8_t> bounds_;       // [n × width_]
  FixedArray<Scratch> scratch_;
  std::vector<Label> order_, place_;  // [C] the centroid at a place, and the place of a centroid
  CentroidDrift drift_;
  Epoch now_;  // of bounds that were computed in this iteration
  CodedBounds codes_;
  LabelSearch search_;
  float range_ = 0;
  Index iteration_ = 0;
};

}  // namespace shoal
