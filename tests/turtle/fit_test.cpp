#include "support.hpp"
#include "support/fake_runtime.hpp"
#include "support/random_rows.hpp"
#include "support/refused.hpp"

#include <cmath>
#include <numeric>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/backend/eigen_cpu.hpp>
#include <shoal/metrics/evaluate.hpp>
#include <shoal/turtle/cuda/classifier.cuh>
#include <shoal/turtle/fit.hpp>

using namespace shoal;

namespace {

using Spaces = std::vector<BorrowedView<AnyRows>>;

/// Row i lies around direction i mod 4 of the space.
Matrix<float> four_groups(Index columns, std::uint64_t seed) {
  const Matrix<float> centre = test::random_rows(4, columns, seed);
  Matrix<float> rows = test::random_rows(200, columns, seed + 1);
  for (Index i = 0; i < 200; ++i)
    for (Index j = 0; j < columns; ++j) rows(i, j) = 2 * centre(i % 4, j) + 0.3f * rows(i, j);
  return rows;
}

/// The largest difference of the losses of 50 steps from those of the authors' program, relative.
template <class B> double apart_from_official(const std::string& title, std::size_t count, const B& backend) {
  std::vector<Matrix<float>> files;
  for (std::size_t s = 0; s < count; ++s)
    files.push_back(npy::read_matrix<float>(TEST_DATA "/space" + std::to_string(s) + ".npy"));
  const Spaces spaces(files.begin(), files.end());
  const Matrix<float> losses = npy::read_matrix<float>(TEST_DATA "/" + title + "_losses.npy");
  turtle_test::StoredDraws draws(title);
  const TurtleResult found = fit(Turtle{.clusters = 7, .steps = losses.rows(), .batch = 60},
                                 std::span<const BorrowedView<AnyRows>>(spaces), draws, backend);
  double most = 0;
  for (Index t = 0; t < losses.rows(); ++t) {
    const TurtleStep& step = found.steps[static_cast<std::size_t>(t)];
    most = std::max({most, std::abs(step.error / double{losses(t, 0)} - 1),
                     std::abs(step.entropy / double{losses(t, 1)} - 1)});
  }
  return most;
}

}  // namespace

TEST_CASE("fifty steps lose what the authors' program loses, in one space and in two, on every backend") {
  constexpr double rounding = 2e-6;  // float32 over some thousand terms, in both programs
  for (const auto& [title, spaces] : {std::pair("one", 1), std::pair("two", 2)}) {
    CAPTURE(title);
    CHECK(apart_from_official(title, static_cast<std::size_t>(spaces), Cpu{}) < rounding);
    CHECK(apart_from_official(title, static_cast<std::size_t>(spaces), EigenCpu{}) < rounding);
    const Gpu<host::FakeRuntime> gpu(host::FakeRuntime(), {.threads = 1});
    CHECK(apart_from_official(title, static_cast<std::size_t>(spaces), gpu) < rounding);
  }
}

TEST_CASE("groups that both spaces show are found, and any number of threads gives the same bits") {
  const Matrix<float> a = four_groups(12, 1), b = four_groups(8, 50);
  const Spaces spaces{a, b};
  const Turtle settings{.clusters = 4, .steps = 300, .batch = 150, .learning_rate = 1e-2, .inner_rate = 1e-2};
  std::vector<Label> truth(200);
  for (std::size_t i = 0; i < truth.size(); ++i) truth[i] = static_cast<Label>(i % 4);
  const TurtleResult one = fit(settings, spaces, Cpu({.threads = 1}));
  CHECK(evaluate(one.labels, truth).acc > 0.95);
  CHECK(one.steps.back().entropy > one.steps.front().entropy - 1e-3);
  CHECK(std::ranges::all_of(one.confidence, [](float p) { return p > 0.25f && p <= 1.001f; }));
  for (const int threads : {2, 7}) {
    const TurtleResult other = fit(settings, spaces, Cpu({.threads = threads}));
    CHECK(other.labels == one.labels);
    CHECK(other.confidence == one.confidence);
    CHECK(other.steps.back().error == one.steps.back().error);
  }
}

TEST_CASE("the hook ends it after a step; what is left are labels") {
  const Matrix<float> rows = four_groups(5, 1);
  const TurtleResult found = fit(Turtle{.clusters = 3, .steps = 50}, rows, Cpu{},
                                 [](const Progress& progress) { return progress.done < 3; });
  CHECK(found.steps.size() == 3);
  CHECK(found.labels.size() == 200);
  CHECK(found.encoders.size() == 1);
  CHECK(found.encoders[0].cols() == 6);
}

TEST_CASE("what makes no sense is refused before anything is trained") {
  const Matrix<float> rows = four_groups(5, 1), fewer = test::random_rows(199, 5, 1);
  const Cpu cpu;
  const Spaces none, uneven{rows, fewer};
  test::refused(Errc::invalid_argument, "at least one space",
                [&] { (void)fit(Turtle{.clusters = 2}, none, cpu); });
  test::refused(Errc::invalid_argument, "199 rows", [&] { (void)fit(Turtle{.clusters = 2}, uneven, cpu); });
  test::refused(Errc::invalid_argument, "clusters (201)",
                [&] { (void)fit(Turtle{.clusters = 201}, rows, cpu); });
  Matrix<float> bad = rows;
  bad(7, 1) = std::nanf("");
  test::refused(Errc::bad_data, "7", [&] { (void)fit(Turtle{.clusters = 2}, bad, cpu); });
  Matrix<float> huge = rows;
  for (Index i = 0; i < huge.size(); ++i) huge.data()[i] *= 1e30f;
  test::refused(Errc::not_finite, "step", [&] { (void)fit(Turtle{.clusters = 3, .steps = 9}, huge, cpu); });
}
