// What k-means leaves behind to label other rows with.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <shoal/core/prediction.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/io/standardize.hpp>
#include <shoal/kmeans/kmeans.hpp>
#include <shoal/linalg/product.hpp>
#include <shoal/simd/math.hpp>
#include <shoal/simd/row_team.hpp>

namespace shoal {

/// Centroids and how rows are compared with them.
struct KMeansModel {
  Matrix<float> centroids;   ///< [C × d]
  bool cosine = true;        ///< distance 1 − cos(x, c); else ‖x − c‖²
  double temperature = 0.1;  ///< of the confidence, in the unit of the distance
  ColumnScaling scaling;     ///< of the features; empty where they are taken as they are
};

/// The model of a fit. A tenth of the mean distance of rows from their mean is the temperature: 0.1 under
/// cosine, as that of heads; under Euclidean distance from what the fit knows, the spread within and between
/// its clusters. `weights` are those that the fit had: a row of weight w counts as w rows do.
template <Geometry Geo>
[[nodiscard]] KMeansModel model_of(const KMeansResult& fit, ColumnScaling scaling = {},
                                   std::span<const float> weights = {}) {
  KMeansModel model{fit.centroids, Geo::unit, 0.1, std::move(scaling)};
  if (Geo::unit) return model;
  check(weights.empty() || weights.size() == fit.labels.size(), Errc::invalid_argument, "model_of: weights (",
        weights.size(), ") must have one entry a row (", fit.labels.size(), "), or none");
  const Index d = fit.centroids.cols();
  std::vector<double> share(static_cast<std::size_t>(fit.centroids.rows()), 0.);
  double total = 0;
  for (std::size_t i = 0; i < fit.labels.size(); ++i) {
    const double weight = weights.empty() ? 1. : static_cast<double>(weights[i]);
    share[static_cast<std::size_t>(fit.labels[i])] += weight;
    total += weight;
  }
  double spread = fit.objective / total;
  for (Index j = 0; j < d; ++j) {
    double mean = 0, square = 0;
    for (Index c = 0; c < fit.centroids.rows(); ++c) {
      const double x = static_cast<double>(fit.centroids(c, j)),
                   part = share[static_cast<std::size_t>(c)] / total;
      mean += part * x;
      square += part * x * x;
    }
    spread += std::max(0., square - mean * mean);
  }
  constexpr double least = std::numeric_limits<float>::min();
  model.temperature = spread > 0 ? std::max(0.1 * spread, least) : 1;
  return model;
}

namespace kmeans_model_impl {

/// log Σ_c exp(−distance(x, c) / τ) of one row, from scores[c] = x·c, which are overwritten. squares [C]:
/// ‖c‖².
inline float log_normaliser(const KMeansModel& model, const float* x, float* scores, const float* squares) {
  const Index C = model.centroids.rows();
  const auto scale = static_cast<float>(1 / model.temperature);
  const bool cosine = model.cosine;
  const float own = cosine ? 0.f : static_cast<float>(squared_norm(x, model.centroids.cols()));
  const CpuTeam team{C};
  const float top = team.max([=](auto c) {  // minus the distance, over τ
    const auto s = c.load(scores);
    const auto z = (cosine ? s - 1.f : s * 2.f - c.load(squares) - own) * scale;
    c.store(scores, z);
    return z;
  });
  return top + log(team.sum([=](auto c) { return exp(c.load(scores) - top); }));
}

/// The log normalisers of all rows, some 4 MB of products at a time.
inline void log_normalisers(const KMeansModel& model, const CheckedRows& rows, const AnyBackend& backend,
                            std::span<float> norms) {
  const Index C = model.centroids.rows(), d = rows.cols();
  const Index window = std::clamp<Index>((Index{1} << 20) / C, 64, 4096);
  std::vector<float> squares(static_cast<std::size_t>(C));
  for (Index c = 0; c < C; ++c)
    squares[static_cast<std::size_t>(c)] = static_cast<float>(squared_norm(model.centroids.row(c), d));
  Matrix<float> x(std::min(window, rows.rows()), d), scores(x.rows(), C);
  rows.walk(window, [&](Index begin, Index count) {
    for (Index first = 0; first < count; first += window) {
      const Index height = std::min(window, count - first);
      const auto part = x.view().block(0, height);
      const auto products = scores.view().block(0, height);
      backend.each_block(height, 64, [&](Block b, int) {
        rows.read(begin + first + b.first, part.block(b.first, b.count));
      });
      backend.product({part}, {model.centroids.view(), true}, products);
      backend.each_block(height, 64, [&](Block b, int) {
        for (Index i = b.first; i < b.first + b.count; ++i)
          norms[static_cast<std::size_t>(begin + first + i)] =
              log_normaliser(model, part.row(i), products.row(i), squares.data());
      });
    }
  });
}

inline Prediction predict(const KMeansModel& model, const AnyRows& features, const KMeansBackend& backend,
                          Index count) {
  const Index C = model.centroids.rows();
  check(features.cols() == model.centroids.cols(), Errc::invalid_argument, "predict: features has ",
        features.cols(), " columns; the model was fitted on ", model.centroids.cols());
  check(count >= 1, Errc::invalid_argument, "predict: count (", count, ") must be at least 1");
  if (!model.scaling.mean.empty()) {
    const KMeansModel plain{model.centroids, model.cosine, model.temperature, {}};
    return predict(plain, Standardized(features, model.scaling), backend, count);
  }
  const GeometryRule geometry = model.cosine ? geometry_rule<Cosine>() : geometry_rule<Euclidean>();
  KMeansPrediction nearest =
      kmeans_impl::predict(geometry, model.centroids, features, backend, std::min(count, C));
  Prediction out{
      {}, std::move(nearest.labels), std::vector<float>(static_cast<std::size_t>(features.rows()))};
  const CheckedRows rows(features, model.cosine, "predict");
  log_normalisers(model, rows, backend, out.confidence);
  for (Index i = 0; i < features.rows(); ++i) {
    out.labels.push_back(out.top(i, 0));
    float& confidence = out.confidence[static_cast<std::size_t>(i)];
    const double z = -static_cast<double>(nearest.distances(i, 0)) / model.temperature;
    confidence = static_cast<float>(std::min(1., std::exp(z - static_cast<double>(confidence))));
  }
  return out;
}

}  // namespace kmeans_model_impl

/// Labels, the `count` nearest clusters (at most C are given) and confidences of all rows. The confidence is
/// the softmax of minus the distance over the temperature. On a Cpu a row's result depends on that row and
/// the model only, never on how many rows are asked for together. O(n C d). Throws for rows of another width,
/// and for rows that are not finite or, under cosine, zero.
template <Backend B>
[[nodiscard]] Prediction predict(const KMeansModel& model, AnyRows features, const B& backend,
                                 Index count = 5) {
  return kmeans_model_impl::predict(model, features, backend, count);
}

}  // namespace shoal
