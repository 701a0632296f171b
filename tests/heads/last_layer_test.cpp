#include <cmath>

#include <doctest/doctest.h>

#include <shoal/core/random.hpp>
#include <shoal/heads/last_layer.hpp>

using namespace shoal;

TEST_CASE("weights of the last layer: a normalised direction times its gain, or a plain head's own") {
  HeadShape shape{.features = 2, .widths = {19}, .clusters = 4, .heads = 2};
  Buffer<float> parameters(static_cast<std::size_t>(shape.size()));
  for (std::size_t i = 0; i < parameters.size(); ++i)
    parameters[i] = static_cast<float>(Philox(1, 1).normal(i));
  for (const bool plain : {false, true}) {
    shape.plain = plain;
    const HeadView<const float> head{&shape, parameters.data(), 1};
    for (Index c = 0; c < 4; ++c) {
      const float* v = head.directions().row(c);
      double square = 0;
      for (Index k = 0; k < 19; ++k) square += static_cast<double>(v[k]) * static_cast<double>(v[k]);
      const double scale = plain ? 1 : static_cast<double>(head.gains()[c]) / std::sqrt(square);
      float w[19];
      last_weight(CpuTeam{19}, head, c, w);
      for (Index k = 0; k < 19; ++k)
        CHECK(w[k] == doctest::Approx(scale * static_cast<double>(v[k])).epsilon(1e-6));
    }
  }
}

TEST_CASE("rows are multiplied entry by entry, and columns are summed whatever was there") {
  Matrix<float> a(3, 21);
  for (Index i = 0; i < a.size(); ++i) a.data()[i] = static_cast<float>(i % 7);
  Matrix<float> b = a;
  multiply_rows(CpuTeam{21}, a.row(0), b.row(1));
  for (Index k = 0; k < 21; ++k) CHECK(b(1, k) == a(0, k) * a(1, k));
  float sums[20];
  std::fill_n(sums, 20, std::nanf(""));
  sum_columns(a.view().columns(1, 20), sums);
  for (Index k = 0; k < 20; ++k) CHECK(sums[k] == a(0, k + 1) + a(1, k + 1) + a(2, k + 1));
}
