#include "heads/support.hpp"
#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/heads/head_blocks.hpp>
#include <shoal/io/subset.hpp>

using namespace shoal;

TEST_CASE(
    "probabilities, logits and weights of pairs are those that predict sees, over more rows than a block") {
  SCANv2 s{.clusters = 9, .heads = 3};
  s.hidden = {8}, s.bottleneck = 6;
  const Matrix<float> points = grouped_points(1024 + 50, 5, 6);
  const Rows rows(points);
  const HeadModel model{s.shape(6), initial_parameters(s.shape(6), 3), 1, 0.1, column_scaling(rows, cpu)};
  const Prediction said = predict(model, rows, cpu, 9);
  const Matrix<float> all = probabilities(model, rows, cpu), raw = logits(model, rows, cpu);
  REQUIRE(all.cols() == 9);
  for (Index i = 0; i < all.rows(); ++i) {
    double total = 0, partition = 0;
    for (Index c = 0; c < 9; ++c) {
      total += static_cast<double>(all(i, c));
      partition += std::exp(10 * static_cast<double>(raw(i, c)));
    }
    CHECK(total == doctest::Approx(1).epsilon(1e-5));
    const Label best = said.labels[static_cast<std::size_t>(i)];
    CHECK(all(i, best) == doctest::Approx(said.confidence[static_cast<std::size_t>(i)]).epsilon(1e-4));
    CHECK(std::exp(10 * static_cast<double>(raw(i, best))) / partition ==
          doctest::Approx(static_cast<double>(all(i, best))).epsilon(1e-4));
  }

  const std::vector<Index> first{0, 7, 1030}, second{1, 7, 3};  // the second pair is a row with itself
  const std::vector<double> weights = pair_weights(model, Subset(rows, first), Subset(rows, second), cpu);
  for (std::size_t k = 0; k < 3; ++k) {
    double expected = 0;
    for (Index h = 0; h < 3; ++h) {
      const Matrix<float> of_head = probabilities(model, rows, cpu, h);
      for (Index c = 0; c < 9; ++c)
        expected +=
            static_cast<double>(of_head(first[k], c)) * static_cast<double>(of_head(second[k], c)) / 3;
    }
    CHECK(weights[k] == doctest::Approx(expected).epsilon(1e-5));
  }
  const Matrix<float> narrow(3, 5, 1.f);
  test::refused(Errc::invalid_argument, "5", [&] { (void)probabilities(model, Rows(narrow), cpu); });
  test::refused(Errc::invalid_argument, "must pair",
                [&] { (void)pair_weights(model, rows, Subset(rows, first), cpu); });
}
