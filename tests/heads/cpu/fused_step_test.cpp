#include "heads/reference.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/heads/cpu/step_on_cpu.hpp>
#include <shoal/linalg/product_eigen.hpp>

using namespace shoal;

namespace {

/// Small heads, not fresh: all parameters differ, and the teacher from the student.
template <class Method> Method small_method() {
  Method s{.clusters = 5, .heads = 3, .batch = 50};
  s.hidden = {7, 6};
  s.bottleneck = 4;
  return s;
}

struct Setting {
  HeadState state;
  Matrix<float> batch;   // as an engine takes it
  reference::Rows rows;  // x first, then partners

  template <class Method>
  Setting(const Method& s, Index features, bool teacher)
      : state(s.shape(features), 1, teacher), batch(2 * s.batch, features) {
    const auto fill = [](auto& values, std::uint64_t stream, float scale) {
      for (std::size_t i = 0; i < values.size(); ++i)
        values[i] += scale * static_cast<float>(Philox(5, stream).normal(i));
    };
    fill(state.student, 1, 0.5f);
    if (teacher) fill(state.teacher, 2, 0.5f);
    rows.assign(static_cast<std::size_t>(2 * s.batch), reference::Row(static_cast<std::size_t>(features)));
    for (Index b = 0; b < s.batch; ++b)
      for (Index view = 0; view < 2; ++view)
        for (Index j = 0; j < features; ++j) {
          const Index row = view * s.batch + b;
          batch(row, j) =
              static_cast<float>(Philox(6, 3).normal(static_cast<std::uint64_t>(row * features + j)));
          rows[static_cast<std::size_t>(row)][static_cast<std::size_t>(j)] =
              static_cast<double>(batch(row, j));
        }
  }
};

std::vector<double> widened(const Buffer<float>& values) { return {values.begin(), values.end()}; }

/// Loss and all gradients of one step against the reference and its central differences.
template <class Obj, class Bal> void step_is_exact(Heads<Obj, Bal> s) {
  constexpr Index features = 5;
  Setting at(s, features, Obj::teacher);
  const Setting before = at;
  const auto engine = StepOn<Cpu>::make(s, at.state, Cpu({.threads = 2}));
  StepReport report;
  engine->step(at.batch, {.rate = 1e-3}, report);

  std::vector<double> student = widened(before.state.student);
  const std::vector<double> teacher = widened(before.state.teacher);
  const reference::Losses losses(s, before.state.shape, teacher, before.state.marginal, before.rows);
  const reference::Row expected = losses.of_all(student);
  for (std::size_t h = 0; h < expected.size(); ++h)
    CHECK(report.loss[h] == doctest::Approx(expected[h]).epsilon(2e-6));

  double largest = 0;
  for (const float m : at.state.first_moment)
    largest = std::max(largest, 10 * std::abs(static_cast<double>(m)));
  CHECK(largest > 1e-3);
  for (std::size_t i = 0; i < student.size(); ++i) {
    const double kept = student[i], h = 1e-5;
    // What it adds to the mean of the heads' losses; a parameter moves the loss of its own head only.
    const auto part = [&] {
      const Index head = before.state.shape.head_of(static_cast<Index>(i));
      return losses.of(head, student) / static_cast<double>(expected.size());
    };
    student[i] = kept + h;
    const double up = part();
    student[i] = kept - h;
    const double down = part();
    student[i] = kept;
    CAPTURE(i);
    // After one step from zero the first moment is a tenth of the gradient.
    const double gradient = 10 * static_cast<double>(at.state.first_moment[i]);
    CHECK(std::abs(gradient - (up - down) / (2 * h)) < 2e-5 * largest);
  }
}

// Compositions that no alias names.
using BalancedPmi = Heads<PmiObjective, MarginalEntropy>;
using BalancedTemi = Heads<TemiObjective, MarginalEntropy>;

}  // namespace

TEST_CASE_TEMPLATE("a step's loss and gradients are those of the definition in double precision", Method, PMI,
                   WPMI, TEMI, SCANv2, SCP, BalancedPmi, BalancedTemi) {
  auto s = small_method<Method>();
  SUBCASE("") {}
  SUBCASE("of plain heads, more clusters than a block of them") {
    s.plain = true;
    s.clusters = std::is_same_v<Method, SCP> ? PackedHead::cluster_block + 3 : s.clusters;
    s.batch = s.clusters > 5 ? 4 : s.batch;
  }
  step_is_exact(s);
}

TEST_CASE("heads without a hidden layer, one head, one pair, one cluster") {
  auto s = small_method<TEMI>();
  s.hidden.clear();
  step_is_exact(s);
  s.heads = 1;
  step_is_exact(s);
  s.batch = 1;
  step_is_exact(s);
  auto one = small_method<SCANv2>();
  one.clusters = 1;
  Setting at(one, 5, true);
  const auto engine = StepOn<Cpu>::make(one, at.state, Cpu({.threads = 1}));
  StepReport report;
  engine->step(at.batch, {.rate = 1e-3}, report);
  for (const double loss : report.loss) CHECK(loss == doctest::Approx(0).scale(1));
}

TEST_CASE_TEMPLATE("the same bits for 1, 2 and 7 threads, and whether or not partners' rows are kept", Method,
                   TEMI, WPMI, SCANv2, SCP) {
  auto s = small_method<Method>();
  s.batch = 130;
  s.clusters = 37;
  SUBCASE("") {}
  SUBCASE("in bfloat16") { s.precision = Precision::bfloat16; }
  SUBCASE("of plain heads") { s.plain = true; }
  SUBCASE("at so many clusters that blocks go in groups") { s.clusters = 4100; }
  const auto run = [&](const Cpu& cpu) {
    Setting at(s, 5, !std::is_same_v<Method, SCP>);
    const auto engine = StepOn<Cpu>::make(s, at.state, cpu);
    StepReport report;
    for (Index step = 0; step < 3; ++step)
      engine->step(at.batch, {.rate = 1e-3, .updates = step, .last_updates = step}, report);
    return std::pair(at.state.student, report.loss);
  };
  const auto expected = run(Cpu({.threads = 1}));
  CHECK(run(Cpu({.threads = 2})) == expected);
  CHECK(run(Cpu({.threads = 7})) == expected);
  const std::size_t least = fused_step_plan(s.general(), 5, 1, 1).total();
  CHECK(fused_step_plan(s.general(), 5, 1, least)["partner rows"] == 0);
  CHECK(run(Cpu({.threads = 1, .memory = least})) == expected);
}

TEST_CASE("rows that reach the bottleneck as zero have a finite loss and no gradient") {
  auto s = small_method<SCANv2>();
  s.batch = 3;
  Setting at(s, 5, true);
  for (Index l = 0; l < at.state.shape.layers(); ++l)
    for (Index h = 0; h < s.heads; ++h)
      std::fill_n(HeadView<float>{&at.state.shape, at.state.student.data(), h}.bias(l),
                  at.state.shape.outputs(l), 0.f);
  std::fill_n(at.batch.data(), at.batch.size(), 0.f);
  const auto engine = StepOn<Cpu>::make(s, at.state, Cpu({.threads = 1}));
  StepReport report;
  engine->step(at.batch, {.rate = 1e-3}, report);
  for (const double loss : report.loss) CHECK(std::isfinite(loss));
  for (const float m : at.state.first_moment) CHECK(m == 0.f);
}

TEST_CASE("a frozen last layer stays, the others move; the teacher follows") {
  const auto s = small_method<TEMI>();
  Setting at(s, 5, true);
  const HeadState before = at.state;
  const auto engine = StepOn<Cpu>::make(s, at.state, Cpu({.threads = 1}));
  StepReport report;
  engine->step(at.batch, {.rate = 1e-3, .last_frozen = true}, report);
  const auto from = static_cast<std::size_t>(before.shape.directions_offset());
  for (std::size_t i = 0; i < before.student.size(); ++i) {
    CHECK((at.state.student[i] == before.student[i]) == (i >= from));
    const float expected =
        i >= from ? before.teacher[i] : before.teacher[i] * 0.996f + at.state.student[i] * 0.004f;
    CHECK(at.state.teacher[i] == doctest::Approx(expected));
  }
}

TEST_CASE_TEMPLATE(
    "a step by Eigen is that by the tiles to rounding, the same bits for any number of threads", Method, TEMI,
    SCANv2, SCP) {
  auto s = small_method<Method>();
  s.batch = 130;
  s.clusters = 37;
  const auto gradients = [&](const CpuSettings& how) {
    Setting at(s, 5, !std::is_same_v<Method, SCP>);
    const auto engine = StepOn<Cpu>::make(s, at.state, Cpu(how));
    StepReport report;
    engine->step(at.batch, {.rate = 1e-3}, report);
    return std::pair(at.state.first_moment, report.loss);
  };
  const auto tiles = gradients({.threads = 2});
  const auto eigen = gradients({.threads = 1, .library = multiply_by_eigen});
  CHECK(gradients({.threads = 2, .library = multiply_by_eigen}) == eigen);
  CHECK(gradients({.threads = 7, .library = multiply_by_eigen}) == eigen);
  for (std::size_t h = 0; h < tiles.second.size(); ++h)
    CHECK(eigen.second[h] == doctest::Approx(tiles.second[h]).epsilon(1e-6));
  float largest = 0, apart = 0;
  for (std::size_t i = 0; i < tiles.first.size(); ++i) {
    largest = std::max(largest, std::abs(tiles.first[i]));
    apart = std::max(apart, std::abs(tiles.first[i] - eigen.first[i]));
  }
  CHECK(apart < 1e-5f * largest);
}

TEST_CASE_TEMPLATE("a step in bfloat16 has the loss and the gradients of float32 to its rounding", Method,
                   TEMI, WPMI, SCANv2, SCP) {
  auto s = small_method<Method>();
  s.batch = 130;
  s.hidden = {64, 48};
  s.bottleneck = 32;
  const auto run = [&](Precision products) {
    s.precision = products;
    Setting at(s, 40, !std::is_same_v<Method, SCP>);
    const auto engine = StepOn<Cpu>::make(s, at.state, Cpu({.threads = 2}));
    StepReport report;
    engine->step(at.batch, {.rate = 1e-3}, report);
    return std::pair(at.state.first_moment, report.loss);
  };
  const auto wide = run(Precision::float32), narrow = run(Precision::bfloat16);
  for (std::size_t h = 0; h < wide.second.size(); ++h) {
    CHECK(narrow.second[h] == doctest::Approx(wide.second[h]).epsilon(0.02));
    CHECK(narrow.second[h] != wide.second[h]);
  }
  double apart = 0, size = 0;
  for (std::size_t i = 0; i < wide.first.size(); ++i) {
    const auto exact = static_cast<double>(wide.first[i]), rounded = static_cast<double>(narrow.first[i]);
    apart += (exact - rounded) * (exact - rounded), size += exact * exact;
  }
  // Some tens of roundings of 2^-9 on the way, magnified by the temperature.
  CHECK(std::sqrt(apart / size) < 0.05);
}

TEST_CASE("bfloat16 and a library's products are refused together") {
  auto s = small_method<TEMI>();
  s.precision = Precision::bfloat16;
  Setting at(s, 5, true);
  CHECK_THROWS_AS((void)StepOn<Cpu>::make(s, at.state, Cpu({.library = multiply_by_eigen})), error);
}
