#include <cmath>
#include <support/gpu.hpp>
#include <support/refused.hpp>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/hierarchy/cuda/best_candidates.cuh>
#include <shoal/hierarchy/prototypes.hpp>
#include <shoal/hierarchy/relabel.hpp>

using namespace shoal;
using host::FakeRuntime;

namespace {

/// Rows near one of the prototypes each, so that no rounding decides.
struct ZeroShotData {
  Matrix<float> prototypes, rows;
  std::vector<Label> labels;

  ZeroShotData(Index n, Index classes, Index d)
      : prototypes(test::random_rows(classes, d, 1)), rows(test::random_rows(n, d, 2)) {
    for (Index i = 0; i < n; ++i) {
      labels.push_back(static_cast<Label>(i * 7 % classes));
      for (Index j = 0; j < d; ++j) rows(i, j) = 0.5f * rows(i, j) + 2 * prototypes(labels.back(), j);
    }
  }
};

/// Sets of candidates of several kinds: all, all backwards, a few, and one alone.
Candidates several_sets(Index classes) {
  Candidates c;
  c.sets.append(every_class(classes).sets[0]);
  std::vector<Label> backwards(c.sets.values.rbegin(), c.sets.values.rend());
  c.sets.append(backwards);
  c.sets.append(std::vector<Label>{1, 3, 4});
  c.sets.append(std::vector<Label>{2});
  for (Index l = 0; l < classes; ++l) c.set_of_label.push_back(l % c.sets.size());
  return c;
}

Gpu<FakeRuntime> scoring_gpu(Precision precision = Precision::float32,
                             host::Turns turns = host::Turns::ascending) {
  return {FakeRuntime(turns), {.precision = precision, .threads = 1}};
}

void same_answers(const ZeroShot& found, const ZeroShot& expected, double slack) {
  CHECK(found.labels == expected.labels);
  for (std::size_t i = 0; i < found.confidence.size(); ++i)
    REQUIRE(std::abs(double{found.confidence[i]} - double{expected.confidence[i]}) <= slack);
}

}  // namespace

TEST_CASE("zero-shot classification on the GPU's kernels is the CPU's") {
  const Cpu cpu({.threads = 1});
  for (const Index classes : {Index{5}, Index{33}, ShortRows::longest + 3}) {
    const ZeroShotData data(150, classes, 19);
    for (const Candidates& among : {every_class(classes), several_sets(classes)})
      for (const host::Turns turns : {host::Turns::ascending, host::Turns::descending}) {
        const ZeroShotSettings settings{.temperature = 0.1f, .top = 4};
        const ZeroShot expected =
            zero_shot(Rows(data.rows), data.prototypes, among, data.labels, settings, cpu);
        const ZeroShot found = zero_shot(Rows(data.rows), data.prototypes, among, data.labels, settings,
                                         scoring_gpu(Precision::float32, turns));
        same_answers(found, expected, 1e-5);
        CHECK(std::equal(found.top.data(), found.top.data() + found.top.size(), expected.top.data()));
      }
  }
}

TEST_CASE("zero-shot classification by products of less precision; ties go to the lowest class") {
  const Cpu cpu({.threads = 1});
  const ZeroShotData data(60, 20, 16);
  const ZeroShotSettings settings{.temperature = 0.5f, .top = 1};
  const ZeroShot expected = zero_shot(Rows(data.rows), data.prototypes, every_class(20), {}, settings, cpu);
  for (const Precision precision : {Precision::tf32, Precision::float16, Precision::bfloat16})
    same_answers(
        zero_shot(Rows(data.rows), data.prototypes, every_class(20), {}, settings, scoring_gpu(precision)),
        expected, 4 * host::product_slack(precision));
  const Matrix<float> same(40, 3, 1.f), row(1, 3, 2.f);
  const ZeroShot tied = zero_shot(Rows(row), same, every_class(40), {}, {.top = 40}, scoring_gpu());
  for (Index k = 0; k < 40; ++k) CHECK(tied.top(0, k) == k);
  CHECK(double{tied.confidence[0]} == doctest::Approx(1. / 40));
  CHECK(zero_shot(Matrix<float>(0, 3), same, every_class(40), {}, {}, scoring_gpu()).labels.empty());
}

TEST_CASE("relabelling and lemma votes on the GPU's kernels are the CPU's") {
  const Cpu cpu({.threads = 1});
  Lists<Node> parents;  // a root with the inner nodes 1 and 2, whose leaves are 3, 4, 5 and 6, 7, 8
  for (const std::vector<Node>& p : {std::vector<Node>{}, {0}, {0}, {1}, {1}, {1}, {2}, {2}, {2}})
    parents.append(p);
  const std::vector<std::string> names{"0", "1", "2", "3", "4", "5", "6", "7", "8"};
  const Hierarchy h(names, names, parents);
  ZeroShotData data(200, 9, 12);
  for (Label& label : data.labels) label = label < 3 ? 0 : label % 3;
  for (const bool parent : {true, false}) {
    const RelabelSettings settings{.parent = parent, .temperature = 0.3f};
    const Relabeled expected = relabel(h, Rows(data.rows), data.labels, data.prototypes, settings, cpu),
                    found =
                        relabel(h, Rows(data.rows), data.labels, data.prototypes, settings, scoring_gpu());
    CHECK(found.labels == expected.labels);
    CHECK(found.paths.values == expected.paths.values);
    for (std::size_t i = 0; i < found.confidence.size(); ++i)
      REQUIRE(double{found.confidence[i]} == doctest::Approx(double{expected.confidence[i]}).epsilon(1e-4));
  }
  const std::vector<Label> owner{0, 0, 0, 1, 1, 1, 2, 2, 2};
  const LemmaVote expected = lemma_vote(Rows(data.rows), data.labels, data.prototypes, owner, 3, cpu),
                  found = lemma_vote(Rows(data.rows), data.labels, data.prototypes, owner, 3, scoring_gpu());
  CHECK(found.votes == expected.votes);
  CHECK(found.lemma == expected.lemma);
}

TEST_CASE("rows without a direction are refused as on the CPU, and a hook stops the search") {
  const ZeroShotData data(50, 6, 4);
  const auto refused = [&](float bad, const auto& backend) {
    Matrix<float> rows = data.rows;
    for (Index j = 0; j < rows.cols(); ++j) rows(31, j) = bad;
    return std::string(test::error_of([&] {
                         (void)zero_shot(Rows(rows), data.prototypes, several_sets(6), data.labels, {},
                                         backend);
                       }).what());
  };
  for (const float bad :
       {0.f, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()})
    CHECK(refused(bad, scoring_gpu()) == refused(bad, Cpu({.threads = 1})));
  test::refused(Errc::stopped, "zero_shot: stopped", [&] {
    (void)zero_shot(Rows(data.rows), data.prototypes, every_class(6), {}, {}, scoring_gpu(),
                    [](const Progress&) { return false; });
  });
}

TEST_CASE("zero-shot classification: whatever call fails, the error arrives and nothing leaks") {
  const ZeroShotData data(20, 5, 4);
  host::survives_failures(false, [&](const FakeRuntime& runtime) {
    const Gpu<FakeRuntime> gpu(runtime, {.precision = Precision::bfloat16, .threads = 1});
    (void)zero_shot(Rows(data.rows), data.prototypes, several_sets(5), data.labels, {}, gpu);
  });
}
