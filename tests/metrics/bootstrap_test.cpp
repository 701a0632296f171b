#include <cmath>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/metrics/bootstrap.hpp>
#include <shoal/metrics/evaluate.hpp>

using namespace shoal;

namespace {

/// n samples of 5 classes, each in the cluster of its class with this chance.
std::pair<std::vector<Label>, std::vector<Label>> noisy(std::size_t n, double right, std::uint64_t seed) {
  const Philox random(seed, 0);
  std::vector<Label> labels(n), truth(n);
  for (std::size_t i = 0; i < n; ++i) {
    truth[i] = static_cast<Label>(i % 5);
    labels[i] = random.uniform(2 * i) < right ? truth[i] : static_cast<Label>(random.below(5, 2 * i + 1));
  }
  return {labels, truth};
}

const auto acc = [](const Contingency& t) { return accuracy(t); };

}  // namespace

TEST_CASE("bootstrap: the standard error of an accuracy is that of a share") {
  const auto [labels, truth] = noisy(2000, 0.6, 1);
  const Interval i = bootstrap(labels, truth, acc, {.replicates = 400});
  CHECK(i.value == evaluate(labels, truth).acc);
  CHECK(i.standard_error == doctest::Approx(std::sqrt(i.value * (1 - i.value) / 2000)).epsilon(0.12));
  CHECK(i.high - i.low == doctest::Approx(2 * 1.96 * i.standard_error).epsilon(0.1));
  CHECK_UNARY(i.low < i.value && i.value < i.high);
}

TEST_CASE("bootstrap: independent labellings keep the interval of AMI on 0, though drawn samples repeat") {
  const auto [labels, truth] = noisy(300, 0, 2);
  const Interval i = bootstrap(labels, truth, [](const Contingency& t) { return adjusted_information(t); },
                               {.replicates = 200});
  CHECK_UNARY(i.low < 0 && 0 < i.high);
}

TEST_CASE("bootstrap: an interval ends where the score does") {
  // Nearly all right: the mean of the replicates lies below 1, and the shift would carry the end beyond.
  auto [labels, truth] = noisy(500, 1, 5);
  labels[7] = (truth[7] + 1) % 5;
  const auto [alike, chance] = noisy(60, 0, 6);
  const auto nmi = [](const Contingency& t) { return normalized_information(information(t)); };
  for (const std::uint64_t seed : {0, 1, 2, 3}) {
    const BootstrapSettings settings{.replicates = 100, .level = 0.99, .seed = seed, .least = 0};
    const Interval high = bootstrap(labels, truth, acc, settings),
                   low = bootstrap(alike, chance, nmi, settings);
    CHECK((high.low >= 0 && high.high <= 1 && high.low <= high.value && high.value <= high.high));
    CHECK((low.low >= 0 && low.high <= 1 && low.low <= low.value && low.value <= low.high));
    const Comparison both = compare(alike, chance, chance, nmi, settings);
    CHECK((both.difference.low >= -1 && both.difference.high <= 1));
  }
}

TEST_CASE("compare: paired, so a small difference on the same samples shows") {
  auto [first, truth] = noisy(1500, 0.7, 3);
  auto second = first;
  for (std::size_t i = 0; i < second.size(); i += 40) second[i] = (truth[i] + 1) % 5;
  const Comparison c = compare(first, second, truth, acc, {.replicates = 300});
  CHECK(c.difference.value == doctest::Approx(c.first.value - c.second.value));
  CHECK(c.difference.low > 0);
  CHECK(c.first_is_better == 1);
  CHECK(c.difference.standard_error < c.first.standard_error);
  CHECK(compare(first, first, truth, acc, {.replicates = 10}).first_is_better == 0.5);
}

TEST_CASE("bootstrap: the same for 1, 2 and 7 threads; unlabelled samples are left out") {
  auto [labels, truth] = noisy(400, 0.5, 4);
  const Interval one = bootstrap(labels, truth, acc, {.replicates = 50, .seed = 9}, Cpu({.threads = 1}));
  for (const int threads : {2, 7}) {
    const Interval more =
        bootstrap(labels, truth, acc, {.replicates = 50, .seed = 9}, Cpu({.threads = threads}));
    CHECK(more.low == one.low);
    CHECK(more.standard_error == one.standard_error);
  }
  labels.insert(labels.begin(), no_label);
  truth.insert(truth.begin(), 3);
  CHECK(bootstrap(labels, truth, acc, {.replicates = 50, .seed = 9}).low == one.low);
}

TEST_CASE("bootstrap: bad input") {
  const std::vector<Label> labels{0, 1}, three{0, 1, 2}, none{no_label, no_label};
  CHECK_THROWS_AS((void)bootstrap(labels, three, acc), error);
  CHECK_THROWS_AS((void)bootstrap(labels, none, acc), error);
  CHECK_THROWS_AS((void)bootstrap(labels, labels, acc, {.replicates = 1}), error);
  CHECK_THROWS_AS((void)bootstrap(labels, labels, acc, {.level = 1}), error);
  CHECK_THROWS_AS((void)bootstrap(labels, labels, acc, {.least = 1}), error);
}
