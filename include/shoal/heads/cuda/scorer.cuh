// Predictions of a head on a GPU.
#pragma once

#include <algorithm>
#include <cmath>

#include <shoal/backend/gpu.cuh>
#include <shoal/backend/gpu_rows.cuh>
#include <shoal/heads/cuda/forward.cuh>
#include <shoal/heads/cuda/loss.cuh>
#include <shoal/heads/generic_scorer.hpp>
#include <shoal/neighbors/cuda/merge_top.cuh>

namespace shoal {

/// A model that consists of one head of another.
inline HeadModel single_head(const HeadModel& model, Index head) {
  HeadModel one = model;
  one.shape.heads = 1, one.best = 0;
  one.parameters.assign(static_cast<std::size_t>(one.shape.size()), 0.f);
  const HeadView<const float> from = model.head(head);
  const HeadView<float> to{&one.shape, one.parameters.data(), 0};
  for (Index l = 0; l < one.shape.layers(); ++l) {
    std::copy_n(from.weight(l).data, one.shape.outputs(l) * one.shape.inputs(l), to.weight(l).data);
    std::copy_n(from.bias(l), one.shape.outputs(l), to.bias(l));
  }
  std::copy_n(from.directions().data, one.shape.clusters * one.shape.bottleneck(), to.directions().data);
  std::copy_n(from.gains(), one.shape.clusters, to.gains());
  return one;
}

/// The scorer of a GPU handles 2048 rows at a time, streamed through two pinned buffers. Plain heads are
/// scored by the generic forward pass, on the host.
template <GpuBackend B> struct ScorerOn<B> {
  using Rt = typename B::Runtime;

  static void score(const HeadModel& model, Index head, AnyRows features, const B& gpu, Prediction& out) {
    if (model.shape.plain) return score_by_blocks(model, head, features, gpu, out);
    const Index C = model.shape.clusters, width = padded(C), k = out.top.cols();
    const Index room = std::min<Index>(std::max<Index>(features.rows(), 1), 2048);
    const HeadModel one = single_head(model, head);
    const auto scale = static_cast<float>(1 / one.temperature);
    GpuStream<Rt>& stream = gpu.stream();
    GpuProducts<Rt> products(stream, gpu.settings().precision, factor_floats(one.shape, room));
    GpuNetwork<Rt> network(products, one.shape, room);
    DeviceArray<Rt, float> logits(stream, room * width), partitions(stream, room);
    DeviceArray<Rt, std::uint64_t> best(stream, room * k);
    Download<Rt, std::uint64_t> words_back(stream, room * k);
    Download<Rt, float> partitions_back(stream, room);
    to_device(stream, network.parameters(), one.parameters.data(), one.shape.size());
    DeviceRows<Rt> rows(stream, features, room, 0);
    rows.each_block([&](Block b, MatrixView<const float> x) {
      network.output().set_rows(b.count);
      const MatrixView<float> unit = network.output().bottleneck(0), all = logits.view(b.count, width);
      const MatrixView<const float> z = all.columns(0, C);
      network.first_layer(x);
      network.other_layers(0, unit);
      network.last_layer(0, unit, all);
      by_row_length(C, [&](auto by) {
        stream.launch(by.grid(b.count), LogPartitions<decltype(by)>{scale}, z, partitions.data());
      });
      stream.zero(best.data(), b.count * k);
      stream.launch(warp_per_item(b.count), MergeTop{false}, z, Index{0}, Index{0}, best.view(b.count, k));
      words_back.start(best.data(), b.count * k);
      partitions_back.start(partitions.data(), b.count);
      const std::uint64_t* words = words_back.take();
      const float* found = partitions_back.take();
      for (Index i = 0; i < b.count; ++i) write_row(b.first + i, words + i * k, scale, found[i], out);
    });
  }

 private:
  /// Writes the prediction for row `id` from its best words, which hold scores and clusters
  /// (neighbors/top.hpp).
  static void write_row(Index id, const std::uint64_t* words, float scale, float partition, Prediction& out) {
    check(std::isfinite(partition), Errc::bad_data, "predict: row ", id, " of features is not finite");
    for (Index j = 0; j < out.top.cols(); ++j) out.top(id, j) = id_of(words[j]);
    const auto at = static_cast<std::size_t>(id);
    out.labels[at] = out.top(id, 0);
    out.confidence[at] = probability(score_of(words[0]), scale, partition);
  }
};

}  // namespace shoal
