// Prepares rows on the device: checks them and, on request, normalises them.
#pragma once

#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include <shoal/backend/gpu_memory.cuh>
#include <shoal/linalg/row_check.hpp>

namespace shoal {

/// Stands for "no bad row".
inline constexpr std::int64_t no_bad_row = std::numeric_limits<std::int64_t>::max();

/// squares[i] ← ‖x_i‖² in double; if `scale` is set, row i is normalised. One warp for each row.
struct ScaleRows {
  bool scale;

  template <class Exec> SHOAL_HD void operator()(Exec& exec, MatrixView<float> x, double* squares) const {
    const Index i = warp_item(exec);
    if (i >= x.rows) return;
    float* row = x.row(i);
    double square = 0;
    for (Index j = warp_lane(exec); j < x.cols; j += warp_size) square += double{row[j]} * double{row[j]};
    square = warp_reduce(exec, square, Plus{});
    if (warp_lane(exec) == 0) squares[i] = square;
    if (!scale) return;
    const double factor = 1 / std::sqrt(square);
    for (Index j = warp_lane(exec); j < x.cols; j += warp_size) row[j] = static_cast<float>(row[j] * factor);
  }
};

/// bad ← the smallest first + i below bad whose squares[i] is not that of a valid row. One block.
struct FirstBad {
  RowNeed need;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, const double* squares, Index first, Index count,
                           std::int64_t* bad) const {
    Index found = no_bad_row;
    for (Index i = count - 1 - exec.thread(); i >= 0; i -= exec.threads())
      if (!row_is_good(squares[i], need)) found = first + i;
    found = -block_reduce(exec, -found, Largest{});
    if (exec.thread() == 0 && found < *bad) *bad = found;
  }
};

/// A kernel that writes one number.
struct FillIndex {
  std::int64_t value;
  template <class Exec> SHOAL_HD void operator()(Exec& exec, std::int64_t* to) const {
    if (thread_item(exec) == 0) *to = value;
  }
};

/// Normalises and checks the blocks of a walk, and records the first bad row.
template <class Rt> class RowPreparation {
 public:
  /// For n rows in total. The rule is that of linalg/row_check.hpp: if `unit`, rows are normalised and must
  /// have a direction; otherwise they must be bounded.
  RowPreparation(GpuStream<Rt>& stream, Index n, bool unit)
      : stream_(stream), unit_(unit), squares_(stream, n), bad_(stream, 1), answer_(stream, 1) {
    stream.launch(Grid{1, warp_size}, FillIndex{no_bad_row}, bad_.data());
  }

  void operator()(Block block, MatrixView<float> x) {
    double* squares = squares_.data() + block.first;
    stream_.launch(warp_per_item(x.rows), ScaleRows{unit_}, x, squares);
    stream_.launch(Grid{1}, FirstBad{unit_ ? RowNeed::direction : RowNeed::bounded},
                   static_cast<const double*>(squares), block.first, x.rows, bad_.data());
  }

  /// The first bad row so far, or −1. Waits for the stream.
  Index first_bad() {
    answer_.start(bad_.data(), 1);
    const Index found = *answer_.take();
    return found == no_bad_row ? -1 : found;
  }

  /// ‖x‖² of all rows after preparation. Waits for the stream.
  void squares(std::span<float> out) {
    if (unit_) return std::fill(out.begin(), out.end(), 1.f);
    std::vector<double> values(out.size());
    to_host(stream_, values.data(), std::as_const(squares_).data(), squares_.size());
    std::transform(values.begin(), values.end(), out.begin(), [](double v) { return static_cast<float>(v); });
  }

  static std::size_t bytes(Index n) { return static_cast<std::size_t>(n + 1) * 8; }

 private:
  GpuStream<Rt>& stream_;
  bool unit_;
  DeviceArray<Rt, double> squares_;
  DeviceArray<Rt, std::int64_t> bad_;
  Download<Rt, std::int64_t> answer_;
};

}  // namespace shoal
