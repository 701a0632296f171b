#include "goldens.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/metrics/evaluate.hpp>

using namespace shoal;

namespace {

/// Equal to 1e-12 relative, or absolute where a score is a difference of numbers near 1.
void check_scores(const Contingency& t, const std::map<std::string, double>& golden, const Cpu& cpu) {
  const Information info = information(t, cpu);
  const double expected = expected_information(t.cluster_sizes, t.class_sizes, t.samples, cpu);
  const PairCounts pairs = pair_counts(t);
  std::map<std::string, double> ours{{"acc", accuracy(t)},
                                     {"purity", purity(t)},
                                     {"ari", adjusted_rand_index(pairs)},
                                     {"rand", rand_index(pairs)},
                                     {"fowlkes_mallows", fowlkes_mallows(pairs)},
                                     {"homogeneity", homogeneity(info)},
                                     {"completeness", completeness(info)},
                                     {"v", v_measure(info)},
                                     {"mutual", info.mutual}};
  const std::pair<const char*, Normalizer> kinds[] = {{"arithmetic", Normalizer::arithmetic},
                                                      {"geometric", Normalizer::geometric},
                                                      {"min", Normalizer::min},
                                                      {"max", Normalizer::max}};
  for (const auto& [name, kind] : kinds) {
    ours[std::string("nmi_") + name] = normalized_information(info, kind);
    ours[std::string("ami_") + name] = adjusted_information(info, expected, kind);
  }
  CHECK(golden.size() == ours.size());
  for (const auto& [key, value] : golden) {
    CAPTURE(key);
    const double tolerance = key.starts_with("ami") ? 1e-10 : 1e-12;
    CHECK(std::abs(ours[key] - value) <= tolerance * std::max(1., std::abs(value)));
  }
}

std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

}  // namespace

TEST_CASE("all scores equal those of scikit-learn and SciPy") {
  const Cpu cpu(CpuSettings{.threads = 2});
  const auto goldens = read_goldens("scores.txt");
  REQUIRE(goldens.size() >= 48);
  for (const Golden& g : goldens) {
    CAPTURE(g.name);
    // Where chance alone reaches the normalizer, scikit-learn divides two rounding errors; ours is 0 by
    // definition.
    auto scores = g.scores;
    if (g.name == "all distinct against three" || g.name == "two against all distinct")
      scores["ami_min"] = 0.;
    check_scores(contingency(g.labels, g.truth, cpu), scores, cpu);
  }
}

TEST_CASE("a million rows, int32: equal to scikit-learn, the same bits for 1, 2 and 7 threads") {
  const std::size_t n = 1'000'000;
  std::vector<Label> labels(n), truth(n);
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t x = mix(i), u = x & 0xFFFF;
    truth[i] = static_cast<Label>(u * u * 400 >> 32);
    const bool right = (x >> 32 & 0xFFFF) < 39322;
    const Label near = static_cast<Label>((x >> 16 & 0xFFFF) % 40);
    labels[i] = (right ? truth[i] : (truth[i] + near) % 400) * 3 + 1;
  }
  const Cpu cpu(CpuSettings{.threads = 2});
  const auto golden = read_goldens("large.txt");
  REQUIRE(golden.size() == 1);
  check_scores(contingency(labels, truth, cpu), golden[0].scores, cpu);
  const Quality two = evaluate(labels, truth, cpu);
  for (const int threads : {1, 7}) {
    const Quality other = evaluate(labels, truth, Cpu(CpuSettings{.threads = threads}));
    CHECK(two.acc == other.acc);
    CHECK(two.nmi == other.nmi);
    CHECK(two.ami == other.ami);
    CHECK(two.ari == other.ari);
  }
}

TEST_CASE("evaluate: the ten lines of the front page, mixed widths, unlabelled samples") {
  const std::vector<Label> labels{0, 0, 1, 1, 2};
  const std::vector<Index> truth{5, 5, -6, 7, 7};
  const Quality q = evaluate(labels, truth);
  CHECK(q.acc == doctest::Approx(0.8));
  CHECK(q.samples == 5);
  CHECK(q.clusters == 3);
  CHECK(q.classes == 3);
  const std::vector<Label> some{0, 0, 1, 1, no_label};
  const Quality without = evaluate(some, truth);
  CHECK(without.samples == 4);
  CHECK(without.unlabelled == 1);
  CHECK(without.acc == doctest::Approx(0.75));
  CHECK(evaluate(labels, truth, Cpu{}, -6).samples == 4);
  CHECK(right_samples(labels, truth) == std::vector<std::uint8_t>{1, 1, 1, 0, 1});
  CHECK(right_samples(some, truth).back() == 0);
}

TEST_CASE("classes that a classifier says are right where they are the sample's") {
  const std::vector<Label> said{4, 0, 2, 2}, truth{4, 1, 2, 0}, two{0, 1};
  CHECK(right_classes(said, truth) == std::vector<std::uint8_t>{1, 0, 1, 0});
  CHECK(right_classes(std::vector<Label>{}, std::vector<Label>{}).empty());
  CHECK_THROWS_WITH_AS((void)right_classes(said, two),
                       "right_classes: truth (2 labels) must have as many samples as labels (4)", error);
}

TEST_CASE("evaluate: lengths that differ") {
  const std::vector<Label> three{0, 1, 2}, two{0, 1};
  CHECK_THROWS_WITH_AS(evaluate(three, two),
                       "contingency: truth (2 labels) must have as many samples as labels (3)", error);
}
