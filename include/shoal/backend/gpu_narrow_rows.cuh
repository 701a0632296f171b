// Rows on the device in half the memory, where 16 bits hold each of their values exactly.
#pragma once

#include <optional>

#include <shoal/backend/gpu_checked_rows.cuh>
#include <shoal/backend/gpu_memory.cuh>
#include <shoal/core/half.hpp>

namespace shoal {

/// The value of 16 bits as one of the two formats.
SHOAL_HD inline float wide_of(std::uint16_t bits, bool bfloat16) {
  return bfloat16 ? bfloat16_to_float(bits) : half_to_float(bits);
}

/// to ← the rows in 16 bits, and *bad ← 0 if any value has other bits when it is widened again. One block for
/// each row.
struct NarrowExactly {
  bool bfloat16;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> from, MatrixView<std::uint16_t> to,
                           std::int64_t* bad) const {
    const Index i = exec.block();
    bool all = true;
    for (Index j = exec.thread(); j < from.cols; j += exec.threads()) {
      const float x = from(i, j);
      const std::uint16_t bits = bfloat16 ? float_to_bfloat16(x) : float_to_half(x);
      to(i, j) = bits;
      all = all && __builtin_bit_cast(std::uint32_t, wide_of(bits, bfloat16)) ==
                       __builtin_bit_cast(std::uint32_t, x);
    }
    const bool lost = block_reduce(exec, all ? 0 : 1, Largest{}) > 0;
    if (lost && exec.thread() == 0) *bad = 0;  // as all blocks do that write it
  }
};

/// to ← the rows as floats. One block for each row.
struct WidenRows {
  bool bfloat16;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const std::uint16_t> from, MatrixView<float> to) const {
    const Index i = exec.block();
    for (Index j = exec.thread(); j < to.cols; j += exec.threads()) to(i, j) = wide_of(from(i, j), bfloat16);
  }
};

/// The rows of a walk in 16 bits. Each block is put once, in order, as long as put() says that it could be.
template <class Rt> class NarrowRowsOnDevice {
 public:
  NarrowRowsOnDevice(GpuStream<Rt>& stream, Index rows, Index cols, Index block_rows)
      : stream_(stream),
        rows_(rows),
        cols_(cols),
        bits_(stream, rows * cols),
        wide_(stream, block_rows * cols),
        bad_(stream, 1) {}

  /// Enqueues the block as 16 bits. The first block decides on the format, for which the host waits. Returns
  /// whether that has one.
  bool put(Block b, MatrixView<const float> x) {
    if (b.first > 0) {
      narrow(b, x);
      return true;
    }
    for (const bool bfloat16 : {false, true}) {
      bfloat16_ = bfloat16;
      stream_.launch(Grid{1, warp_size}, FillIndex{no_bad_row}, bad_.data());
      narrow(b, x);
      if (exact()) return true;
    }
    return false;
  }
  /// Whether all blocks so far were put without loss. Waits for the stream.
  [[nodiscard]] bool exact() {
    std::int64_t found = 0;
    to_host(stream_, &found, std::as_const(bad_).data(), 1);
    return found == no_bad_row;
  }
  /// The block as floats, for writing too, until the next call.
  [[nodiscard]] MatrixView<float> get(Block b) {
    const MatrixView<float> x = wide_.view(b.count, cols_);
    stream_.launch(block_per_item(b.count), WidenRows{bfloat16_},
                   MatrixView<const std::uint16_t>(all().block(b.first, b.count)), x);
    return x;
  }

  /// The device memory in bytes, beside that of two blocks.
  static std::size_t bytes(Index rows, Index cols) {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols) * 2;
  }

 private:
  [[nodiscard]] MatrixView<std::uint16_t> all() { return bits_.view(rows_, cols_); }
  void narrow(Block b, MatrixView<const float> x) {
    stream_.launch(block_per_item(b.count), NarrowExactly{bfloat16_}, x, all().block(b.first, b.count),
                   bad_.data());
  }

  GpuStream<Rt>& stream_;
  Index rows_, cols_;
  DeviceArray<Rt, std::uint16_t> bits_;
  DeviceArray<Rt, float> wide_;
  DeviceArray<Rt, std::int64_t> bad_;
  bool bfloat16_ = false;
};

}  // namespace shoal
