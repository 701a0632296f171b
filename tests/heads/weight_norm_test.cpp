#include <cmath>

#include <doctest/doctest.h>

#include <shoal/core/matrix.hpp>
#include <shoal/core/random.hpp>
#include <shoal/heads/weight_norm.hpp>

using namespace shoal;

TEST_CASE("weight_norm_backward is the derivative of g v / |v|, and zero where v is") {
  constexpr Index size = 21;  // a vector and a tail
  const Philox random(4, 2);
  Buffer<float> v(size), weights(size);
  for (Index j = 0; j < size; ++j) {
    v[static_cast<std::size_t>(j)] = static_cast<float>(random.normal(static_cast<std::uint64_t>(j)));
    weights[static_cast<std::size_t>(j)] =
        static_cast<float>(random.normal(static_cast<std::uint64_t>(100 + j)));
  }
  const auto value = [&](double gain, Index moved, double by) {  // weights · g v / |v|
    double dot = 0, square = 0;
    for (Index j = 0; j < size; ++j) {
      const double x = static_cast<double>(v[static_cast<std::size_t>(j)]) + (j == moved ? by : 0);
      dot += x * static_cast<double>(weights[static_cast<std::size_t>(j)]), square += x * x;
    }
    return gain * dot / std::sqrt(square);
  };
  Buffer<float> row = weights;
  CHECK(weight_norm_backward(CpuTeam{size}, v.data(), 1.7f, row.data()) ==
        doctest::Approx((value(1.7 + 1e-4, 0, 0) - value(1.7 - 1e-4, 0, 0)) / 2e-4).epsilon(1e-5));
  const auto gain = static_cast<double>(1.7f);
  for (Index j = 0; j < size; ++j)
    CHECK(std::abs(static_cast<double>(row[static_cast<std::size_t>(j)]) -
                   (value(gain, j, 1e-5) - value(gain, j, -1e-5)) / 2e-5) < 1e-6);

  const Buffer<float> none(size, 0.f);
  row = weights;
  CHECK(weight_norm_backward(CpuTeam{size}, none.data(), 1.7f, row.data()) == 0.f);
  CHECK(row == none);
}

TEST_CASE("a direction has the length of its gain, and 0 where v is 0") {
  const float v[] = {3.f, 0.f, -4.f}, none[] = {0.f, 0.f, 0.f};
  float w[3];
  weight_norm(CpuTeam{3}, v, 10.f, w);
  CHECK(w[0] == doctest::Approx(6));
  CHECK(w[1] == 0.f);
  CHECK(w[2] == doctest::Approx(-8));
  weight_norm(CpuTeam{3}, none, 10.f, w);
  for (const float x : w) CHECK(x == 0.f);
}
