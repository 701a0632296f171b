// The nearest centroids of rows, by blocked products whose tiles are read while they are in cache.
#pragma once

#include <algorithm>
#include <limits>

#include <shoal/kmeans/geometry.hpp>
#include <shoal/linalg/tile.hpp>

namespace shoal {

/// Centroids as the passes read them: packed, with h_c = ‖c‖² / 2. Since ‖x − c‖² = ‖x‖² + 2 (h_c − x·c), the
/// nearest centroid has the least value h_c − x·c, ties going to the lowest index.
struct PackedCentroids {
  RightPanels panels;
  Buffer<float> half;  ///< [C rounded up to whole panels], infinite beyond C

  [[gnu::noinline]] void pack(MatrixView<const float> centroids) {
    panels.pack({centroids, false});
    half.assign(static_cast<std::size_t>(panels.count() * tile_cols), std::numeric_limits<float>::infinity());
    for (Index c = 0; c < centroids.rows; ++c)
      half[static_cast<std::size_t>(c)] =
          static_cast<float>(squared_norm(centroids.row(c), centroids.cols) / 2);
  }
};

/// The number of rows that a pass takes at a time: a whole number of tiles, about 300 KB of features. No
/// result depends on it.
constexpr Index pass_rows(Index cols) {
  return std::clamp<Index>(Index{75'000} / std::max<Index>(cols, 1) / tile_rows, 1, 32) * tile_rows;
}

/// Scratch memory of one thread for the functions below.
struct NearestScratch {
  LeftPanels left;
  Buffer<float> value;
  Buffer<std::int32_t> index;
};

/// For each of `rows` (≤ pass_rows): the nearest centroid, and its value h_c − x·c. The argmin runs over the
/// register tiles, so the product is never written to memory. The bits of a row's result depend on that row
/// and the centroids only. O(rows · C · d).
inline void nearest(MatrixView<const float> rows, const PackedCentroids& centroids, NearestScratch& scratch,
                    Label* labels, float* values) {
  scratch.left.pack({rows, false});
  const auto room = static_cast<std::size_t>(scratch.left.count() * tile_rows * tile_cols);
  scratch.value.assign(room, std::numeric_limits<float>::infinity());
  scratch.index.assign(room, 0);
  IntVector iota;
  for (int u = 0; u < vector_width; ++u) iota[u] = u;
  each_tile(scratch.left, centroids.panels, [&](Index row, Index col, const Tile& tile) {
    for (int j = 0; j < tile_vectors; ++j) {
      const FloatVector half = load<FloatVector>(centroids.half.data() + col + j * vector_width);
      const IntVector id = iota + static_cast<std::int32_t>(col + j * vector_width);
      for (int i = 0; i < tile_rows; ++i) {
        const Index at = (row + i) * tile_cols + j * vector_width;
        const FloatVector best = load<FloatVector>(scratch.value.data() + at),
                          value = half - tile.value[i][j];
        const IntVector less = value < best;
        IntVector chosen;
        std::memcpy(&chosen, scratch.index.data() + at, sizeof(chosen));
        chosen = less ? id : chosen;
        store(scratch.value.data() + at, less ? value : best);
        std::memcpy(scratch.index.data() + at, &chosen, sizeof(chosen));
      }
    }
  });
  for (Index i = 0; i < rows.rows; ++i) {
    const float* value = scratch.value.data() + i * tile_cols;
    const std::int32_t* index = scratch.index.data() + i * tile_cols;
    int best = 0;
    for (int j = 1; j < tile_cols; ++j)
      if (value[j] < value[best] || (value[j] == value[best] && index[j] < index[best])) best = j;
    labels[i] = index[best];
    values[i] = value[best];
  }
}

/// The root of the mean squared distance of `rows` (≤ pass_rows) to their nearest centroids.
inline float rms_distance(MatrixView<const float> rows, MatrixView<const float> centroids) {
  PackedCentroids packed;
  packed.pack(centroids);
  NearestScratch scratch;
  std::vector<Label> labels(static_cast<std::size_t>(rows.rows));
  std::vector<float> values(labels.size());
  nearest(rows, packed, scratch, labels.data(), values.data());
  double square = 0;
  for (Index i = 0; i < rows.rows; ++i)
    square += squared_distance(rows.row(i), centroids.row(labels[static_cast<std::size_t>(i)]), rows.cols);
  return static_cast<float>(std::sqrt(square / static_cast<double>(rows.rows)));
}

/// Writes the `count` least of values[0, C) in ascending order, ties to the lowest index. There are `width` ≥
/// C values, whole tiles, infinite beyond C. Most tiles hold none of them and take one comparison.
inline void least_few(const float* values, Index width, Index clusters, Index count, Label* label,
                      float* least) {
  Index held = 0;
  for (Index base = 0; base < width; base += tile_cols) {
    if (held == count) {
      FloatVector low = load<FloatVector>(values + base);
      for (int j = 1; j < tile_vectors; ++j)
        low = vector_min(low, load<FloatVector>(values + base + j * vector_width));
      if (!(-reduce_max(-low) < least[count - 1])) continue;
    }
    for (Index c = base; c < std::min(base + tile_cols, clusters); ++c) {
      const float v = values[c];
      if (held == count && !(v < least[count - 1])) continue;
      Index at = held < count ? held++ : count - 1;
      for (; at > 0 && v < least[at - 1]; --at) {
        least[at] = least[at - 1];
        label[at] = label[at - 1];
      }
      least[at] = v;
      label[at] = static_cast<Label>(c);
    }
  }
}

/// What nearest_few() does with all values by default: nothing.
struct IgnoreValues {
  void operator()(Index /*row*/, const float* /*values*/) const {}
};

/// For each of `rows`: its `count` ≤ C nearest centroids, nearest first, and their values. Same values, hence
/// the same first label, as nearest(). Then calls all(i, values) for row i, with the values of all centroids,
/// infinite beyond C, up to a whole panel.
template <class All = IgnoreValues>
void nearest_few(MatrixView<const float> rows, const PackedCentroids& centroids, NearestScratch& scratch,
                 MatrixView<Label> labels, MatrixView<float> values, const All& all = {}) {
  const Index width = centroids.panels.count() * tile_cols;
  scratch.value.resize(static_cast<std::size_t>(tile_rows * width));
  for (Index first = 0; first < rows.rows; first += tile_rows) {
    const Index height = std::min<Index>(tile_rows, rows.rows - first);
    scratch.left.pack({rows.block(first, height), false});
    each_tile(scratch.left, centroids.panels, [&](Index, Index col, const Tile& tile) {
      for (int j = 0; j < tile_vectors; ++j) {
        const Index at = col + j * vector_width;
        const FloatVector half = load<FloatVector>(centroids.half.data() + at);
        for (int i = 0; i < tile_rows; ++i)
          store(scratch.value.data() + i * width + at, half - tile.value[i][j]);
      }
    });
    for (Index i = 0; i < height; ++i) {
      const float* const of_row = scratch.value.data() + i * width;
      least_few(of_row, width, centroids.panels.rows(), labels.cols, labels.row(first + i),
                values.row(first + i));
      all(first + i, of_row);
    }
  }
}

}  // namespace shoal
