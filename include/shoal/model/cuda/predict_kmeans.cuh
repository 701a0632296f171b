// Predictions of a k-means model on a GPU.
#pragma once

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include <shoal/backend/gpu.cuh>
#include <shoal/hierarchy/cuda/top_scores.cuh>
#include <shoal/model/kmeans_model.hpp>

namespace shoal {

/// Nearest centroids and confidences from one product: the scores z_c = 2 x·c − ‖c‖² lack only ‖x‖² of
/// −‖x − c‖², so that a confidence is the softmax probability of the best score.
template <GpuBackend B> struct PredictKMeansOn<B> {
  static void predict(const KMeansModel& model, const AnyRows& features, const B& gpu, UnitProgress& progress,
                      Prediction& out) {
    kmeans_model_impl::begin_pass(progress, 0, 1);
    Matrix<float> points = model.centroids;
    if (model.cosine) kmeans_impl::to_directions(points);
    const Frame frame = frame_of(points, model.cosine);
    frame.enter(points);
    const double cost = model.cosine ? 0.5 : 1;  // of a squared distance
    const double scale = cost / (model.temperature * frame.square());
    const Question question{FramedRows(features, frame, "predict"), model.cosine && frame.identity(),
                            static_cast<float>(std::min(scale, double{std::numeric_limits<float>::max()}))};
    if (features.rows() > 0) answer(question, std::move(points), gpu, progress, out);
    kmeans_model_impl::begin_pass(progress, 1, 1);
  }

 private:
  using Rt = typename B::Runtime;

  struct Question {
    FramedRows rows;
    bool unit;    // whether the device is to normalise rows
    float scale;  // the inverse temperature of the scores
  };

  static void answer(const Question& question, Matrix<float> points, const B& gpu, UnitProgress& progress,
                     Prediction& out) {
    const Index n = question.rows.rows(), d = points.cols(), clusters = points.rows(), k = out.top.cols();
    std::vector<float> bias;
    for (Index c = 0; c < clusters; ++c) bias.push_back(static_cast<float>(-squared_norm(points.row(c), d)));
    for (Index i = 0; i < points.size(); ++i) points.data()[i] *= 2;
    GpuStream<Rt>& stream = gpu.stream();
    DeviceArray<Rt, float> weights(stream, points.size()), biases(stream, clusters);
    to_device(stream, weights.data(), std::as_const(points).data(), points.size());
    to_device(stream, biases.data(), std::as_const(bias).data(), clusters);
    RoundedFactor<Rt> round(stream, gpu.settings().precision, points.size());
    const Factor against = round(std::as_const(weights).view(clusters, d)).transpose();
    GpuTopScores<Rt> scores(gpu, question.rows, question.unit, clusters, k, question.scale);
    scores.each_block(
        [&](Block, MatrixView<const float> x) {
          scores.score(0, x, against, clusters, std::as_const(biases).data());
        },
        [&](Block b, const TopOfBlock& top) {
          for (Index i = 0; i < b.count; ++i) {
            const auto row = static_cast<std::size_t>(b.first + i);
            for (Index j = 0; j < k; ++j)  // a row that is refused in the end may have no ids
              out.top(b.first + i, j) = std::min(id_of(top.words(i, j)), static_cast<Label>(clusters - 1));
            out.labels[row] = out.top(b.first + i, 0);
            out.confidence[row] =
                probability(score_of(top.words(i, 0)), question.scale, top.log_partitions[i]);
          }
          progress.pass(b.first + b.count, n);
        });
    if (const Index bad = scores.first_bad(); bad >= 0) {
      Matrix<float> row(1, d);
      CheckedRows(question.rows, question.unit, "predict").read(bad, row);  // throws
    }
  }
};

}  // namespace shoal
