// A view of labels as users hold them, 32- or 64-bit signed ids, and the dense numbering of the ids that
// occur.
#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <iterator>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/workers.hpp>

namespace shoal {

/// The id that means "no label", unless a call names another: the smallest int32, in int64 arrays too. All
/// other ids are ordinary labels, negative ones included.
inline constexpr Index no_label = std::numeric_limits<Label>::min();

namespace label_view_impl {

/// The element type of a contiguous range R.
template <class R> using Element = std::remove_cvref_t<decltype(*std::data(std::declval<const R&>()))>;

}  // namespace label_view_impl

/// A non-owning view of n labels, int32 or int64, in a span, a vector or any contiguous range.
class LabelView {
 public:
  template <class R, class Id = label_view_impl::Element<R>>
    requires(std::signed_integral<Id> && (sizeof(Id) == 4 || sizeof(Id) == 8))
  LabelView(const R& labels)  // NOLINT: a view
      : data_(std::data(labels)), size_(static_cast<Index>(std::size(labels))), wide_(sizeof(Id) == 8) {}

  [[nodiscard]] Index size() const { return size_; }
  [[nodiscard]] Index operator[](Index i) const {
    return wide_ ? static_cast<const std::int64_t*>(data_)[i] : static_cast<const std::int32_t*>(data_)[i];
  }
  /// Calls f with a pointer to the first id, so that the width is decided once, outside a loop over the
  /// labels.
  template <class F> decltype(auto) visit(F&& f) const {
    return wide_ ? f(static_cast<const std::int64_t*>(data_)) : f(static_cast<const std::int32_t*>(data_));
  }

 private:
  const void* data_;
  Index size_;
  bool wide_;
};

/// The distinct ids among some labels, numbered 0, 1, … in ascending order.
class LabelIndex {
 public:
  /// Numbers the ids of those samples for which `counted(i)` is true. O(n) if the range of the ids is at most
  /// 2 n + 2^20, else O(n log n). The numbering is the same for any number of threads.
  template <class Counted> LabelIndex(LabelView labels, Counted counted, Workers workers) {
    const auto [low, high] = range_of(labels, counted, workers);
    if (low > high) return;
    const auto width = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
    const auto limit = static_cast<std::uint64_t>(std::min<Index>(2 * labels.size() + (1 << 20), 1 << 30));
    if (width < limit)
      number_range(labels, counted, low, static_cast<Index>(width) + 1, workers);
    else
      number_sparse(labels, counted, workers);
  }

  /// The ids in ascending order: ids()[c] is the id of number c.
  [[nodiscard]] const std::vector<Index>& ids() const { return ids_; }
  [[nodiscard]] Index size() const { return static_cast<Index>(ids_.size()); }
  /// The number of an id, which must occur.
  [[nodiscard]] Label operator[](Index id) const {
    if (slot_mask_ == 0) return code_[static_cast<std::size_t>(id - ids_.front())];
    std::uint64_t slot = first_slot(id);
    while (ids_[static_cast<std::size_t>(code_[slot])] != id) slot = (slot + 1) & slot_mask_;
    return code_[slot];
  }

 private:
  static constexpr Index block = 1 << 16;

  template <class Counted>
  static std::pair<Index, Index> range_of(LabelView labels, Counted counted, Workers workers) {
    using Range = std::pair<Index, Index>;
    const Range none{std::numeric_limits<Index>::max(), std::numeric_limits<Index>::min()};
    const auto join = [](Range& all, Range part) {
      all = {std::min(all.first, part.first), std::max(all.second, part.second)};
    };
    const auto one_block = [&](Block b) {
      return labels.visit([&](const auto* label) {
        Range range = none;
        for (Index i = b.first; i < b.first + b.count; ++i)
          if (counted(i)) join(range, {label[i], label[i]});
        return range;
      });
    };
    return workers.reduce_blocks(labels.size(), block, none, one_block, join);
  }

  template <class Counted>
  void number_range(LabelView labels, Counted counted, Index low, Index width, Workers workers) {
    code_.assign(static_cast<std::size_t>(width), 0);
    workers.each_block(labels.size(), block, [&](Block b, int) {
      labels.visit([&](const auto* label) {
        for (Index i = b.first; i < b.first + b.count; ++i) {
          if (!counted(i)) continue;
          // All threads write the same value, and only where it is missing, so threads seldom contend for a
          // cache line.
          auto* seen = &code_[static_cast<std::size_t>(static_cast<Index>(label[i]) - low)];
          if (__atomic_load_n(seen, __ATOMIC_RELAXED) == 0) __atomic_store_n(seen, 1, __ATOMIC_RELAXED);
        }
      });
    });
    for (Index k = 0; k < width; ++k) {
      Label& code = code_[static_cast<std::size_t>(k)];
      if (code == 0) continue;
      code = static_cast<Label>(ids_.size());
      ids_.push_back(low + k);
    }
  }

  template <class Counted> void number_sparse(LabelView labels, Counted counted, Workers workers) {
    const auto distinct = [](std::vector<Index>& ids) {
      std::sort(ids.begin(), ids.end());
      ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    };
    const auto one_block = [&](Block b) {
      std::vector<Index> ids;
      for (Index i = b.first; i < b.first + b.count; ++i)
        if (counted(i)) ids.push_back(labels[i]);
      distinct(ids);
      return ids;
    };
    const auto join = [](std::vector<Index>& all, std::vector<Index>&& part) {
      all.insert(all.end(), part.begin(), part.end());
    };
    ids_ = workers.reduce_blocks(labels.size(), block, std::vector<Index>{}, one_block, join);
    distinct(ids_);
    check(ids_.size() <= 1u << 30, Errc::too_large, "contingency: distinct labels (", ids_.size(),
          ") must be at most 2^30");
    hash();
  }

  /// Builds a hash table, at most half full, in which each id occupies the first free slot from its own on.
  void hash() {
    slot_mask_ = std::bit_ceil(2 * ids_.size()) - 1;
    code_.assign(slot_mask_ + 1, -1);
    for (std::size_t c = 0; c < ids_.size(); ++c) {
      std::uint64_t slot = first_slot(ids_[c]);
      while (code_[slot] >= 0) slot = (slot + 1) & slot_mask_;
      code_[slot] = static_cast<Label>(c);
    }
  }
  [[nodiscard]] std::uint64_t first_slot(Index id) const {
    return (static_cast<std::uint64_t>(id) * 0x9E3779B97F4A7C15u) >> 20 & slot_mask_;
  }

  std::vector<Index> ids_;
  std::vector<Label> code_;      // indexed by id - ids_.front(), or by slot if the range is too wide
  std::uint64_t slot_mask_ = 0;  // 0: indexed by id
};

}  // namespace shoal
