#include "random_rows.hpp"
#include "random_tree.hpp"

#include <limits>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/hierarchy/zero_shot.hpp>

using namespace shoal;

namespace {
bool same(const ZeroShot& a, const ZeroShot& b) {
  return a.labels == b.labels && a.confidence == b.confidence &&
         std::equal(a.top.data(), a.top.data() + a.top.size(), b.top.data());
}
}  // namespace

TEST_CASE("zero-shot classification agrees with its definition, for each kind of candidates") {
  const Index n = 700, C = 40;
  const Hierarchy h = random_hierarchy(8, static_cast<Node>(C), 2);
  std::vector<Node> classes(static_cast<std::size_t>(C));
  for (Node c = 0; c < C; ++c) classes[static_cast<std::size_t>(c)] = c;
  const Matrix<float> x = random_rows(1, n, 13), w = random_rows(2, C, 13);
  std::vector<Label> labels;
  for (Index i = 0; i < n; ++i)
    labels.push_back(static_cast<Label>(Philox(4, 0).below(C, static_cast<std::uint64_t>(i))));
  const ZeroShotSettings settings{.temperature = 0.2f, .top = 3};
  for (const Candidates& c :
       {every_class(C), same_level(h, classes), siblings_or_level(h, classes), hyponyms(h)}) {
    const ZeroShot result = zero_shot(Rows(x), w, c, labels, settings, Cpu({.threads = 2}));
    for (Index i = 0; i < n; ++i) {
      const auto set = c.sets[c.set_of_label[static_cast<std::size_t>(labels[static_cast<std::size_t>(i)])]];
      std::vector<std::pair<double, Label>> order;
      double total = 0;
      for (const Label l : set) order.emplace_back(-cosine(x, i, w, l), l);
      std::sort(order.begin(), order.end());
      for (const auto& [score, l] : order) total += std::exp((order[0].first - score) / 0.2);
      CHECK(result.labels[static_cast<std::size_t>(i)] == order[0].second);
      CHECK(result.confidence[static_cast<std::size_t>(i)] == doctest::Approx(1 / total).epsilon(1e-4));
      for (std::size_t k = 0; k < 3; ++k)
        CHECK(result.top(i, static_cast<Index>(k)) == (k < order.size() ? order[k].second : -1));
    }
    for (const int threads : {1, 7})
      CHECK(same(result, zero_shot(Rows(x), w, c, labels, settings, Cpu({.threads = threads}))));
  }
  const Cpu cpu({.threads = 1});
  CHECK(same(zero_shot(Rows(x), w, every_class(C), {}, settings, cpu),
             zero_shot(Rows(x), w, every_class(C), labels, settings, cpu)));
}

TEST_CASE(
    "ties go to the lowest class; the length of rows and prototypes doesn't matter; no rows, one class") {
  const Cpu cpu({.threads = 2});
  Matrix<float> x(2, 2, 0.f), w(3, 2, 0.f);
  x(0, 0) = 5, x(1, 1) = 0.5f;
  w(0, 0) = 2, w(1, 0) = 1, w(2, 1) = 9;
  const ZeroShot result = zero_shot(Rows(x), w, every_class(3), {}, {.temperature = 1}, cpu);
  CHECK(result.labels == std::vector<Label>{0, 2});
  CHECK(result.top(0, 0) == 0);
  CHECK(result.top(0, 1) == 1);
  CHECK(result.top(0, 2) == 2);
  CHECK(result.top(0, 3) == -1);
  CHECK(result.confidence[0] == doctest::Approx(1 / (2 + std::exp(-1.))));
  CHECK(zero_shot(Matrix<float>(0, 2), w, every_class(3), {}, {}, cpu).labels.empty());
  const Matrix<float> single(1, 2, 1.f);
  CHECK(zero_shot(Rows(x), single, every_class(1), {}, {}, cpu).confidence == std::vector<float>{1, 1});
}

TEST_CASE("bad arguments of zero_shot") {
  const Cpu cpu({.threads = 1});
  Matrix<float> x(2, 3, 1.f), w(4, 3, 1.f);
  const Candidates all = every_class(4);
  const auto run = [&](const std::vector<Label>& labels, ZeroShotSettings settings = {}) {
    (void)zero_shot(Rows(x), w, all, labels, settings, cpu);
  };
  CHECK_THROWS_AS(run({0}), error);
  CHECK_THROWS_AS(run({0, 4}), error);
  CHECK_THROWS_AS(run({-1, 0}), error);
  CHECK_THROWS_AS(run({0, 1}, {.temperature = 0}), error);
  CHECK_THROWS_AS(run({0, 1}, {.top = 0}), error);
  CHECK_THROWS_AS((void)zero_shot(Rows(x), Matrix<float>(4, 2, 1.f), all, {}, {}, cpu), error);
  CHECK_THROWS_AS((void)zero_shot(Rows(x), Matrix<float>(0, 3), all, {}, {}, cpu), error);
  CHECK_THROWS_WITH_AS((void)zero_shot(Rows(x), w, all, {}, {}, cpu, [](const Progress&) { return false; }),
                       "zero_shot: stopped by the hook", error);
  CHECK_THROWS_AS((void)zero_shot(Rows(x), w, all, {}, {}, Cpu({.threads = 1, .memory = 1000})), error);
  x(1, 2) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS(run({}), "zero_shot: row 1 holds NaN or infinity", error);
  for (Index j = 0; j < 3; ++j) x(1, j) = 0;
  CHECK_THROWS_WITH_AS(run({}), "zero_shot: row 1 is zero, so it has no direction", error);
  x(1, 0) = 1;
  for (Index j = 0; j < 3; ++j) w(2, j) = 0;
  CHECK_THROWS_WITH_AS(run({}), "zero_shot: prototypes: row 2 is zero, so it has no direction", error);
}
