// A linear classifier, and its predictions: the k best classes and the probability of the first.
#pragma once

#include <memory>

#include <shoal/core/fixed_array.hpp>
#include <shoal/core/top_k.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/io/row_source.hpp>
#include <shoal/io/standardize.hpp>
#include <shoal/linalg/product.hpp>
#include <shoal/objective/objective.hpp>
#include <shoal/simd/math.hpp>
#include <shoal/simd/row_team.hpp>

namespace shoal {

/// A linear classifier of rows x [d] with scores z = x W + b and probabilities softmax(z).
struct LinearClassifier {
  Matrix<float> weights;  ///< [(d + 1) × C] W, with b as the last row

  [[nodiscard]] Index features() const { return weights.rows() - 1; }
  [[nodiscard]] Index classes() const { return weights.cols(); }
};

/// The predictions for n rows.
struct Classified {
  Matrix<Label> top;              ///< [n × k] classes by descending score; the lower class wins ties
  std::vector<float> confidence;  ///< [n] softmax probability of the first class
};

namespace classifier_impl {

/// Rows that are read at a time: few enough for their scores to stay in cache, and independent of the number
/// of threads.
inline constexpr Index block_rows = 64;

/// Fills x [count × (d + 1)] with rows and a last column of ones, by which the bias becomes a weight.
inline void read_rows(AnyRows rows, Index first, MatrixView<float> x) {
  rows.read(first, x.columns(0, x.cols - 1));
  for (Index i = 0; i < x.rows; ++i) x(i, x.cols - 1) = 1;
}

/// Σ_c e^(z_c − shift).
inline float sum_of_exp(const float* z, Index classes, float shift) {
  return CpuTeam{classes}.sum([&](auto at) { return exp(at.load(z) - shift); });
}

/// Calls visit(first row, scores [rows × C]) for each block of rows, from several threads.
template <class Visit>
void each_scores_block(const LinearClassifier& classifier, AnyRows rows, Workers workers, Visit visit) {
  const Index classes = classifier.classes(), width = classifier.weights.rows();
  FixedArray<Matrix<float>> inputs(workers.threads()), scores(workers.threads());
  workers.each_block(rows.rows(), block_rows, [&](Block b, int worker) {
    auto &x = inputs[worker], &z = scores[worker];
    if (x.rows() == 0) x = Matrix<float>(block_rows, width), z = Matrix<float>(block_rows, classes);
    read_rows(rows, b.first, x.view().block(0, b.count));
    multiply({x.view().block(0, b.count)}, {classifier.weights}, z.view().block(0, b.count), Update::assign);
    visit(b.first, z.view().block(0, b.count));
  });
}

/// Throws invalid_argument unless the rows have the classifier's number of columns.
inline void check_columns(const char* function, const LinearClassifier& classifier, AnyRows rows) {
  check(rows.cols() == classifier.features(), Errc::invalid_argument, function, ": rows (", rows.cols(),
        " features) must have the classifier's ", classifier.features(), " features");
}

/// The classification on the threads of a host.
inline void classify(const LinearClassifier& classifier, AnyRows rows, Workers workers, Classified& out) {
  each_scores_block(classifier, rows, workers, [&](Index first, MatrixView<const float> z) {
    for (Index i = 0; i < z.rows; ++i) {
      const std::span<Label> top = out.top.view().span(first + i);
      top_k(z.span(i), top);
      out.confidence[static_cast<std::size_t>(first + i)] = 1 / sum_of_exp(z.row(i), z.cols, z(i, top[0]));
    }
  });
}

}  // namespace classifier_impl

/// How a backend B classifies rows, whose results have their size already. This primary template computes on
/// the host's threads; a Gpu specialises it (probe/cuda/classify.cuh).
template <class B> struct ClassifyOn {
  static void classify(const LinearClassifier& classifier, AnyRows rows, const B& backend, Classified& out) {
    classifier_impl::classify(classifier, rows, backend, out);
  }
};

/// A type-erased reference to the workers of any backend and to how it classifies rows. The backend must
/// outlive it.
class ClassifierBackend : public Workers {
 public:
  template <TaskRunner B>
    requires(!std::derived_from<B, ClassifierBackend> && !KnowsRanks<B>)
  ClassifierBackend(const B& backend)  // NOLINT: a reference to any backend
      : Workers(backend),
        backend_(std::addressof(backend)),
        classify_([](const void* b, const LinearClassifier& classifier, AnyRows rows, Classified& out) {
          ClassifyOn<B>::classify(classifier, rows, *static_cast<const B*>(b), out);
        }) {}

  void classify(const LinearClassifier& classifier, AnyRows rows, Classified& out) const {
    classify_(backend_, classifier, rows, out);
  }

 private:
  const void* backend_;
  void (*classify_)(const void*, const LinearClassifier&, AnyRows, Classified&);
};

/// Classifies each row: its k best classes, and the probability of the first. O(n d C) time; O(threads · 64 ·
/// C) memory beyond the result. The same bits for any number of threads. Throws invalid_argument unless 1 ≤ k
/// ≤ C and the rows have the classifier's number of columns; on a Gpu also bad_data for rows that are not
/// finite.
inline Classified classify(const LinearClassifier& classifier, AnyRows rows, Index k,
                           const ClassifierBackend& backend) {
  const Index classes = classifier.classes();
  classifier_impl::check_columns("classify", classifier, rows);
  check(k >= 1 && k <= classes, Errc::invalid_argument, "classify: k (", k, ") must be in [1, ", classes,
        "]");
  Classified out{Matrix<Label>(rows.rows(), k), std::vector<float>(static_cast<std::size_t>(rows.rows()))};
  backend.classify(classifier, rows, out);
  return out;
}
/// The softmax probabilities [n × C] of each row: what calibration by class needs. O(n d C) time; O(threads ·
/// 64 · C) memory beyond the result. The same bits for any number of threads. Throws invalid_argument unless
/// the rows have the classifier's number of columns.
inline Matrix<float> probabilities(const LinearClassifier& classifier, AnyRows rows, Workers workers) {
  using namespace classifier_impl;
  check_columns("probabilities", classifier, rows);
  Matrix<float> out(rows.rows(), classifier.classes());
  each_scores_block(classifier, rows, workers, [&](Index first, MatrixView<const float> z) {
    for (Index i = 0; i < z.rows; ++i) (void)softmax(CpuTeam{z.cols}, z.row(i), 1.f, out.row(first + i));
  });
  return out;
}

/// Converts a classifier trained on standardised rows (x − mean) · scale into one that gives the same scores
/// for the raw rows x.
inline LinearClassifier for_raw_rows(const LinearClassifier& classifier, const ColumnScaling& scaling) {
  check(std::ssize(scaling.mean) == classifier.features(), Errc::invalid_argument, "for_raw_rows: scaling (",
        scaling.mean.size(), " columns) must have the classifier's ", classifier.features(), " features");
  LinearClassifier raw = classifier;
  const Index d = classifier.features();
  for (Index c = 0; c < classifier.classes(); ++c) {
    double bias = static_cast<double>(classifier.weights(d, c));
    for (Index j = 0; j < d; ++j) {
      const auto column = static_cast<std::size_t>(j);
      raw.weights(j, c) = classifier.weights(j, c) * scaling.scale[column];
      bias -= static_cast<double>(raw.weights(j, c)) * static_cast<double>(scaling.mean[column]);
    }
    raw.weights(d, c) = static_cast<float>(bias);
  }
  return raw;
}

}  // namespace shoal
