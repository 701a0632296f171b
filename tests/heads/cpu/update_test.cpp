#include <cmath>

#include <doctest/doctest.h>

#include <shoal/core/random.hpp>
#include <shoal/heads/cpu/update.hpp>

using namespace shoal;

TEST_CASE("weight_norm_backward is the derivative of g v / |v|, and zero where v is") {
  constexpr Index size = 21;  // a worker and a tail
  const Philox random(4, 2);
  Buffer<float> v(size), slope(size);
  for (Index j = 0; j < size; ++j) {
    v[static_cast<std::size_t>(j)] = static_cast<float>(random.normal(static_cast<std::uint64_t>(j)));
    slope[static_cast<std::size_t>(j)] =
        static_cast<float>(random.normal(static_cast<std::uint64_t>(100 + j)));
  }
  const auto value = [&](double gain, Index moved, double by) {  // slope · g v / |v|
    double dot = 0, square = 0;
    for (Index j = 0; j < size; ++j) {
      const double x = static_cast<double>(v[static_cast<std::size_t>(j)]) + (j == moved ? by : 0);
      dot += x * static_cast<double>(slope[static_cast<std::size_t>(j)]), square += x * x;
    }
    return gain * dot / std::sqrt(square);
  };
  Buffer<float> row = slope;
  CHECK(weight_norm_backward(v.data(), 1.7f, row.data(), size) ==
        doctest::Approx((value(1.7 + 1e-4, 0, 0) - value(1.7 - 1e-4, 0, 0)) / 2e-4).epsilon(1e-5));
  const auto gain = static_cast<double>(1.7f);
  for (Index j = 0; j < size; ++j)
    CHECK(std::abs(static_cast<double>(row[static_cast<std::size_t>(j)]) -
                   (value(gain, j, 1e-5) - value(gain, j, -1e-5)) / 2e-5) < 1e-6);

  const Buffer<float> none(size, 0.f);
  row = slope;
  CHECK(weight_norm_backward(none.data(), 1.7f, row.data(), size) == 0.f);
  CHECK(row == none);
}

TEST_CASE("a parameter row moves by the optimizer, and the teacher follows where there is one") {
  const HeadShape shape{.features = 5, .widths = {4}, .clusters = 3, .heads = 1};
  for (const bool teacher : {true, false}) {
    HeadState state(shape, 7, teacher);
    const HeadState before = state;
    const Index from = 3, count = 9;
    const Philox random(2, 0);
    Buffer<float> gradient(static_cast<std::size_t>(count));
    for (Index i = 0; i < count; ++i)
      gradient[static_cast<std::size_t>(i)] =
          static_cast<float>(random.normal(static_cast<std::uint64_t>(i)));
    const AdamStep step(Optimizer::adamw, 1e-2, 1e-1, 4);
    ParameterRow(state, from).update(step, 0.9f, gradient.data(), count);
    for (std::size_t i = 0; i < state.student.size(); ++i) {
      const Index at = static_cast<Index>(i) - from;
      if (at < 0 || at >= count) {
        CHECK(state.student[i] == before.student[i]);
        continue;
      }
      float first = 0, second = 0;
      const float value = step(before.student[i], gradient[static_cast<std::size_t>(at)], first, second);
      CHECK(state.student[i] == doctest::Approx(value));
      CHECK(state.first_moment[i] == doctest::Approx(first));
      CHECK(state.second_moment[i] == doctest::Approx(second));
      if (teacher) CHECK(state.teacher[i] == doctest::Approx(0.9f * before.teacher[i] + 0.1f * value));
    }
    CHECK(state.teacher.empty() != teacher);
  }
}
