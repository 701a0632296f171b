#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/objective/objective.hpp>

using namespace shoal;

TEST_CASE(
    "softmax: probabilities sum to 1, the log-partition is the logarithm of the sum, also far from zero") {
  for (const Index size : {1, 5, 16, 37, 1000}) {
    for (const float offset : {0.f, 500.f, -500.f}) {
      std::vector<float> logits, probs(static_cast<std::size_t>(size));
      double total = 0;
      for (Index c = 0; c < size; ++c) {
        logits.push_back(std::cos(static_cast<float>(c)) + offset);
        total += std::exp(2. * (static_cast<double>(logits.back()) - offset));
      }
      const float partition = softmax(CpuTeam{size}, logits.data(), 2.f, probs.data());
      CHECK(partition == doctest::Approx(std::log(total) + 2. * offset).epsilon(1e-6));
      double sum = 0;
      for (const float p : probs) sum += p;
      CHECK(sum == doctest::Approx(1).epsilon(1e-5));
    }
  }
}

TEST_CASE(
    "a probability is that of its logit and log-partition, and never above 1, however that was rounded") {
  CHECK(probability(3.f, 0.5f, std::log(2.f) + 1.5f) == doctest::Approx(0.5));
  for (const float logit : {-3000.f, -1.f, 0.f, 7.f, 3000.f}) {
    const float most =
        logit * 0.7f;  // the log-partition of a row with no other logit, and what rounding may make of it
    CHECK(probability(logit, 0.7f, most) == doctest::Approx(1).epsilon(1e-3));
    CHECK(probability(logit, 0.7f, std::nextafter(most, -1e9f)) == 1.f);
    CHECK(probability(logit, 0.7f, std::nextafter(most, 1e9f)) <= 1.f);
  }
}

TEST_CASE("a single cluster has probability 1, and its log 0, whatever a compiler fuses") {
  for (float logit = 0.013f; logit < 1; logit += 0.0717f) {
    const float scale = 1 / 0.07f;
    float q = 0;
    const LogProbs row{&logit, scale, softmax(CpuTeam{1}, &logit, scale, &q)};
    CHECK(q == 1);
    CHECK(row.log_partition == log_partition(CpuTeam{1}, &logit, scale));
    CHECK(row.log(At<float>{0}) == 0);
    CHECK(probability(logit, scale, row.log_partition) == 1);
  }
}
