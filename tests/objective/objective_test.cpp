#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/objective/objective.hpp>

using namespace shoal;

TEST_CASE("softmax: probabilities sum to 1, the norm is the logarithm of the sum, also far from zero") {
  for (const Index size : {1, 5, 16, 37, 1000}) {
    for (const float offset : {0.f, 500.f, -500.f}) {
      std::vector<float> logits, probs(static_cast<std::size_t>(size));
      double total = 0;
      for (Index c = 0; c < size; ++c) {
        logits.push_back(std::cos(static_cast<float>(c)) + offset);
        total += std::exp(2. * (static_cast<double>(logits.back()) - offset));
      }
      const float norm = softmax(CpuTeam{size}, logits.data(), 2.f, probs.data());
      CHECK(norm == doctest::Approx(std::log(total) + 2. * offset).epsilon(1e-6));
      double sum = 0;
      for (const float p : probs) sum += p;
      CHECK(sum == doctest::Approx(1).epsilon(1e-5));
    }
  }
}
