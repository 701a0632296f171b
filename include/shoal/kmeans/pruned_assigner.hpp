// Exact assignment that does a fraction of the product: lower bounds kept from iteration to iteration,
// renewed by a product in bytes where they are worn out.
#pragma once

#include <limits>
#include <vector>

#include <shoal/kmeans/coded_bounds.hpp>
#include <shoal/kmeans/full_assigner.hpp>
#include <shoal/kmeans/open_marks.hpp>
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
/// the distance to the row's own centroid. Pairs left open are bounded anew one by one, by codes in bytes
/// where they are kept (group = 1), and what these leave is computed in floats. When a block of rows has
/// spent as much on that as renewing all of its bounds costs, they are renewed at once, by a product of codes
/// (coded_bounds.hpp) at a fraction of the price of one in floats. All float32 rounding is covered
/// (pair_distance.hpp). Memory: n · C / group bytes, and n · d of codes where group = 1 (none where `keep` is
/// false: then every block is renewed each time); 8 bytes a row.
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
        codes_(settings.group, width_, mean_of(rows.sample(1024)),
               settings.keep && settings.group == 1 ? rows.rows() : 0) {
    if (settings_.keep)
      bounds_.resize(static_cast<std::size_t>(rows.rows() * width_));  // first touched by all threads
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
    pairs_.set(std::move(ordered), order_);
    if (iteration_ < 3) choose_scale();
    codes_.set(pairs_.centroids(), *cpu_);
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
    OpenMarks marks;
    std::vector<Index> counts, open;
    Buffer<Label> candidates;
    CodedBounds::Scratch codes;
    Index computed = 0;
  };

  /// Some rows that follow each other, with their labels and bounds. From here on a centroid is named by its
  /// place in order_.
  struct Part {
    Index first;
    std::span<Label> labels;
    std::uint8_t* bounds;
    const Epoch* epoch;
  };
  std::uint8_t* bounds_of(const Part& part, Index i) const { return part.bounds + i * width_; }

  void assign_places(Index first, std::span<Label> labels, int lane) {
    Scratch& own = lanes_[static_cast<std::size_t>(lane)];
    const auto count = static_cast<Index>(labels.size());
    const auto block = static_cast<std::size_t>(first / block_rows());
    own.marks.resize(count, width_);
    Part part{first, labels, bounds_.data() + first * width_, nullptr};
    if (!settings_.keep) {
      own.bounds.resize(static_cast<std::size_t>(count * width_));
      part.bounds = own.bounds.data();
      block_epoch_[block] = -1;
    }
    if (labels[0] >= 0) follow_centroids(part);
    if (block_epoch_[block] >= 0) {
      part.epoch = &travel_.epoch(block_epoch_[block]);
      spent_[block] += find_open(part, own);
      // Spend on single distances what renewing costs, then renew: at most twice the least cost, whatever
      // comes.
      if (spent_[block] <= renewal_price() * static_cast<double>(clusters_)) return settle_open(part, own);
    }
    renew(part, block_epoch_[block], own);
    spent_[block] = 0;
    block_epoch_[block] = travel_.latest();
  }

  /// Bounds on the distances to the own centroids grow by what these have moved.
  void follow_centroids(const Part& part) {
    float* upper = own_.data() + part.first;
    for (const Label label : part.labels) {
      const float step = travel_.step(label);
      if (step > 0) *upper = (*upper + step) * (1 + 0x1p-22f);
      ++upper;
    }
  }

  /// Lists the rows that some bound leaves open, with marks. Returns the pairs left open, a row.
  double find_open(const Part& part, Scratch& own) {
    const auto count = static_cast<Index>(part.labels.size());
    own.counts.resize(part.labels.size());
    own.open.clear();
    for (Index i = 0; i < count; ++i) {
      const Index open = own.counts[static_cast<std::size_t>(i)] = mark(part, i, own);
      if (codes_.of_pairs() && open > worth_reading) own.open.push_back(part.first + i);
    }
    rows_.each(own.open, own.rows, [&](Index row, const float* x) {
      const auto at = static_cast<std::size_t>(row - part.first);
      own_[static_cast<std::size_t>(row)] =
          pairs_.of(x, squares_[static_cast<std::size_t>(row)], part.labels[at]).upper;
      own.counts[at] = mark(part, row - part.first, own);
    });
    own.open.clear();
    Index total = 0;
    for (Index i = 0; i < count; ++i) {
      if (own.counts[static_cast<std::size_t>(i)] > 0) own.open.push_back(part.first + i);
      total += own.counts[static_cast<std::size_t>(i)];
    }
    return static_cast<double>(total * settings_.group) / static_cast<double>(count);
  }

  Index mark(const Part& part, Index i, Scratch& own) const {
    const float upper = own_[static_cast<std::size_t>(part.first + i)];
    return own.marks.mark(i, bounds_of(part, i), part.epoch->sunk.data(), scale_.above(upper));
  }

  /// Settles the labels of the listed rows.
  void settle_open(const Part& part, Scratch& own) {
    if (codes_.of_pairs())
      std::erase_if(own.open, [&](Index row) {
        const Index i = row - part.first;
        own.marks.list(i, settings_.group, clusters_, part.labels[static_cast<std::size_t>(i)],
                       own.candidates);
        screen(part, i, own);
        return own.candidates.empty();
      });
    rows_.each(own.open, own.rows,
               [&](Index row, const float* x) { settle(x, part, row - part.first, own); });
  }

  /// Fits the scale of the bytes to the distances of a sample of the rows; bounds on another scale are given
  /// up.
  void choose_scale() {
    const Matrix<float> sample = rows_.sample(std::min<Index>(192, block_rows()));
    const float range = 1.75f * std::max(rms_distance(sample, pairs_.centroids()), 1e-12f);
    if (iteration_ > 0 && range < 1.5f * range_ && range > range_ / 2) return;
    range_ = range;
    scale_ = ByteScale(range);
    std::fill(block_epoch_.begin(), block_epoch_.end(), Index{-1});
  }

  /// Bounds the listed pairs of a row by its codes, and leaves those listed that are still open.
  void screen(const Part& part, Index i, Scratch& own) const {
    const float upper = own_[static_cast<std::size_t>(part.first + i)];
    std::uint8_t* bounds = bounds_of(part, i);
    std::size_t left = 0;
    codes_.each_lane(part.first + i, own.candidates, [&](std::size_t first, std::size_t count, Lane below) {
      Label* some = own.candidates.data() + first;
      Lane since{};
      for (std::size_t k = 0; k < count; ++k) since[k] = part.epoch->since[static_cast<std::size_t>(some[k])];
      const LaneBytes fresh = scale_.below(below + since);
      for (std::size_t k = 0; k < count; ++k) {
        const Label c = some[k];
        bounds[c] = std::max(bounds[c], fresh[k]);
        own.candidates[left] = c;
        left += below[k] <= upper;
      }
    });
    own.candidates.resize(left);
  }

  /// Computes what the bounds leave open for a row, renews those bounds, and settles its label.
  void settle(const float* x, const Part& part, Index i, Scratch& own) {
    const auto row = static_cast<std::size_t>(part.first + i);
    Label& label = part.labels[static_cast<std::size_t>(i)];
    std::uint8_t* bounds = bounds_of(part, i);
    const float square = squares_[row];
    PairDistance best = pairs_.of(x, square, label);
    const Label held = label;
    const float held_lower = best.lower;
    own_[row] = best.upper;
    mark(part, i, own);
    own.marks.list(i, settings_.group, clusters_, label, own.candidates);
    if (codes_.of_pairs()) screen(part, i, own);
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
          bounds[left] = std::min(bounds[left], bound_of(best.lower, *part.epoch, left));
        best = next;
        label = c;
      } else {
        least = std::min(least, next.lower);
      }
      if (k + 1 < own.candidates.size() && own.candidates[k + 1] / settings_.group == group) continue;
      if (held / settings_.group == group && label != held) least = std::min(least, held_lower);
      bounds[group] = bound_of(least, *part.epoch, group);
      least = std::numeric_limits<float>::infinity();
    }
    own_[row] = best.upper;
  }

  [[nodiscard]] std::uint8_t bound_of(float least, const Epoch& epoch, Index group) const {
    return std::isinf(least) ? std::uint8_t{255}
                             : scale_.below(least + epoch.since[static_cast<std::size_t>(group)]);
  }

  /// Takes the row's own centroid out of the bound of its group, in the latest epoch.
  void exclude(const float* x, Index row, Label label, std::uint8_t* bounds, Scratch& own) const {
    const Index group = label / settings_.group;
    own.candidates.clear();
    for (Index c = group * settings_.group; c < std::min(clusters_, (group + 1) * settings_.group); ++c)
      if (c != label) own.candidates.push_back(static_cast<Label>(c));
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
  /// to what codes prove; then the labels are settled.
  void renew(Part part, Index epoch, Scratch& own) {
    const auto count = static_cast<Index>(part.labels.size());
    const Index groups = block_count(clusters_, settings_.group);
    const MatrixView<const float> x = rows_.block(part.first, count, own.rows);
    for (Index i = 0; i < count; ++i) {
      std::uint8_t* bounds = bounds_of(part, i);
      if (part.labels[static_cast<std::size_t>(i)] < 0)
        squares_[static_cast<std::size_t>(part.first + i)] =
            static_cast<float>(squared_norm(x.row(i), x.cols));
      if (epoch < 0)
        std::fill_n(bounds, groups, std::uint8_t{0});
      else
        sink_bounds(bounds, part.epoch->sunk.data(), groups);
      std::fill(bounds + groups, bounds + width_, std::uint8_t{255});
    }
    codes_.raise(x, part.bounds, scale_, own.codes, epoch < 0 ? std::optional(part.first) : std::nullopt);
    part.epoch = &travel_.epoch(travel_.latest());
    for (Index i = 0; i < count; ++i) {
      Label& label = part.labels[static_cast<std::size_t>(i)];
      if (label < 0) label = guess(bounds_of(part, i));
      exclude(x.row(i), part.first + i, label, bounds_of(part, i), own);
      settle(x.row(i), part, i, own);
    }
  }

  /// Of renewing a row's bounds, in open pairs settled one by one, for each centroid (measured:
  /// docs/kmeans.md).
  [[nodiscard]] double renewal_price() const { return fastest_cost / (codes_.of_pairs() ? 3 : 5); }

  /// To read a row and take the distance to its own centroid costs as much as this many pairs by codes.
  static constexpr Index worth_reading = 24;

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
  CodedBounds codes_;
  ByteScale scale_;
  float range_ = 0;
  Index iteration_ = 0;
};

}  // namespace shoal
