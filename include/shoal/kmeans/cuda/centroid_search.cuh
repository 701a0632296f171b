// The few nearest centroids of rows on a GPU, with the next rows read while the device works.
#pragma once

#include <optional>
#include <utility>

#include <shoal/backend/gpu.cuh>
#include <shoal/core/buffer.hpp>
#include <shoal/kmeans/assigner.hpp>
#include <shoal/kmeans/cuda/nearest_centroids.cuh>

namespace shoal {

/// Finds the nearest centroids of rows on the device. The host's threads read the rows, 16,384 at a time, for
/// the device and for the sink: while they read one block, the device works on the one before. A single
/// nearest centroid without prices is refined if the precision says so. O(n · C · d).
template <class Rt> class GpuCentroidSearch final : public CentroidSearch {
 public:
  /// The GPU must outlive it.
  GpuCentroidSearch(MatrixView<const float> centroids, const Gpu<Rt>& gpu, AssignmentPrecision precision)
      : gpu_(gpu),
        stream_(gpu.stream()),
        centroids_(stream_, centroids.rows * centroids.cols),
        prices_(stream_, centroids.rows),
        nearest_(stream_, precision, block_rows, centroids.cols, centroids.rows),
        view_(std::as_const(centroids_).view(centroids.rows, centroids.cols)) {
    to_device(stream_, centroids_.data(), centroids.data, centroids_.size());
  }

  void find(const CentroidQuestion& question, const Sink& sink) override {
    to_device(stream_, prices_.data(), question.prices.data(), std::ssize(question.prices));
    nearest_.set(view_, question.prices.empty() ? nullptr : std::as_const(prices_).data());
    const Index n = question.ids ? std::ssize(*question.ids) : question.rows.rows();
    const Index rows = std::min(n, block_rows);
    Slot slots[2] = {{stream_, rows, view_.cols, question.count},
                     {stream_, rows, view_.cols, question.count}};
    Index asked = 0;
    const auto ask = [&](Index first, Index count) {
      for (const Block b : blocks_of(first, count)) {
        begin(question, b, slots[asked % 2]);
        if (++asked > 1) finish(slots[asked % 2], question.count, sink);
      }
    };
    if (question.ids)
      ask(0, n);
    else
      question.rows.walk(block_rows, ask);
    if (asked > 0) finish(slots[(asked + 1) % 2], question.count, sink);
  }

  /// The device memory in bytes for n rows and `count` centroids of each.
  static std::size_t bytes(Index n, Index d, Index clusters, Index count, AssignmentPrecision precision) {
    const auto size = [](Index times, Index each) { return static_cast<std::size_t>(times * each); };
    return size(clusters, 4 * d + 4) + NearestCentroids<Rt>::bytes(block_rows, d, clusters, precision) +
           2 * size(std::min(n, block_rows), 4 * d + (count == 1 ? 12 : 8 * count));
  }

 private:
  static constexpr Index block_rows = 16384;

  static Buffer<Block> blocks_of(Index first, Index count) {
    Buffer<Block> blocks;
    for (Index i = 0; i < block_count(count, block_rows); ++i) {
      blocks.push_back(block_at(count, block_rows, i));
      blocks.back().first += first;
    }
    return blocks;
  }

  /// The memory of a block on both sides. Answers of one centroid are values and labels, others words.
  struct Slot {
    Slot(GpuStream<Rt>& on, Index n, Index d, Index count)
        : stream(on),
          rows(on.runtime(), n * d),
          values(on.runtime(), count == 1 ? n : 0),
          labels(on.runtime(), count == 1 ? n : 0),
          words(on.runtime(), count == 1 ? 0 : n * count),
          device_rows(on, n * d),
          device_values(on, count == 1 ? n : 0),
          device_labels(on, count == 1 ? n : 0),
          device_words(on, count == 1 ? 0 : n * count),
          done(on.runtime()) {}
    ~Slot() { stream.finish(); }
    GpuStream<Rt>& stream;
    Block block{};
    PinnedArray<Rt, float> rows;
    PinnedArray<Rt, double> values;
    PinnedArray<Rt, Label> labels;
    PinnedArray<Rt, std::uint64_t> words;
    DeviceArray<Rt, float> device_rows;
    DeviceArray<Rt, double> device_values;
    DeviceArray<Rt, Label> device_labels;
    DeviceArray<Rt, std::uint64_t> device_words;
    GpuEvent<Rt> done;
  };

  /// Reads a block and enqueues all that the device does with it.
  void begin(const CentroidQuestion& question, Block block, Slot& slot) {
    slot.block = block;
    const Index n = block.count, d = view_.cols, count = question.count;
    const MatrixView<float> x(slot.rows.host(), n, d);
    gpu_.host().each_task(block_count(n, step), [&](Index task, int) {
      const Block b = block_at(n, step, task);
      const auto part = x.block(b.first, b.count);
      const auto place = static_cast<std::size_t>(block.first + b.first);
      if (question.ids)
        question.rows.gather_scattered(question.ids->subspan(place, static_cast<std::size_t>(b.count)), part);
      else
        question.rows.read(block.first + b.first, part);
    });
    stream_.copy(slot.device_rows.data(), std::as_const(x.data), n * d);
    const MatrixView<const float> rows = std::as_const(slot.device_rows).view(n, d);
    if (count == 1) {
      nearest_(rows, slot.device_values.data(), slot.device_labels.data());
      stream_.copy(slot.values.data(), std::as_const(slot.device_values).data(), n);
      stream_.copy(slot.labels.data(), std::as_const(slot.device_labels).data(), n);
    } else {
      nearest_.few(rows, slot.device_words.view(n, count));
      stream_.copy(slot.words.data(), std::as_const(slot.device_words).data(), n * count);
    }
    stream_.record(slot.done);
  }

  /// Waits for the answers of a block and passes them on.
  void finish(Slot& slot, Index count, const Sink& sink) {
    slot.done.synchronize();
    const MatrixView<const float> x(slot.rows.host(), slot.block.count, view_.cols);
    const double* values = slot.values.host();
    const Label* labels = slot.labels.host();
    const std::uint64_t* words = slot.words.host();
    gpu_.host().each_task(block_count(x.rows, step), [&](Index task, int) {
      const Block b = block_at(x.rows, step, task);
      Matrix<Label> found(b.count, count);
      Matrix<float> least(b.count, count);
      for (Index i = 0; i < found.size(); ++i) {
        const Index at = b.first * count + i;
        found.data()[i] = count == 1 ? labels[at] : id_of(words[at]);
        least.data()[i] = count == 1 ? static_cast<float>(values[at]) : -score_of(words[at]);
      }
      sink({slot.block.first + b.first, x.block(b.first, b.count), found, least});
    });
  }

  static constexpr Index step = 64;  // rows that a host thread takes at a time

  const Gpu<Rt>& gpu_;
  GpuStream<Rt>& stream_;
  DeviceArray<Rt, float> centroids_, prices_;
  NearestCentroids<Rt> nearest_;
  MatrixView<const float> view_;
};

}  // namespace shoal
