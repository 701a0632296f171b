#include <doctest/doctest.h>

#include <shoal/heads/optimizer.hpp>

using namespace shoal;

namespace {

/// A few steps of PyTorch's definition in double precision, against ours.
void follows_definition(Optimizer optimizer) {
  constexpr double rate = 0.01, decay = 0.1;
  float w = 0.7f, m = 0, v = 0;
  double x = 0.7, first = 0, second = 0;
  FloatVector many = broadcast<FloatVector>(w), many_m{}, many_v{};
  for (int step = 1; step <= 20; ++step) {
    const double raw = std::sin(step) + 0.5 * x;
    const auto gradient = static_cast<float>(raw);
    const double g = raw + (optimizer == Optimizer::adam ? decay * x : 0);
    if (optimizer == Optimizer::adamw) x *= 1 - rate * decay;
    first = 0.9 * first + 0.1 * g;
    second = 0.999 * second + 0.001 * g * g;
    x -= rate / (1 - std::pow(0.9, step)) * first / (std::sqrt(second / (1 - std::pow(0.999, step))) + 1e-8);
    const AdamStep update(optimizer, rate, decay, step - 1);
    w = update(w, gradient, m, v);
    many = update(many, broadcast<FloatVector>(gradient), many_m, many_v);
    CHECK(w == doctest::Approx(x).epsilon(1e-5));
    const float first_of_many = many[0];
    CHECK(first_of_many == doctest::Approx(w));
  }
}

}  // namespace

TEST_CASE("AdamW and Adam follow their definitions") {
  follows_definition(Optimizer::adamw);
  follows_definition(Optimizer::adam);
}

TEST_CASE("a gradient of zero moves nothing but the decay") {
  float m = 0, v = 0;
  CHECK(AdamStep(Optimizer::adamw, 0.1, 0, 0)(3.f, 0.f, m, v) == 3.f);
  CHECK(AdamStep(Optimizer::adamw, 0.1, 0.5, 0)(3.f, 0.f, m, v) == doctest::Approx(2.85f));
}
