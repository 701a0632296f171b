// Exact assignment that does a fraction of the product: lower bounds kept from iteration to iteration,
// renewed by a product in bytes where they are worn out.
#pragma once

#include <optional>
#include <vector>

#include <shoal/core/workers.hpp>
#include <shoal/kmeans/bounds/label_search.hpp>
#include <shoal/kmeans/bounds/pca_tree_order.hpp>
#include <shoal/kmeans/full_assigner.hpp>

namespace shoal {

/// An Assigner (full_assigner.hpp) whose labels are those of the brute-force argmin but for rounding of
/// near-ties.
///
/// It keeps, in 8 bits, a lower bound for each row and group of centroids on the distance to the group's
/// members (alike at the start: pca_tree_order.hpp) other than the row's own centroid, and how far each group
/// has travelled since (travel.hpp): by the triangle inequality the pairs are settled while bound − travel ≥
/// the distance to the row's own centroid. Pairs left open are bounded anew one by one, by codes in bytes
/// where they are kept (group = 1), and what these leave is computed in floats (label_search.hpp). When a
/// block of rows has spent as much on that as renewing all of its bounds costs, they are renewed at once, by
/// a product of codes (coded_bounds.hpp) at a fraction of the price of one in floats. All float32 rounding is
/// covered (pair_distance.hpp). Memory: n · C / group bytes, and n · d of codes where group = 1 (none where
/// `keep` is false: then every block is renewed each time); 8 bytes a row.
class PrunedAssigner {
 public:
  struct Settings {
    Index group = 1;   ///< centroids a bound: 1, 4 or 8
    bool keep = true;  ///< keep bounds from iteration to iteration
  };

  PrunedAssigner(const CheckedRows& rows, Index clusters, Workers workers, std::span<float> squares,
                 Settings settings)
      : rows_(rows),
        workers_(workers),
        squares_(squares),
        settings_(settings),
        clusters_(clusters),
        width_(block_count(clusters, 64 * settings.group) * 64),
        spent_(static_cast<std::size_t>(block_count(rows.rows(), block_rows())), 0.0),
        block_epoch_(spent_.size(), -1),
        scratch_(static_cast<std::size_t>(workers.threads())),
        place_(static_cast<std::size_t>(clusters)),
        drift_(clusters, settings.group, width_),
        codes_(settings.group, width_, mean_of(rows.sample(1024)),
               settings.keep && settings.group == 1 ? rows.rows() : 0),
        search_(squares, clusters, settings.group, rows.cols()) {
    if (settings_.keep)
      bounds_.resize(static_cast<std::size_t>(rows.rows() * width_));  // first touched by all threads
  }

  [[nodiscard]] Index block_rows() const { return pass_rows(rows_.cols()); }

  /// Share of the pairs whose distance was not computed in floats.
  [[nodiscard]] double pruned() const {
    Index computed = 0;
    for (const Scratch& own : scratch_) computed += own.search.computed;
    return 1 - static_cast<double>(computed) /
                   (static_cast<double>(rows_.rows()) * static_cast<double>(clusters_));
  }

  void begin(MatrixView<const float> centroids) {
    for (Scratch& own : scratch_) own.search.computed = 0;
    if (iteration_ == 0) order_ = pca_tree_order(centroids, settings_.group);
    Matrix<float> ordered(clusters_, rows_.cols());
    for (Index k = 0; k < clusters_; ++k) {
      place_[static_cast<std::size_t>(order_[static_cast<std::size_t>(k)])] = static_cast<Label>(k);
      std::copy_n(centroids.row(order_[static_cast<std::size_t>(k)]), centroids.cols, ordered.row(k));
    }
    if (iteration_ > 0) {
      rows_.trust();
      drift_.advance(search_.centroids(), ordered, workers_);
    }
    codes_.set(ordered, workers_);
    search_.set(std::move(ordered), order_);
    if (iteration_ < 3) choose_scale();
    drift_.open_epoch(block_epoch_, search_.scale());
    ++iteration_;
  }

  void assign(Index first, std::span<Label> labels, int worker) {
    for (Label& label : labels)
      if (label >= 0) label = place_[static_cast<std::size_t>(label)];
    assign_places(first, labels, worker);
    for (Label& label : labels) label = order_[static_cast<std::size_t>(label)];
  }

  /// The row was given another label from outside: nothing is known of it.
  void relabel(Index row) {
    search_.forget(row);
    if (settings_.keep) std::fill_n(bounds_.data() + row * width_, width_, std::uint8_t{0});
  }

 private:
  struct Scratch {
    Buffer<float> rows;
    Buffer<std::uint8_t> bounds;
    std::vector<Index> counts, open;
    CodedBounds::Scratch codes;
    LabelSearch::Scratch search;
  };

  /// A block of rows, with labels and bounds. From here on a centroid is named by its place in order_.
  struct Part {
    Index first;
    std::span<Label> labels;
    std::uint8_t* bounds;
    const Epoch* epoch;

    [[nodiscard]] Index count() const { return static_cast<Index>(labels.size()); }
    [[nodiscard]] Label& label(Index row) const { return labels[static_cast<std::size_t>(row - first)]; }
  };
  [[nodiscard]] BoundedRow row_of(const Part& part, Index row) const {
    const Index place = row - part.first;
    return {row, place, part.bounds + place * width_, part.epoch};
  }

  void assign_places(Index first, std::span<Label> labels, int worker) {
    Scratch& own = scratch_[static_cast<std::size_t>(worker)];
    const auto block = static_cast<std::size_t>(first / block_rows());
    Part part{first, labels, bounds_.data() + first * width_, nullptr};
    own.search.marks.resize(part.count(), width_);
    if (!settings_.keep) {
      own.bounds.resize(static_cast<std::size_t>(part.count() * width_));
      part.bounds = own.bounds.data();
      block_epoch_[block] = -1;
    }
    if (labels[0] >= 0)
      for (Index i = 0; i < part.count(); ++i)
        search_.follow(first + i, drift_.step(labels[static_cast<std::size_t>(i)]));
    if (block_epoch_[block] >= 0) {
      part.epoch = &drift_.epoch(block_epoch_[block]);
      spent_[block] += find_open(part, own);
      // Spend on single pairs what renewing costs, then renew: at most twice the least cost, whatever comes.
      if (spent_[block] <= renewal_price() * static_cast<double>(clusters_)) return settle_open(part, own);
    }
    renew(part, own);
    spent_[block] = 0;
    block_epoch_[block] = drift_.latest();
  }

  /// Lists the rows that some bound leaves open, with marks. Returns the pairs left open, a row.
  double find_open(const Part& part, Scratch& own) {
    own.counts.resize(part.labels.size());
    own.open.clear();
    const auto count = [&](Index row) -> Index& {
      return own.counts[static_cast<std::size_t>(row - part.first)];
    };
    for (Index row = part.first; row < part.first + part.count(); ++row) {
      count(row) = search_.mark(row_of(part, row), own.search);
      if (codes_.of_pairs() && count(row) > worth_reading) own.open.push_back(row);
    }
    rows_.each(own.open, own.rows, [&](Index row, const float* x) {
      search_.measure(x, row, part.label(row));
      count(row) = search_.mark(row_of(part, row), own.search);
    });
    own.open.clear();
    Index total = 0;
    for (Index row = part.first; row < part.first + part.count(); ++row) {
      if (count(row) > 0) own.open.push_back(row);
      total += count(row);
    }
    return static_cast<double>(total * settings_.group) / static_cast<double>(part.count());
  }

  /// Settles the labels of the listed rows; those that codes close need not be read.
  void settle_open(const Part& part, Scratch& own) {
    if (codes_.of_pairs())
      std::erase_if(own.open, [&](Index row) {
        search_.screen(row_of(part, row), part.label(row), codes_, own.search);
        return own.search.candidates.empty();
      });
    rows_.each(own.open, own.rows, [&](Index row, const float* x) {
      search_.settle(x, row_of(part, row), part.label(row), codes_, own.search);
    });
  }

  /// Bounds held so far sink to this moment, from which the block's travel is counted again, and are raised
  /// to what codes prove; then the labels are settled.
  void renew(Part part, Scratch& own) {
    const MatrixView<const float> x = rows_.block(part.first, part.count(), own.rows);
    const Index groups = block_count(clusters_, settings_.group);
    for (Index i = 0; i < part.count(); ++i) {
      std::uint8_t* bounds = part.bounds + i * width_;
      if (part.epoch == nullptr)
        std::fill_n(bounds, groups, std::uint8_t{0});
      else
        sink_bounds(bounds, part.epoch->sunk.data(), groups);
      std::fill(bounds + groups, bounds + width_, std::uint8_t{255});
    }
    codes_.raise(x, part.bounds, search_.scale(), own.codes,
                 part.epoch == nullptr ? std::optional(part.first) : std::nullopt);
    part.epoch = &drift_.epoch(drift_.latest());
    for (Index i = 0; i < part.count(); ++i) {
      const BoundedRow at = row_of(part, part.first + i);
      Label& label = part.label(at.row);
      if (label < 0) {
        squares_[static_cast<std::size_t>(at.row)] = static_cast<float>(squared_norm(x.row(i), x.cols));
        label = search_.guess(at.bounds);
      }
      search_.exclude(x.row(i), at, label, own.search);
      search_.settle(x.row(i), at, label, codes_, own.search);
    }
  }

  /// Fits the scale of the bytes to the distances of a sample of the rows; bounds on another scale are given
  /// up.
  void choose_scale() {
    const Matrix<float> sample = rows_.sample(std::min<Index>(192, block_rows()));
    const float range = 1.75f * std::max(rms_distance(sample, search_.centroids()), 1e-12f);
    if (iteration_ > 0 && range < 1.5f * range_ && range > range_ / 2) return;
    range_ = range;
    search_.set(ByteScale(range));
    std::fill(block_epoch_.begin(), block_epoch_.end(), Index{-1});
  }

  /// Of renewing a row's bounds, in open pairs settled one by one, for each centroid (measured:
  /// docs/kmeans.md).
  [[nodiscard]] double renewal_price() const { return fastest_cost / (codes_.of_pairs() ? 3 : 5); }

  /// To read a row and take the distance to its own centroid costs as much as this many pairs by codes.
  static constexpr Index worth_reading = 24;

  CheckedRows rows_;
  Workers workers_;
  std::span<float> squares_;
  Settings settings_;
  Index clusters_, width_;
  std::vector<double> spent_;       // pairs a row that a block has settled singly since it renewed its bounds
  std::vector<Index> block_epoch_;  // the epoch from which a block's bounds sink; -1: it has none
  Buffer<std::uint8_t> bounds_;     // [n × width_]
  std::vector<Scratch> scratch_;
  std::vector<Label> order_, place_;  // [C] the centroid at a place, and the place of a centroid
  CentroidDrift drift_;
  CodedBounds codes_;
  LabelSearch search_;
  float range_ = 0;
  Index iteration_ = 0;
};

}  // namespace shoal
