#include "heads/reference.hpp"
#include "heads/support.hpp"
#include "support/refused.hpp"

#include <numeric>

#include <doctest/doctest.h>

#include <shoal/backend/eigen_cpu.hpp>

using namespace shoal;

namespace {

template <class Method> Method narrow_method() {
  Method s{.clusters = 19, .heads = 3, .batch = 50};
  s.hidden = {7, 6};
  s.bottleneck = 5;
  return s;
}

Matrix<float> normal_batch(Index rows, Index features, std::uint64_t step) {
  Matrix<float> batch(rows, features);
  for (Index i = 0; i < batch.size(); ++i)
    batch.data()[i] = static_cast<float>(Philox(6, step).normal(static_cast<std::uint64_t>(i)));
  return batch;
}

/// A state whose parameters all differ, and the teacher's from the student's.
template <class Method> HeadState state_of(const Method& s, Index features) {
  HeadState state(s.shape(features), 1, s.general().needs.teacher);
  for (std::size_t i = 0; i < state.student.size(); ++i)
    state.student[i] += 0.5f * static_cast<float>(Philox(5, 1).normal(i));
  for (std::size_t i = 0; i < state.teacher.size(); ++i)
    state.teacher[i] += 0.5f * static_cast<float>(Philox(5, 2).normal(i));
  return state;
}

void close(const Buffer<float>& expected, const Buffer<float>& found, float share) {
  float largest = 0, off = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    largest = std::max(largest, std::abs(expected[i]));
    off = std::max(off, std::abs(expected[i] - found[i]));
  }
  CHECK(off <= share * largest);
}

using BalancedTemi = Heads<TemiObjective, MarginalEntropy>;

}  // namespace

TEST_CASE_TEMPLATE("steps of any backend are the CPU's fused steps to rounding", Method, PMI, WPMI, TEMI,
                   SCANv2, SCP, BalancedTemi) {
  for (const bool plain : {false, true})
    for (const std::vector<Index>& hidden : {std::vector<Index>{7, 6}, {}}) {
      auto s = narrow_method<Method>();
      s.hidden = hidden;
      s.plain = plain;
      HeadState expected = state_of(s, 5), found = expected;
      const EigenCpu eigen(2);
      const Cpu cpu({.threads = 2});
      const auto generic = StepOn<EigenCpu>::make(s, found, eigen);
      const auto fused = StepOn<Cpu>::make(s, expected, cpu);
      StepReport want, got;
      for (Index step = 0; step < 3; ++step) {
        const Matrix<float> batch = normal_batch(2 * s.batch, 5, static_cast<std::uint64_t>(step));
        const StepControl control{1e-3, step, std::max<Index>(step - 1, 0), step == 0};
        fused->step(batch, control, want);
        generic->step(batch, control, got);
        for (std::size_t h = 0; h < want.loss.size(); ++h)
          CHECK(got.loss[h] == doctest::Approx(want.loss[h]).epsilon(1e-5));
        Index same = 0;
        for (std::size_t i = 0; i < want.labels.size(); ++i) same += want.labels[i] == got.labels[i] ? 1 : 0;
        CHECK(same >= std::ssize(want.labels) - 1);  // a near-tie
        close(expected.first_moment, found.first_moment, 1e-4f);
        expected.student =
            found.student;  // Adam makes rounding of tiny gradients large: do not let it add up
        expected.teacher = found.teacher;
      }
      for (Index i = 0; i < expected.marginal.size(); ++i)
        CHECK(found.marginal.data()[i] == doctest::Approx(expected.marginal.data()[i]).epsilon(1e-4));
    }
}

TEST_CASE_TEMPLATE("a step's loss is that of the definition in double precision", Method, PMI, WPMI, TEMI,
                   SCANv2, SCP) {
  auto s = narrow_method<Method>();
  SUBCASE("") {}
  SUBCASE("of plain heads") { s.plain = true; }
  HeadState state = state_of(s, 5);
  const HeadState before = state;
  const Matrix<float> batch = normal_batch(2 * s.batch, 5, 3);
  reference::Rows rows;
  for (Index i = 0; i < batch.rows(); ++i) rows.emplace_back(batch.row(i), batch.row(i) + 5);
  const EigenCpu backend(1);
  StepReport report;
  StepOn<EigenCpu>::make(s, state, backend)->step(batch, {.rate = 1e-3}, report);
  const std::vector<double> student(before.student.begin(), before.student.end()),
      teacher(before.teacher.begin(), before.teacher.end());
  const reference::Row expected =
      reference::Losses(s, before.shape, teacher, before.marginal, rows).of_all(student);
  for (std::size_t h = 0; h < expected.size(); ++h)
    CHECK(report.loss[h] == doctest::Approx(expected[h]).epsilon(2e-6));
}

TEST_CASE_TEMPLATE("whole fits: the CPU's clusters, and the same bits for 1, 2 and 7 threads", Method, PMI,
                   WPMI, TEMI, SCANv2, SCP) {
  const Matrix<float> points = grouped_points(150, 3, 6);
  const Cpu cpu({.threads = 2});
  const Neighbors neighbors = exact_neighbors(Rows(points), {.count = 5}, cpu);
  auto s = quick<Method>(3);
  s.epochs = 4;
  s.standardize = true;
  SUBCASE("") {}
  SUBCASE("plain heads") { s.plain = true; }
  const HeadFit expected = fit(s, Rows(points), NearestPairs(neighbors), cpu);
  const HeadFit found = fit(s, Rows(points), NearestPairs(neighbors), EigenCpu(1));
  CHECK(found.history.back().loss == doctest::Approx(expected.history.back().loss).epsilon(1e-3));
  Index same = 0;
  for (std::size_t i = 0; i < 150; ++i) same += found.labels[i] == expected.labels[i] ? 1 : 0;
  CHECK(same >= 148);  // near-ties
  for (const int threads : {2, 7}) {
    const HeadFit other = fit(s, Rows(points), NearestPairs(neighbors), EigenCpu(threads));
    CHECK(other.model.parameters == found.model.parameters);
    CHECK(other.confidence == found.confidence);
  }
}

TEST_CASE("what a generic training allocates is planned, and products that it has not are refused") {
  const Matrix<float> points = grouped_points(150, 3, 6);
  const Matrix<std::int32_t> ids(150, 1, 0);
  auto s = quick<TEMI>(3);
  const MemoryPlan needed = plan(s, 6, EigenCpu(1));
  CHECK(needed["logits"] > 0);
  test::refused(Errc::too_large, "memory budget",
                [&] { (void)fit(s, Rows(points), NearestPairs(ids), EigenCpu(1, needed.total() - 1)); });
  CHECK(fit(s, Rows(points), NearestPairs(ids), EigenCpu(1, needed.total())).steps == 24);
  s.precision = Precision::bfloat16;
  test::refused(Errc::invalid_argument, "bfloat16",
                [&] { (void)fit(s, Rows(points), NearestPairs(ids), EigenCpu(1)); });
}
