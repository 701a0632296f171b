// The model that k-means leaves for labelling further rows.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <shoal/core/function_ref.hpp>
#include <shoal/core/prediction.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/io/standardize.hpp>
#include <shoal/kmeans/kmeans.hpp>
#include <shoal/linalg/product.hpp>
#include <shoal/simd/math.hpp>
#include <shoal/simd/row_team.hpp>

namespace shoal {

/// Centroids, and how rows are compared with them.
struct KMeansModel {
  Matrix<float> centroids;   ///< [C × d]
  bool cosine = true;        ///< distance 1 − cos(x, c); else ‖x − c‖²
  double temperature = 0.1;  ///< temperature of the confidence, in the unit of the distance
  ColumnScaling scaling;     ///< standardisation of the features; empty for none
};

/// Makes the model of a fit. The temperature is 0.1 under cosine, as for heads. Under Euclidean distance it
/// is a tenth of the mean squared distance of the rows from their mean, computed from the spread within and
/// between the clusters of the fit, with rows weighted by their weights.
template <Geometry Geo>
[[nodiscard]] KMeansModel model_of(const KMeansResult& fit, ColumnScaling scaling = {}) {
  KMeansModel model{fit.centroids, Geo::unit, 0.1, std::move(scaling)};
  if (Geo::unit) return model;
  const Index C = fit.centroids.rows(), d = fit.centroids.cols();
  double weight = 0;
  for (const double w : fit.cluster_weights) weight += w;
  double spread = fit.objective / weight;
  for (Index j = 0; j < d; ++j) {
    double mean = 0;
    for (Index c = 0; c < C; ++c)
      mean += fit.cluster_weights[static_cast<std::size_t>(c)] / weight * double{fit.centroids(c, j)};
    for (Index c = 0; c < C; ++c) {
      const double gap = double{fit.centroids(c, j)} - mean;
      spread += fit.cluster_weights[static_cast<std::size_t>(c)] / weight * gap * gap;
    }
  }
  model.temperature = spread > 0 ? 0.1 * spread : 1;
  return model;
}

namespace kmeans_model_impl {

/// The confidence 1 / Σ_c exp((least distance − distance(x, c)) / τ) of one row, from scores[c] = x·c, which
/// are overwritten. squares [C] is ‖c‖², and `scale` is 1 / τ. The terms of a distance that depend on x alone
/// cancel and are left out, so that nothing overflows.
inline float confidence_of(bool cosine, float scale, float* scores, std::span<const float> squares) {
  const CpuTeam team{std::ssize(squares)};
  const float* square = squares.data();
  const float top = team.max([=](auto c) {
    const auto s = c.load(scores);
    const auto z = cosine ? s : s * 2.f - c.load(square);
    c.store(scores, z);
    return z;
  });
  return 1 / team.sum([=](auto c) { return exp((c.load(scores) - top) * scale); });
}

/// The confidences of all rows in their nearest centroids, computed in the frame of the centroids, about 4 MB
/// of products at a time: for backends whose search doesn't tell them.
inline void confidences(const KMeansModel& model, const AnyRows& source, const AnyBackend& backend,
                        UnitProgress& progress, std::span<float> confidence) {
  const Index C = model.centroids.rows(), d = source.cols();
  const Frame frame = model.cosine ? Frame{} : frame_of(model.centroids, false);
  const FramedRows framed(source, frame, "predict");
  CheckedRows rows(framed, model.cosine, "predict");
  rows.watch(progress);
  Matrix<float> points = model.centroids;
  frame.enter(points);
  const auto scale = static_cast<float>(
      std::min(1 / (model.temperature * frame.square()), double{std::numeric_limits<float>::max()}));
  std::vector<float> squares;
  for (Index c = 0; c < C; ++c) squares.push_back(static_cast<float>(squared_norm(points.row(c), d)));
  const Index window = std::clamp<Index>((Index{1} << 20) / C, 64, 4096);
  Matrix<float> x(std::min(window, rows.rows()), d), scores(x.rows(), C);
  rows.walk(window, [&](Index begin, Index count) {
    for (Index first = begin; first < begin + count; first += window) {
      const Index height = std::min(window, begin + count - first);
      const auto part = x.view().block(0, height);
      const auto products = scores.view().block(0, height);
      backend.each_block(height, 64,
                         [&](Block b, int) { rows.read(first + b.first, part.block(b.first, b.count)); });
      backend.product({part}, {points.view(), true}, products);
      backend.each_block(height, 64, [&](Block b, int) {
        for (Index i = b.first; i < b.first + b.count; ++i)
          confidence[static_cast<std::size_t>(first + i)] =
              confidence_of(model.cosine, scale, products.row(i), squares);
      });
    }
  });
}

/// Reports that `done` of `all` passes over the rows are done.
inline void begin_pass(UnitProgress& progress, Index done, Index all) {
  const bool go_on = progress.begin({.phase = "labels",
                                     .done = done,
                                     .total = all,
                                     .objective = std::numeric_limits<double>::quiet_NaN(),
                                     .detail = {}});
  check(go_on || done == all, Errc::stopped, "predict: stopped before all rows had their labels");
}

/// The prediction on a host: labels and top centroids by a search that leaves most products out and, where it
/// can't tell confidences, these by a full product.
inline void predict(const KMeansModel& model, const AnyRows& features, const KMeansBackend& backend,
                    UnitProgress& progress, Prediction& out) {
  const GeometryRule geometry = model.cosine ? geometry_rule<Cosine>() : geometry_rule<Euclidean>();
  kmeans_impl::NearestOf nearest(geometry, model.centroids, features, backend);
  const bool at_once = nearest.tells_confidences();
  const Index passes = at_once ? 1 : 2;
  begin_pass(progress, 0, passes);
  nearest.each(out.top.cols(), at_once ? model.temperature : 0, progress, [&](const FoundCentroids& found) {
    for (Index i = 0; i < found.labels.rows; ++i) {
      const auto row = static_cast<std::size_t>(found.place + i);
      std::copy_n(found.labels.row(i), found.labels.cols, out.top.row(found.place + i));
      out.labels[row] = found.labels(i, 0);
      if (at_once) out.confidence[row] = found.shares[static_cast<std::size_t>(i)];
    }
  });
  begin_pass(progress, 1, passes);
  if (at_once) return;
  confidences(model, features, backend, progress, out.confidence);
  begin_pass(progress, 2, 2);
}

}  // namespace kmeans_model_impl

/// How a backend B predicts by a k-means model without scaling; the results have their size already. This
/// primary template computes on the host what a search for centroids doesn't give; a Gpu specialises it
/// (model/cuda/predict_kmeans.cuh).
template <class B> struct PredictKMeansOn {
  static void predict(const KMeansModel& model, const AnyRows& features, const B& backend,
                      UnitProgress& progress, Prediction& out) {
    kmeans_model_impl::predict(model, features, backend, progress, out);
  }
};
/// Each rank predicts its own rows by its own backend.
template <RankedBackend R> struct PredictKMeansOn<R> {
  static void predict(const KMeansModel& model, const AnyRows& features, const R& ranks,
                      UnitProgress& progress, Prediction& out) {
    PredictKMeansOn<typename R::Inner>::predict(model, features, ranks.inner(), progress, out);
  }
};

namespace kmeans_model_impl {

/// A reference to how some backend predicts.
using Predict = FunctionRef<void(const KMeansModel&, const AnyRows&, UnitProgress&, Prediction&)>;

inline Prediction predict(const KMeansModel& model, const AnyRows& features, const Predict& by, Index count,
                          const Hook& hook) {
  const Index C = model.centroids.rows();
  check(features.cols() == model.centroids.cols(), Errc::invalid_argument, "predict: features has ",
        features.cols(), " columns; the model was fitted on ", model.centroids.cols());
  check(count >= 1, Errc::invalid_argument, "predict: count (", count, ") must be at least 1");
  if (!model.scaling.mean.empty()) {
    const KMeansModel plain{model.centroids, model.cosine, model.temperature, {}};
    return predict(plain, Standardized(features, model.scaling), by, count, hook);
  }
  const auto n = static_cast<std::size_t>(features.rows());
  Prediction out{std::vector<Label>(n), Matrix<Label>(features.rows(), std::min(count, C)),
                 std::vector<float>(n)};
  kmeans_impl::check_prediction(model.centroids, features, out.top.cols());
  UnitProgress progress(hook);
  by(model, features, progress, out);
  return out;
}

}  // namespace kmeans_model_impl

/// Labels, the `count` nearest clusters (at most C) and confidences of all rows. The confidence is the
/// softmax probability of the nearest cluster, softmax(−distance / temperature). On a Cpu the result of a row
/// depends on that row and the model only, not on the rows it is predicted with; on a Gpu both come from one
/// product, and a row that is equally near to two centroids, to rounding, may go to either. O(n C d). Throws
/// invalid_argument for rows with another number of columns, bad_data for rows that are not finite or, under
/// cosine, zero, and stopped if the hook asks to stop.
template <Backend B>
[[nodiscard]] Prediction predict(const KMeansModel& model, AnyRows features, const B& backend,
                                 Index count = 5, const Hook& hook = {}) {
  return kmeans_model_impl::predict(
      model, features,
      [&](const KMeansModel& plain, const AnyRows& rows, UnitProgress& progress, Prediction& out) {
        PredictKMeansOn<B>::predict(plain, rows, backend, progress, out);
      },
      count, hook);
}

}  // namespace shoal
