// fit and predict of heads on a GPU: the trainer of heads/trainer.hpp with the GPU's step.
#pragma once

#include <algorithm>

#include <shoal/backend/gpu.cuh>
#include <shoal/backend/gpu_rows.cuh>
#include <shoal/core/workers.hpp>
#include <shoal/heads/cuda/step.cuh>
#include <shoal/heads/fit.hpp>
#include <shoal/neighbors/cuda/merge_top.cuh>

namespace shoal {

/// One head of a model, by itself.
inline HeadModel single_head(const HeadModel& model, Index head) {
  HeadModel one = model;
  one.shape.heads = 1, one.best = 0;
  one.parameters.assign(static_cast<std::size_t>(one.shape.size()), 0.f);
  const HeadView<const float> from{&model.shape, model.parameters.data(), head};
  const HeadView<float> to{&one.shape, one.parameters.data(), 0};
  for (Index l = 0; l < one.shape.layers(); ++l) {
    std::copy_n(from.weight(l).data, one.shape.outputs(l) * one.shape.inputs(l), to.weight(l).data);
    std::copy_n(from.bias(l), one.shape.outputs(l), to.bias(l));
  }
  std::copy_n(from.directions().data, one.shape.clusters * one.shape.bottleneck(), to.directions().data);
  std::copy_n(from.gains(), one.shape.clusters, to.gains());
  return one;
}

/// As predict() of heads/head_model.hpp, on the GPU: 2048 rows at a time, streamed through two pinned
/// buffers.
template <class Rt>
[[nodiscard]] Prediction predict(const HeadModel& model, AnyRows features, const Gpu<Rt>& gpu,
                                 Index count = 5, Index head = -1) {
  const Index n = features.rows(), C = model.shape.clusters;
  check(features.cols() == model.shape.features, Errc::invalid_argument, "predict: features has ",
        features.cols(), " columns; the model was trained on ", model.shape.features);
  check(count >= 1, Errc::invalid_argument, "predict: count (", count, ") must be at least 1");
  check(head >= -1 && head < model.shape.heads, Errc::invalid_argument, "predict: head (", head,
        ") must be one of the ", model.shape.heads, " heads, or -1 for the best");
  const Index k = std::min(count, C), room = std::min<Index>(std::max<Index>(n, 1), 2048);
  const HeadModel one = single_head(model, head < 0 ? model.best : head);
  std::optional<Standardized> scaled;
  if (!one.scaling.mean.empty()) scaled.emplace(features, one.scaling);
  const auto scale = static_cast<float>(1 / one.temperature);

  GpuStream<Rt>& stream = gpu.stream();
  GpuProducts<Rt> products(stream, gpu.settings().precision, factor_floats(one.shape, room));
  GpuNetwork<Rt> network(products, one.shape, room);
  DeviceArray<Rt, float> logits(stream, room * C), norm(stream, room);
  DeviceArray<Rt, std::uint64_t> best(stream, room * k);
  Download<Rt, std::uint64_t> words_back(stream, room * k);
  Download<Rt, float> norms_back(stream, room);
  to_device(stream, network.parameters(), one.parameters.data(), one.shape.size());
  DeviceRows<Rt> rows(stream, scaled ? AnyRows(*scaled) : features, room, 0);

  Prediction out{std::vector<Label>(static_cast<std::size_t>(n)), Matrix<Label>(n, k),
                 std::vector<float>(static_cast<std::size_t>(n))};
  rows.each_block([&](Block b, MatrixView<const float> x) {
    network.output().set_rows(b.count);
    const MatrixView<float> unit = network.output().bottleneck(0), z = logits.view(b.count, C);
    network.first_layer(x);
    network.other_layers(0, unit);
    network.last_layer(0, unit, z);
    stream.launch(ByBlock::grid(b.count), Normalisers<ByBlock>{scale}, MatrixView<const float>(z),
                  norm.data());
    stream.zero(best.data(), b.count * k);
    stream.launch(warp_per_item(b.count), MergeTop{false}, MatrixView<const float>(z), Index{0}, Index{0},
                  best.view(b.count, k));
    words_back.start(best.data(), b.count * k);
    norms_back.start(norm.data(), b.count);
    const std::uint64_t* words = words_back.take();
    const float* norms = norms_back.take();
    for (Index i = 0; i < b.count; ++i) {
      const auto id = static_cast<std::size_t>(b.first + i);
      check(std::isfinite(norms[i]), Errc::bad_data, "predict: row ", b.first + i,
            " of features is not finite");
      for (Index j = 0; j < k; ++j) out.top(b.first + i, j) = id_of(words[i * k + j]);
      out.labels[id] = out.top(b.first + i, 0);
      out.confidence[id] = probability(score_of(words[i * k]), scale, norms[i]);
    }
  });
  return out;
}

/// The GPU as a training sees it (heads/fit.hpp).
template <class Rt> class GpuTrainer {
 public:
  explicit GpuTrainer(const Gpu<Rt>& gpu) : gpu_(gpu), budget_(gpu.memory()) {}

  [[nodiscard]] Workers host() const { return gpu_.host(); }
  [[nodiscard]] Index pair_block(Index batch) const { return batch; }  // one
  /// The GPU's own products where the training asks for none.
  [[nodiscard]] Precision precision(Precision asked) const {
    return asked == Precision::float32 ? gpu_.settings().precision : asked;
  }
  template <class Obj, class Bal>
  [[nodiscard]] HeadPlan plan(const Heads<Obj, Bal>& settings, Index d) const {
    check_gpu_plan(settings, d, budget_);
    return gpu_plan(settings, d, budget_);
  }
  template <class Obj, class Bal>
  [[nodiscard]] GpuStep<Obj, Bal, Rt> engine(const Heads<Obj, Bal>& settings, HeadState& state) const {
    return GpuStep<Obj, Bal, Rt>(settings, state, gpu_.stream(), budget_);
  }
  [[nodiscard]] Prediction predict(const HeadModel& model, AnyRows features) const {
    return shoal::predict(model, features, gpu_);
  }

 private:
  const Gpu<Rt>& gpu_;
  std::size_t budget_;
};

/// fit() of heads/fit.hpp on a GPU: the same settings, samplers, hooks and checkpoints. A checkpoint of one
/// kind of machine can't be resumed on another, since their sums differ in their last bits.
template <Objective Obj, Balancer Bal, Sampler Smp, class Rt>
[[nodiscard]] HeadFit fit(const Heads<Obj, Bal>& settings, AnyRows features, const Smp& sampler,
                          const Gpu<Rt>& gpu, const Hook& hook = {}, const Checkpoints& checkpoints = {}) {
  return fit_on(GpuTrainer<Rt>(gpu), settings, features, sampler, hook, checkpoints);
}

}  // namespace shoal
