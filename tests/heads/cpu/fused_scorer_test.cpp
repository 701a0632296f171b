#include "heads/reference.hpp"

#include <doctest/doctest.h>

#include <shoal/heads/cpu/fused_scorer.hpp>

using namespace shoal;

TEST_CASE("scores are those of the definition, whatever the rows beside a row") {
  const HeadShape shape{.features = 9, .widths = {33, 17}, .clusters = 20, .heads = 2};
  HeadModel model{shape, initial_parameters(shape, 1), 1, 0.1, {}};
  Matrix<float> x(100, 9);  // more than a block
  for (Index i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<float>(Philox(2, 3).normal(static_cast<std::uint64_t>(i)));
  const auto score = [&](MatrixView<const float> rows) {
    const auto n = static_cast<std::size_t>(rows.rows);
    Prediction out{std::vector<Label>(n), Matrix<Label>(rows.rows, 3), std::vector<float>(n)};
    ScorerOn<Cpu>::score(model, 1, Rows(rows), Cpu({.threads = 2}), out);
    return out;
  };
  const Prediction all = score(x), one = score(x.view().block(97, 1));
  CHECK(one.labels[0] == all.labels[97]);
  CHECK(one.confidence[0] == all.confidence[97]);
  const std::vector<double> wide(model.parameters.begin(), model.parameters.end());
  for (Index i = 0; i < 100; ++i) {
    const reference::Row z = reference::log_softmax(
        reference::logits(shape, wide, 1, reference::Row(x.row(i), x.row(i) + 9)), model.temperature);
    const auto best = std::max_element(z.begin(), z.end());
    const auto at = static_cast<std::size_t>(i);
    CHECK(std::abs(std::log(static_cast<double>(all.confidence[at])) - *best) < 1e-4);
    CHECK(std::abs(z[static_cast<std::size_t>(all.labels[at])] - *best) < 1e-4);
    CHECK(all.top(i, 0) == all.labels[at]);
  }
}
