#include <cmath>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/random.hpp>
#include <shoal/metrics/information.hpp>

using namespace shoal;

TEST_CASE("information: entropies by hand, joint normalisation, independence") {
  const std::vector<Label> a{0, 0, 1, 1}, b{0, 1, 2, 2};
  const Information info = information(contingency(a, b));
  CHECK(info.clusters == doctest::Approx(std::log(2.)));
  CHECK(info.classes == doctest::Approx(1.5 * std::log(2.)));
  CHECK(info.mutual == doctest::Approx(std::log(2.)));
  CHECK(normalized_information(info, Normalizer::joint) == doctest::Approx(1 / 1.5));
  CHECK(adjusted_information(info, 0.25 * info.mutual, Normalizer::joint) == doctest::Approx(0.75 / 1.25));
  CHECK(homogeneity(info) == doctest::Approx(1 / 1.5));
  CHECK(completeness(info) == doctest::Approx(1.));
  CHECK(v_measure(info, 2.) == doctest::Approx(3 * (1 / 1.5) / (2 / 1.5 + 1)));
}

TEST_CASE("information and its expectation: the same bits for 1, 2 and 7 threads") {
  const Philox random(1, 0);
  std::vector<Label> a, b;
  for (std::uint64_t i = 0; i < 60'000; ++i) {
    a.push_back(static_cast<Label>(500 * random.uniform(2 * i) * random.uniform(2 * i)));
    b.push_back(static_cast<Label>(random.below(800, 2 * i + 1)));
  }
  const auto ami = [&](int threads) {
    const Cpu cpu({.threads = threads});
    return adjusted_information(contingency(a, b, cpu), cpu);
  };
  CHECK(ami(1) == ami(2));
  CHECK(ami(1) == ami(7));
  CHECK(std::abs(ami(1)) < 0.01);
}
