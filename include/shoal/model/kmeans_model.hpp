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

/// log Σ_c exp(−distance(x, c) / τ) of each row, into `norms`.
inline void log_normalisers(const KMeansModel& model, const CheckedRows& rows, Workers workers,
                            std::span<float> norms) {
  const Index C = model.centroids.rows(), d = rows.cols();
  const auto scale = static_cast<float>(1 / model.temperature);
  std::vector<float> square(static_cast<std::size_t>(C));
  for (Index c = 0; c < C; ++c)
    square[static_cast<std::size_t>(c)] = static_cast<float>(squared_norm(model.centroids.row(c), d));
  workers.each_block(rows.rows(), 256, [&](Block block, int) {
    Matrix<float> x(block.count, d), scores(block.count, C);
    rows.read(block.first, x);
    multiply({x.view()}, {model.centroids.view(), true}, scores, Update::assign);
    for (Index i = 0; i < block.count; ++i) {
      float* row = scores.row(i);
      const float own = model.cosine ? 0.f : static_cast<float>(squared_norm(x.row(i), d));
      const float* centre = square.data();
      const CpuTeam team{C};
      const bool cosine = model.cosine;
      const float top = team.max([=](auto c) {  // minus the distance, over τ
        const auto s = c.load(row);
        const auto z = (cosine ? s - 1.f : s * 2.f - c.load(centre) - own) * scale;
        c.store(row, z);
        return z;
      });
      norms[static_cast<std::size_t>(block.first + i)] =
          top + log(team.sum([=](auto c) { return exp(c.load(row) - top); }));
    }
  });
}

}  // namespace kmeans_model_impl

/// Labels, the `count` nearest clusters (at most C are given) and confidences of all rows. The confidence is
/// the softmax of minus the distance over the temperature. A row's result depends on that row and the model
/// only, never on how many rows are asked for together. O(n C d). Throws for rows of another width, and for
/// rows that are not finite or, under cosine, zero.
[[nodiscard]] inline Prediction predict(const KMeansModel& model, AnyRows features, Workers workers,
                                        Index count = 5) {
  const Index C = model.centroids.rows();
  check(features.cols() == model.centroids.cols(), Errc::invalid_argument, "predict: features has ",
        features.cols(), " columns; the model was fitted on ", model.centroids.cols());
  check(count >= 1, Errc::invalid_argument, "predict: count (", count, ") must be at least 1");
  if (!model.scaling.mean.empty()) {
    KMeansModel plain{model.centroids, model.cosine, model.temperature, {}};
    return predict(plain, Standardized(features, model.scaling), workers, count);
  }
  KMeansPrediction nearest = model.cosine
                                 ? predict<Cosine>(model.centroids, features, workers, std::min(count, C))
                                 : predict<Euclidean>(model.centroids, features, workers, std::min(count, C));
  Prediction out{
      {}, std::move(nearest.labels), std::vector<float>(static_cast<std::size_t>(features.rows()))};
  const CheckedRows rows(features, model.cosine, "predict");
  kmeans_model_impl::log_normalisers(model, rows, workers, out.confidence);
  for (Index i = 0; i < features.rows(); ++i) {
    out.labels.push_back(out.top(i, 0));
    float& confidence = out.confidence[static_cast<std::size_t>(i)];
    const double z = -static_cast<double>(nearest.distances(i, 0)) / model.temperature;
    confidence = static_cast<float>(std::min(1., std::exp(z - static_cast<double>(confidence))));
  }
  return out;
}

}  // namespace shoal
