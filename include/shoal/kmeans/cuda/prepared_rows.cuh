// The rows of a k-means on the device: checked, normalised under cosine, walked in large blocks where they
// stay there.
#pragma once

#include <memory>

#include <shoal/backend/gpu.cuh>
#include <shoal/backend/gpu_checked_rows.cuh>
#include <shoal/backend/gpu_rows.cuh>
#include <shoal/io/checked_rows.hpp>

namespace shoal {

/// The rows of a source on the device: resident if n × d floats fit into `room` bytes, otherwise streamed in
/// each walk (see DeviceRows). The GPU and the source must outlive it.
template <class Rt> class PreparedRows final : public HeldRows {
 public:
  /// Normalises rows if `unit`. The threads of the GPU's host read them.
  PreparedRows(const Gpu<Rt>& gpu, AnyRows source, bool unit, std::size_t room)
      : stream_(gpu.stream()),
        prepare_(stream_, source.rows(), unit),
        rows_(
            stream_, source, streamed_rows, room, [this](Block b, MatrixView<float> x) { prepare_(b, x); },
            gpu.host()) {}
  PreparedRows(const PreparedRows&) = delete;
  PreparedRows& operator=(const PreparedRows&) = delete;

  [[nodiscard]] const GpuStream<Rt>& stream() const { return stream_; }
  [[nodiscard]] Index rows() const { return rows_.rows(); }
  [[nodiscard]] Index cols() const { return rows_.cols(); }
  /// The most rows of a block.
  [[nodiscard]] Index block_rows() const {
    return rows_.resident() ? std::min(rows(), most_rows) : rows_.block_rows();
  }

  /// Calls f(Block, its rows on the device) for each block in order; f enqueues work on the stream and does
  /// not wait.
  template <class F> void each_block(F&& f) {
    if (!rows_.resident()) return rows_.each_block(f);
    for (Index i = 0; i < block_count(rows(), block_rows()); ++i) {
      const Block b = block_at(rows(), block_rows(), i);
      f(b, rows_.all().block(b.first, b.count));
    }
  }

  /// Throws bad_data, as CheckedRows does, if a row is not finite or, under cosine, zero. To be called after
  /// the first walk, with the rows that these were made of. Waits for the stream.
  void check(const CheckedRows& rows) {
    const Index bad = prepare_.first_bad();
    if (bad < 0) return;
    Matrix<float> row(1, rows.cols());
    rows.read(bad, row);
  }
  /// ‖x‖² of all rows, known after the first walk. Waits for the stream.
  void squares(std::span<float> out) { prepare_.squares(out); }

  /// The most rows of a block of any walk over n rows.
  static Index most_block_rows(Index n) { return std::min(n, most_rows); }
  /// The device memory in bytes, without resident rows.
  static std::size_t bytes(Index n, Index d) {
    return RowPreparation<Rt>::bytes(n) + DeviceRows<Rt>::stream_bytes(std::min(n, streamed_rows), d);
  }

 private:
  static constexpr Index streamed_rows = 16384, most_rows = 131072;

  GpuStream<Rt>& stream_;
  RowPreparation<Rt> prepare_;
  DeviceRows<Rt> rows_;
};

/// The rows on the device. They stay there for the next engine of the same CheckedRows, and as long as these
/// live, which the GPU must outlive. `room` is the device memory that they may take, in bytes.
template <class Rt>
std::shared_ptr<PreparedRows<Rt>> rows_on_device(const Gpu<Rt>& gpu, const CheckedRows& rows,
                                                 std::size_t room) {
  auto held = std::dynamic_pointer_cast<PreparedRows<Rt>>(rows.held());
  if (held && &held->stream() == &gpu.stream()) return held;
  rows.held().reset();  // before the next ones take memory
  held = std::make_shared<PreparedRows<Rt>>(gpu, rows.source(), rows.unit(), room);
  rows.held() = held;
  return held;
}

}  // namespace shoal
