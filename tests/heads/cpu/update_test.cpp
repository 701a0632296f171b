#include <doctest/doctest.h>

#include <shoal/core/random.hpp>
#include <shoal/heads/cpu/update.hpp>

using namespace shoal;

TEST_CASE("the gradient of a layer's weights is deltaᵀ · input, over as many chunks of rows as there are") {
  for (const Index rows : {5, 384, 1000}) {
    const Index in = 7, out = 19;
    const Philox random(3, static_cast<std::uint64_t>(rows));
    Matrix<float> delta(rows, out), input(rows, in), tile(out, in);
    for (Index i = 0; i < delta.size(); ++i)
      delta.data()[i] = static_cast<float>(random.normal(static_cast<std::uint64_t>(i)));
    for (Index i = 0; i < input.size(); ++i)
      input.data()[i] = static_cast<float>(random.normal(static_cast<std::uint64_t>(1'000'000 + i)));
    PackedInput packed(rows, {});
    for (Index chunk = 0; chunk < packed.chunks(); ++chunk) packed.pack(chunk, input);
    LeftFactor left;
    packed.gradient(delta, tile, left);
    for (Index o = 0; o < out; ++o)
      for (Index j = 0; j < in; ++j) {
        double sum = 0;
        for (Index i = 0; i < rows; ++i)
          sum += static_cast<double>(delta(i, o)) * static_cast<double>(input(i, j));
        CHECK(static_cast<double>(tile(o, j)) == doctest::Approx(sum).scale(30).epsilon(1e-6));
      }
  }
}
