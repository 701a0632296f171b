// Many short lists in two arrays: list i is values[offsets[i]] … values[offsets[i + 1] − 1].
#pragma once

#include <span>
#include <utility>
#include <vector>

#include <shoal/core/config.hpp>

namespace shoal {

/// Lists of T, one after the other; `offsets` has size() + 1 entries.
template <class T> struct Lists {
  std::vector<Index> offsets{0};
  std::vector<T> values;

  [[nodiscard]] Index size() const { return static_cast<Index>(offsets.size()) - 1; }
  [[nodiscard]] std::span<const T> operator[](Index i) const {
    const auto k = static_cast<std::size_t>(i);
    return std::span<const T>(values).subspan(static_cast<std::size_t>(offsets[k]),
                                              static_cast<std::size_t>(offsets[k + 1] - offsets[k]));
  }
  /// Ends the list of the values that were appended since the last call.
  void close() { offsets.push_back(static_cast<Index>(values.size())); }
  void append(std::span<const T> list) {
    values.insert(values.end(), list.begin(), list.end());
    close();
  }
};

/// Groups items by key: list k, for k in [0, lists), holds all i, ascending, with a key k among keys[i ·
/// each] to keys[(i + 1) · each − 1]. Negative keys are left out. Counting sort, O(keys + lists). Pre: each
/// key is less than `lists`.
template <class T, class Key>
[[nodiscard]] Lists<T> group_by(std::span<const Key> keys, Index lists, std::size_t each = 1) {
  Lists<T> grouped;
  grouped.offsets.assign(static_cast<std::size_t>(lists) + 1, 0);
  for (const Key key : keys)
    if (key >= 0) ++grouped.offsets[static_cast<std::size_t>(key) + 1];
  for (std::size_t k = 1; k < grouped.offsets.size(); ++k) grouped.offsets[k] += grouped.offsets[k - 1];
  grouped.values.resize(static_cast<std::size_t>(grouped.offsets.back()));
  std::vector<Index> next(grouped.offsets.begin(), grouped.offsets.end() - 1);
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (keys[i] >= 0)
      grouped.values[static_cast<std::size_t>(next[static_cast<std::size_t>(keys[i])]++)] =
          static_cast<T>(i / each);
  return grouped;
}

}  // namespace shoal
