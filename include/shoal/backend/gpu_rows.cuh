// The rows of a source on the device, block by block: all resident if they fit, in 16 bits if that loses
// nothing and only that fits, otherwise streamed.
#pragma once

#include <functional>
#include <optional>

#include <shoal/backend/gpu_memory.cuh>
#include <shoal/backend/gpu_narrow_rows.cuh>
#include <shoal/core/workers.hpp>
#include <shoal/io/row_source.hpp>

namespace shoal {

/// Walks the rows of a source on the device in blocks of `block_rows`. If n × d floats fit into `room` bytes,
/// they are uploaded once and stay resident. If only half of that fits, and each value is one of float16 or
/// each is one of bfloat16, as in files of these types, they stay as 16 bits, and every walk widens block by
/// block. Otherwise every walk reads them again through two pinned buffers: while the device works on one
/// block, the next is read and copied. The blocks are the same in all cases, so the results have the same
/// bits. If given, `prepare` enqueues the preparation of each uploaded block before it is used, for example
/// its scaling. `readers`, if given, read a block together; otherwise the calling thread does. The stream,
/// the source and the readers must outlive it.
template <class Rt> class DeviceRows {
 public:
  using Prepare = std::function<void(Block, MatrixView<float>)>;

  DeviceRows(GpuStream<Rt>& stream, AnyRows rows, Index block_rows, std::size_t room, Prepare prepare = {},
             std::optional<Workers> readers = {})
      : stream_(stream),
        rows_(rows),
        block_rows_(std::max<Index>(1, std::min(block_rows, rows.rows()))),
        prepare_(std::move(prepare)),
        readers_(readers) {
    const Index n = rows_.rows(), d = rows_.cols();
    pump_.emplace(stream_, block_rows_ * d);
    if (static_cast<std::size_t>(n) * static_cast<std::size_t>(d) * sizeof(float) > room) {
      if (NarrowRowsOnDevice<Rt>::bytes(n, d) <= room && block_count(n, block_rows_) > 1) keep_narrow();
      return;
    }
    resident_.emplace(stream_, n * d);
    walk_source([&](Block b, MatrixView<float> x) {
      use(b, x, [&](Block, MatrixView<const float> block) {
        stream_.copy(resident_->data() + b.first * d, block.data, b.count * d);
      });
      return true;
    });
    pump_.reset();
  }

  [[nodiscard]] Index rows() const { return rows_.rows(); }
  [[nodiscard]] Index cols() const { return rows_.cols(); }
  [[nodiscard]] Index block_rows() const { return block_rows_; }
  [[nodiscard]] bool resident() const { return resident_.has_value(); }
  /// Whether the rows are on the device as 16 bits.
  [[nodiscard]] bool narrow() const { return narrow_.has_value(); }
  /// All rows. Pre: resident().
  [[nodiscard]] MatrixView<const float> all() const { return resident_->view(rows(), cols()); }

  /// Calls f(Block, its rows on the device) for each block in order; f enqueues work on the stream and does
  /// not wait. A streamed block is valid only until the work that f enqueued is done.
  template <class F> void each_block(F&& f) {
    if (narrow()) return walk_narrow(f);
    if (!resident())
      return walk_source([&](Block b, MatrixView<float> x) {
        use(b, x, f);
        return true;
      });
    for (Index i = 0; i < block_count(rows(), block_rows_); ++i) {
      const Block b = block_at(rows(), block_rows_, i);
      f(b, all().block(b.first, b.count));
    }
  }

  /// The device memory of the buffers beside the resident rows, in bytes.
  static std::size_t stream_bytes(Index block_rows, Index cols) {
    return 2 * static_cast<std::size_t>(block_rows) * static_cast<std::size_t>(cols) * sizeof(float);
  }

 private:
  /// A streamed block: read into host memory, copied, used.
  struct Slot {
    Slot(GpuStream<Rt>& stream, Index size)
        : host(stream.runtime(), size),
          device(stream, size),
          copied(stream.runtime()),
          used(stream.runtime()) {
      stream.record(used);  // the first copy must come after the allocation
    }
    PinnedArray<Rt, float> host;
    DeviceArray<Rt, float> device;
    GpuEvent<Rt> copied, used;
  };
  struct Pump {
    Pump(GpuStream<Rt>& stream, Index size)
        : slots{{stream, size}, {stream, size}}, copies(stream.runtime()) {}
    ~Pump() { copies.finish(); }  // before the slots are destroyed
    Slot slots[2];
    GpuStream<Rt> copies;
  };

  void read(Block b, float* to) const {
    const MatrixView<float> x(to, b.count, cols());
    if (!readers_) return rows_.read(b.first, x);
    readers_->each_block(b.count, 256, [&](Block part, int) {
      rows_.read(b.first + part.first, x.block(part.first, part.count));
    });
  }

  /// Prepares a block and hands it over.
  template <class F> void use(Block b, MatrixView<float> x, F&& f) {
    if (prepare_) prepare_(b, x);
    f(b, MatrixView<const float>(x));
  }

  /// Keeps the rows as 16 bits if that loses nothing.
  void keep_narrow() {
    narrow_.emplace(stream_, rows(), cols(), block_rows_);
    bool good = true;
    walk_source([&](Block b, MatrixView<float> x) { return good = narrow_->put(b, x); });
    if (good && narrow_->exact())
      pump_.reset();
    else
      narrow_.reset();
  }
  template <class F> void walk_narrow(F&& f) {
    for (Index i = 0; i < block_count(rows(), block_rows_); ++i) {
      const Block b = block_at(rows(), block_rows_, i);
      use(b, narrow_->get(b), f);
    }
  }

  /// Calls f(Block, its rows as they were read) for each block in order, as long as f returns true.
  template <class F> void walk_source(F&& f) {
    const Index blocks = block_count(rows(), block_rows_);
    for (Index i = 0; i < blocks; ++i) {
      const Block b = block_at(rows(), block_rows_, i);
      Slot& slot = pump_->slots[i % 2];
      slot.copied.synchronize();  // the copy of two blocks ago has finished with the host's buffer
      read(b, slot.host.host());
      if (i + 1 < blocks) rows_.will_need(b.first + b.count, block_at(rows(), block_rows_, i + 1).count);
      pump_->copies.wait(slot.used);  // the work of two blocks ago has finished with the device's
      pump_->copies.copy(slot.device.data(), slot.host.data(), b.count * cols());
      pump_->copies.record(slot.copied);
      stream_.wait(slot.copied);
      const bool go_on = f(b, slot.device.view(b.count, cols()));
      stream_.record(slot.used);
      if (!go_on) return;
    }
  }

  GpuStream<Rt>& stream_;
  AnyRows rows_;
  Index block_rows_;
  Prepare prepare_;
  std::optional<Workers> readers_;
  std::optional<Pump> pump_;
  std::optional<DeviceArray<Rt, float>> resident_;
  std::optional<NarrowRowsOnDevice<Rt>> narrow_;
};

}  // namespace shoal
