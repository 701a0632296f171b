// Exact assignment that does a fraction of the product: lower bounds kept from iteration to iteration,
// renewed by a product in bytes where they are worn out.
#pragma once

#include <limits>
#include <vector>

#include <shoal/kmeans/bound_renewal.hpp>
#include <shoal/kmeans/full_assigner.hpp>
#include <shoal/kmeans/pair_distance.hpp>
#include <shoal/kmeans/similar_order.hpp>
#include <shoal/kmeans/travel.hpp>

namespace shoal {

/// An Assigner (full_assigner.hpp) whose labels are those of the brute-force argmin but for rounding of
/// near-ties.
///
/// It keeps, in 8 bits, a lower bound for each row and group of centroids on the distance to the group's
/// members (alike at the start: similar_order.hpp) other than the row's own centroid, and how far each group
/// has travelled since (travel.hpp): by the triangle inequality the pairs are settled while bound − travel ≥
/// the distance to the row's own centroid. What is left open is computed, and its bound is renewed. When a
/// block of rows has spent as much on that as renewing all of its bounds costs, they are renewed at once, by
/// a product of codes (codes.hpp) at a fraction of the price of one in floats. All float32 rounding is
/// covered (pair_distance.hpp). Memory: n · C / group bytes (none where `keep` is false: then every block is
/// renewed each time), 8 bytes a row.
class PrunedAssigner {
 public:
  struct Settings {
    Index group = 1;   ///< centroids a bound: 1, 4 or 8
    bool keep = true;  ///< keep bounds from iteration to iteration
  };

  PrunedAssigner(const FeatureRows& rows, Index clusters, const Cpu& cpu, std::span<float> squares,
                 Settings settings)
      : rows_(rows),
        cpu_(&cpu),
        squares_(squares),
        settings_(settings),
        clusters_(clusters),
        width_(block_count(clusters, 64 * settings.group) * 64),
        own_(static_cast<std::size_t>(rows.rows()), std::numeric_limits<float>::infinity()),
        spent_(static_cast<std::size_t>(block_count(rows.rows(), block_rows())), 0.0),
        block_epoch_(spent_.size(), -1),
        lanes_(static_cast<std::size_t>(cpu.threads())),
        place_(static_cast<std::size_t>(clusters)),
        travel_(clusters, settings.group, width_),
        pairs_(rows.cols()),
        renewal_(settings.group, width_, sample_rows(std::min<Index>(rows.rows(), 1024))) {
    if (settings_.keep) bounds_.assign(static_cast<std::size_t>(rows.rows() * width_), 0);
  }

  [[nodiscard]] Index block_rows() const { return pass_rows(rows_.cols()); }

  /// Share of the pairs whose distance was not computed.
  [[nodiscard]] double pruned() const {
    Index computed = 0;
    for (const Scratch& own : lanes_) computed += own.computed;
    return 1 - static_cast<double>(computed) /
                   (static_cast<double>(rows_.rows()) * static_cast<double>(clusters_));
  }

  void begin(MatrixView<const float> centroids) {
    for (Scratch& own : lanes_) own.computed = 0;
    if (iteration_ == 0) order_ = similar_order(centroids, settings_.group);
    Matrix<float> ordered(clusters_, rows_.cols());
    for (Index k = 0; k < clusters_; ++k) {
      place_[static_cast<std::size_t>(order_[static_cast<std::size_t>(k)])] = static_cast<Label>(k);
      std::copy_n(centroids.row(order_[static_cast<std::size_t>(k)]), centroids.cols, ordered.row(k));
    }
    if (iteration_ > 0) {
      rows_.trust();
      travel_.advance(pairs_.centroids(), ordered, *cpu_);
    }
    renewal_.set(ordered);
    pairs_.set(std::move(ordered), order_);
    if (iteration_ < 3) choose_scale();
    travel_.open_epoch(block_epoch_, scale_);
    ++iteration_;
  }

  void assign(Index first, std::span<Label> labels, int lane) {
    for (Label& label : labels)
      if (label >= 0) label = place_[static_cast<std::size_t>(label)];
    assign_places(first, labels, lane);
    for (Label& label : labels) label = order_[static_cast<std::size_t>(label)];
  }

  /// The row was given another label from outside: nothing is known of it.
  void relabel(Index row) {
    own_[static_cast<std::size_t>(row)] = std::numeric_limits<float>::infinity();
    if (settings_.keep) std::fill_n(bounds_.data() + row * width_, width_, std::uint8_t{0});
  }

 private:
  struct Scratch {
    Buffer<float> rows, products;
    Buffer<std::uint8_t> bounds;
    std::vector<Index> open;
    std::vector<Label> candidates;
    CodedRows coded;
    Index computed = 0;
  };

  /// From here on a centroid is named by its place in order_.
  void assign_places(Index first, std::span<Label> labels, int lane) {
    Scratch& own = lanes_[static_cast<std::size_t>(lane)];
    const Index count = static_cast<Index>(labels.size());
    Index& epoch = block_epoch_[static_cast<std::size_t>(first / block_rows())];
    std::uint8_t* bounds = bounds_.data() + first * width_;
    if (!settings_.keep) {
      own.bounds.resize(static_cast<std::size_t>(count * width_));
      bounds = own.bounds.data();
      epoch = -1;
    }
    if (epoch >= 0 && find_open(first, labels, bounds, epoch, own)) {
      refine_open(first, labels, bounds, travel_.epoch(epoch), own);
      return;
    }
    const MatrixView<const float> x = read(first, count, own.rows);
    if (labels[0] < 0)
      for (Index i = 0; i < count; ++i)
        squares_[static_cast<std::size_t>(first + i)] = static_cast<float>(squared_norm(x.row(i), x.cols));
    renew(x, bounds, epoch, own);
    epoch = travel_.latest();
    for (Index i = 0; i < count; ++i) {
      Label& label = labels[static_cast<std::size_t>(i)];
      std::uint8_t* bound = bounds + i * width_;
      if (label < 0) label = guess(bound);
      exclude(x.row(i), first + i, label, bound, own);
      refine(x.row(i), first + i, label, bound, travel_.epoch(epoch), own);
    }
  }

  /// Settles the labels of the listed rows, the next of which is on its way from memory meanwhile.
  void refine_open(Index first, std::span<Label> labels, std::uint8_t* bounds, const Epoch& epoch,
                   Scratch& own) {
    const MatrixView<const float> all = rows_.in_place();
    const Index count = static_cast<Index>(own.open.size()), cols = rows_.cols();
    own.rows.resize(static_cast<std::size_t>(all.data == nullptr ? count * cols : 0));
    const MatrixView<float> copies(own.rows.data(), count, cols);
    if (all.data == nullptr) rows_.gather(own.open, copies);
    const auto row_at = [&](Index i) {
      return all.data == nullptr ? copies.row(i) : all.row(own.open[static_cast<std::size_t>(i)]);
    };
    constexpr Index line = 16;
    for (Index i = 0; i < count; ++i) {
      const float* next = row_at(std::min(i + 1, count - 1));
      for (Index k = 0; k < cols; k += line) __builtin_prefetch(next + k);
      const Index row = own.open[static_cast<std::size_t>(i)], at = row - first;
      refine(row_at(i), row, labels[static_cast<std::size_t>(at)], bounds + at * width_, epoch, own);
    }
  }

  /// Rows of a block, in place or in `room`.
  MatrixView<const float> read(Index first, Index count, Buffer<float>& room) const {
    if (const auto all = rows_.in_place(); all.data != nullptr) return all.block(first, count);
    room.resize(static_cast<std::size_t>(count * rows_.cols()));
    const MatrixView<float> x(room.data(), count, rows_.cols());
    rows_.read(first, x);
    return x;
  }

  [[nodiscard]] Matrix<float> sample_rows(Index count) const {
    Matrix<float> sample(count, rows_.cols());
    std::vector<Index> ids;
    for (Index i = 0; i < count; ++i) ids.push_back(i * (rows_.rows() / count));
    rows_.gather_scattered(ids, sample);
    return sample;
  }

  /// Fits the scale of the bytes to the distances of a sample of the rows; bounds on another scale are given
  /// up.
  void choose_scale() {
    const Index m = std::min<Index>({rows_.rows(), 192, block_rows()});
    const float range = 1.75f * std::max(rms_distance(sample_rows(m), pairs_.centroids()), 1e-12f);
    if (iteration_ > 0 && range < 1.5f * range_ && range > range_ / 2) return;
    range_ = range;
    scale_ = ByteScale(range);
    std::fill(block_epoch_.begin(), block_epoch_.end(), Index{-1});
  }

  /// Lists the rows that some bound leaves open. False when it is time to renew the block instead.
  bool find_open(Index first, std::span<const Label> labels, const std::uint8_t* bounds, Index epoch,
                 Scratch& own) {
    const std::uint8_t* sunk = travel_.epoch(epoch).sunk.data();
    own.open.clear();
    Index open = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const Index row = first + static_cast<Index>(i);
      float& upper = own_[static_cast<std::size_t>(row)];
      const float step = travel_.step(labels[i]);
      if (step > 0) upper = (upper + step) * (1 + 0x1p-22f);
      const std::uint8_t threshold = scale_.above(upper);
      const std::uint8_t* bound = bounds + static_cast<Index>(i) * width_;
      Index row_open = 0;
      for (Index g = 0; g < width_; g += 64)
        row_open += __builtin_popcountll(open_bounds(bound + g, sunk + g, threshold));
      if (row_open > 0) own.open.push_back(row);
      open += row_open * settings_.group;
    }
    // Spend on scattered distances what renewing costs, then renew: at most twice the least cost, whatever
    // comes.
    double& spent = spent_[static_cast<std::size_t>(first / block_rows())];
    spent += static_cast<double>(open) / static_cast<double>(labels.size());
    if (spent <= CodedRows::cost * static_cast<double>(clusters_) / scattered) return true;
    spent = 0;
    return false;
  }

  /// Computes what the bounds leave open for one row, renews those bounds, and settles its label.
  void refine(const float* x, Index row, Label& label, std::uint8_t* bounds, const Epoch& epoch,
              Scratch& own) {
    const float square = squares_[static_cast<std::size_t>(row)];
    PairDistance best = pairs_.of(x, square, label);
    const Label held = label;
    const float held_lower = best.lower;
    list_candidates(label, bounds, epoch, scale_.above(best.upper), own.candidates);
    own.computed += 1 + static_cast<Index>(own.candidates.size());
    pairs_.multiply(x, own.candidates, own.products);
    float least = std::numeric_limits<float>::infinity();
    for (std::size_t k = 0; k < own.candidates.size(); ++k) {
      const Label c = own.candidates[k];
      const Index group = c / settings_.group;
      const PairDistance next = pairs_.from(own.products[k], square, c);
      if (pairs_.is_nearer(x, square, c, next.value, label, best.value)) {
        const Index left = label / settings_.group;  // the former own centroid joins the bound of its group
        if (left == group)
          least = std::min(least, best.lower);
        else
          bounds[left] = std::min(bounds[left], bound_of(best.lower, epoch, left));
        best = next;
        label = c;
      } else {
        least = std::min(least, next.lower);
      }
      if (k + 1 < own.candidates.size() && own.candidates[k + 1] / settings_.group == group) continue;
      if (held / settings_.group == group && label != held) least = std::min(least, held_lower);
      bounds[group] = bound_of(least, epoch, group);
      least = std::numeric_limits<float>::infinity();
    }
    own_[static_cast<std::size_t>(row)] = best.upper;
  }

  void list_candidates(Label label, const std::uint8_t* bounds, const Epoch& epoch, std::uint8_t threshold,
                       std::vector<Label>& candidates) const {
    candidates.clear();
    for (Index base = 0; base < width_; base += 64) {
      std::uint64_t open = open_bounds(bounds + base, epoch.sunk.data() + base, threshold);
      for (; open != 0; open &= open - 1) add_members(base + __builtin_ctzll(open), label, candidates);
    }
  }

  void add_members(Index group, Label label, std::vector<Label>& candidates) const {
    const Index end = std::min(clusters_, (group + 1) * settings_.group);
    for (Index c = group * settings_.group; c < end; ++c)
      if (c != label) candidates.push_back(static_cast<Label>(c));
  }

  [[nodiscard]] std::uint8_t bound_of(float least, const Epoch& epoch, Index group) const {
    return std::isinf(least) ? std::uint8_t{255}
                             : scale_.below(least + epoch.since[static_cast<std::size_t>(group)]);
  }

  /// Takes the row's own centroid out of the bound of its group, in the latest epoch.
  void exclude(const float* x, Index row, Label label, std::uint8_t* bounds, Scratch& own) const {
    const Index group = label / settings_.group;
    own.candidates.clear();
    add_members(group, label, own.candidates);
    pairs_.multiply(x, own.candidates, own.products);
    float least = std::numeric_limits<float>::infinity();
    for (std::size_t k = 0; k < own.candidates.size(); ++k)
      least = std::min(
          least,
          pairs_.from(own.products[k], squares_[static_cast<std::size_t>(row)], own.candidates[k]).lower);
    bounds[group] = bound_of(least, travel_.epoch(travel_.latest()), group);
  }

  /// A good first guess: the first of the group of the least bound.
  [[nodiscard]] Label guess(const std::uint8_t* bounds) const {
    const Index groups = block_count(clusters_, settings_.group);
    std::uint8_t least = 255;
    for (Index g = 0; g < groups; ++g) least = std::min(least, bounds[g]);  // many at once, as no search is
    return static_cast<Label>((std::find(bounds, bounds + groups, least) - bounds) * settings_.group);
  }

  /// Bounds held so far sink to this moment, from which the block's travel is counted again, and are raised
  /// to what codes prove.
  void renew(MatrixView<const float> x, std::uint8_t* bounds, Index epoch, Scratch& own) const {
    const Index groups = block_count(clusters_, settings_.group);
    for (Index i = 0; i < x.rows; ++i) {
      std::uint8_t* bound = bounds + i * width_;
      if (epoch < 0)
        std::fill_n(bound, groups, std::uint8_t{0});
      else
        sink_bounds(bound, travel_.epoch(epoch).sunk.data(), groups);
      std::fill(bound + groups, bound + width_, std::uint8_t{255});
    }
    renewal_.raise(x, bounds, scale_, own.coded);
  }

  /// A distance by itself costs as much as this many in a product (measured: docs/kmeans.md).
  static constexpr double scattered = 5;

  FeatureRows rows_;
  const Cpu* cpu_;
  std::span<float> squares_;
  Settings settings_;
  Index clusters_, width_;
  Buffer<float> own_;               // [n] upper bound on the distance to the own centroid
  std::vector<double> spent_;       // distances a row that a block has computed since it renewed its bounds
  std::vector<Index> block_epoch_;  // the epoch from which a block's bounds sink; -1: it has none
  Buffer<std::uint8_t> bounds_;     // [n × width_]
  std::vector<Scratch> lanes_;
  std::vector<Label> order_, place_;  // [C] the centroid at a place, and the place of a centroid
  Travel travel_;
  PairDistances pairs_;
  BoundRenewal renewal_;
  ByteScale scale_;
  float range_ = 0;
  Index iteration_ = 0;
};

}  // namespace shoal
