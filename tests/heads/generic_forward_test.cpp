#include "heads/reference.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/eigen_cpu.hpp>
#include <shoal/heads/generic_forward.hpp>

using namespace shoal;

TEST_CASE("logits are those of the definition, for a whole batch and for fewer rows") {
  HeadShape shape{.features = 9, .widths = {33, 17}, .clusters = 20, .heads = 2};
  SUBCASE("") {}
  SUBCASE("of plain heads") { shape.plain = true; }
  Buffer<float> parameters = initial_parameters(shape, 1);
  for (std::size_t i = 0; i < parameters.size(); ++i)
    parameters[i] += 0.4f * static_cast<float>(Philox(2, 2).normal(i));
  Matrix<float> x(20, 9);
  for (Index i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<float>(Philox(2, 3).normal(static_cast<std::uint64_t>(i)));
  const std::vector<double> wide(parameters.begin(), parameters.end());
  const EigenCpu backend(2);
  GenericForward pass(shape, 20, true, backend);
  for (Index h = 0; h < 2; ++h)
    for (const Index rows : {20, 7}) {
      pass.run({&shape, parameters.data(), h}, x.view().block(20 - rows, rows));
      for (Index i = 0; i < rows; ++i) {
        const float* row = x.row(20 - rows + i);
        const reference::Row expected = reference::logits(shape, wide, h, reference::Row(row, row + 9));
        for (Index c = 0; c < 20; ++c) {
          const double logit = expected[static_cast<std::size_t>(c)];
          // A rounding of half an epsilon for each addition of the three layers.
          const double tolerance = (9 + 33 + 17) * 0x1p-24 * (1 + std::abs(logit));
          CHECK(std::abs(static_cast<double>(pass.logits(rows)(i, c)) - logit) < tolerance);
        }
      }
    }
}
