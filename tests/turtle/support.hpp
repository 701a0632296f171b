// The random choices of the authors' program, as tests/turtle/data/make_trace.py noted them.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <shoal/io/npy.hpp>
#include <shoal/turtle/draws.hpp>

namespace turtle_test {

using namespace shoal;

class StoredDraws : public TurtleDraws {
 public:
  explicit StoredDraws(const std::string& title)
      : batches_(npy::read_matrix<std::int32_t>(TEST_DATA "/" + title + "_batches.npy")),
        layers_(npy::read_vector<float>(TEST_DATA "/" + title + "_layers.npy")) {}

  void batch(Index step, std::span<Index> rows) override {
    std::copy_n(batches_.row(step), rows.size(), rows.begin());
  }
  void encoder(Index, MatrixView<float> weights) override { next(weights); }
  void classifier(Index, Index, MatrixView<float> weights) override { next(weights); }

 private:
  void next(MatrixView<float> weights) {
    std::copy_n(layers_.begin() + at_, weights.rows * weights.cols, weights.data);
    at_ += weights.rows * weights.cols;
  }

  Matrix<std::int32_t> batches_;
  std::vector<float> layers_;
  std::ptrdiff_t at_ = 0;
};

}  // namespace turtle_test
