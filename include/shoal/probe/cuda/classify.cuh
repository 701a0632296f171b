// Classification by a linear classifier on a GPU.
#pragma once

#include <shoal/backend/gpu.cuh>
#include <shoal/hierarchy/cuda/top_scores.cuh>
#include <shoal/probe/classifier.hpp>

namespace shoal {

template <GpuBackend B> struct ClassifyOn<B> {
  using Rt = typename B::Runtime;

  static void classify(const LinearClassifier& classifier, AnyRows rows, const B& gpu, Classified& out) {
    if (rows.rows() == 0) return;
    const Index d = classifier.features(), classes = classifier.classes(), k = out.top.cols();
    GpuStream<Rt>& stream = gpu.stream();
    DeviceArray<Rt, float> weights(stream, classifier.weights.size());
    to_device(stream, weights.data(), classifier.weights.data(), weights.size());
    RoundedFactor<Rt> round(stream, gpu.settings().precision, d * classes);
    const Factor against = round(Factor(std::as_const(weights).view(d, classes)));
    const float* bias = std::as_const(weights).data() + d * classes;
    GpuTopScores<Rt> scores(gpu, rows, false, classes, k, 1.f);
    scores.each_block([&](Block, MatrixView<const float> x) { scores.score(0, x, against, classes, bias); },
                      [&](Block b, const TopOfBlock& top) {
                        for (Index i = 0; i < b.count; ++i) {
                          for (Index j = 0; j < k; ++j)
                            out.top(b.first + i, j) =
                                std::min(id_of(top.words(i, j)), static_cast<Label>(classes - 1));
                          out.confidence[static_cast<std::size_t>(b.first + i)] =
                              probability(score_of(top.words(i, 0)), 1.f, top.log_partitions[i]);
                        }
                      });
    if (const Index bad = scores.first_bad(); bad >= 0) {
      Matrix<float> row(1, d);
      rows.read(bad, row);
      check_row("classify", bad, row.row(0), d, RowNeed::bounded);
    }
  }
};

}  // namespace shoal
