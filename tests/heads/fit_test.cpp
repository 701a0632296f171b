#include "heads/support.hpp"
#include "support/refused.hpp"
#include "support/scratch.hpp"

#include <fstream>
#include <limits>
#include <map>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/heads/fit.hpp>
#include <shoal/io/generated_rows.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/linalg/product_eigen.hpp>
#include <shoal/neighbors/mapped_neighbors.hpp>
#include <shoal/sampling/oracle_pairs.hpp>
#include <shoal/sampling/views.hpp>

using namespace shoal;

namespace {

/// The share of points of grouped_points whose cluster is mostly of their own group. (Which groups share a
/// cluster when there are no more clusters than groups depends on the draw, so the tests give them twice as
/// many.)
double purity(const std::vector<Label>& labels, Index groups) {
  std::map<Label, std::vector<Index>> counts;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    auto& of_label = counts[labels[i]];
    of_label.resize(static_cast<std::size_t>(groups));
    ++of_label[i % static_cast<std::size_t>(groups)];
  }
  Index right = 0;
  for (const auto& [label, of_group] : counts) right += *std::max_element(of_group.begin(), of_group.end());
  return static_cast<double>(right) / static_cast<double>(labels.size());
}

}  // namespace

TEST_CASE_TEMPLATE("groups are learnt", Method, PMI, WPMI, TEMI, SCANv2) {
  const Matrix<float> points = grouped_points(240, 4, 10);
  const Neighbors neighbors = exact_neighbors(Rows(points), {.count = 8}, cpu);
  auto s = quick<Method>(8);

  s.epochs = 40;
  const HeadFit result = fit(s, Rows(points), NearestPairs(neighbors), cpu);
  CHECK(purity(result.labels, 4) > 0.7);
  CHECK(result.stop == HeadStop::finished);
  CHECK(result.steps == 160);
  CHECK(std::ssize(result.history) == 40);

  CHECK(result.history.back().best_head == result.model.best);
  CHECK(result.history.back().loss < result.history.front().loss);
  for (Index i = 0; i < 240; ++i) {
    const auto id = static_cast<std::size_t>(i);
    CHECK(result.top(i, 0) == result.labels[id]);
    CHECK((result.confidence[id] > 0.25f && result.confidence[id] <= 1.f));
  }
}

TEST_CASE("compositions: SCP over views, TEMI over views, SCP over neighbours, PMI with SCAN's balance") {
  const Matrix<float> points = grouped_points(240, 4, 10), other = grouped_points(240, 4, 10, 0.4f);
  const Neighbors neighbors = exact_neighbors(Rows(points), {.count = 8}, cpu);
  const Rows other_rows(other);
  const Views views(other_rows);
  auto scp = quick<SCP>(8);
  scp.epochs = 40;
  CHECK(purity(fit(scp, Rows(points), views, cpu).labels, 4) > 0.7);
  CHECK(purity(fit(scp, Rows(points), NearestPairs(neighbors), cpu).labels, 4) > 0.7);
  auto temi = quick<TEMI>(8);
  temi.epochs = 40;
  temi.standardize = true;
  CHECK(purity(fit(temi, Rows(points), views, cpu).labels, 4) > 0.7);
  auto balanced = quick<Heads<PmiObjective, MarginalEntropy>>(8);
  balanced.epochs = 40;
  CHECK(purity(fit(balanced, Rows(points), NearestPairs(neighbors), cpu).labels, 4) > 0.7);
}

TEST_CASE("the same seed gives the same bits for 1, 2 and 7 threads, another seed others") {
  const Matrix<float> points = grouped_points(150, 3, 6);
  const Neighbors neighbors = exact_neighbors(Rows(points), {.count = 5}, cpu);
  auto s = quick<TEMI>(3);
  s.standardize = true;
  const auto run = [&](int threads) {
    return fit(s, Rows(points), NearestPairs(neighbors), Cpu({.threads = threads}));
  };
  const HeadFit expected = run(1);
  for (const int threads : {2, 7}) {
    const HeadFit other = run(threads);
    CHECK(other.model.parameters == expected.model.parameters);
    CHECK(other.confidence == expected.confidence);
  }
  s.seed = 1;
  CHECK(run(2).model.parameters != expected.model.parameters);
}

TEST_CASE("a mapped float16 file is learnt from as the float32 rows it widens to") {
  const Scratch scratch("mapped");
  const Matrix<float> points = grouped_points(150, 3, 6);
  std::vector<std::uint16_t> stored;
  Matrix<float> widened(150, 6);
  for (Index i = 0; i < points.size(); ++i) {
    stored.push_back(float_to_half(points.data()[i]));
    widened.data()[i] = half_to_float(stored.back());
  }
  std::ofstream(scratch / "features.npy", std::ios::binary)
      << npy::format_header("<f2", std::vector<Index>{150, 6})
      << std::string_view(reinterpret_cast<const char*>(stored.data()), 2 * stored.size());
  const MappedRows mapped = npy::map(scratch / "features.npy");
  CHECK(mapped.dtype() == Dtype::float16);
  const Neighbors neighbors = exact_neighbors(mapped, {.count = 5}, cpu);
  npy::write(scratch / "neighbors.npy", neighbors.ids);
  const MappedNeighbors stored_neighbors(scratch / "neighbors.npy");
  auto s = quick<SCANv2>(3);
  for (const bool standardize : {false, true}) {
    s.standardize = standardize;
    const HeadFit from_file = fit(s, mapped, NearestPairs(stored_neighbors.ids()), cpu);
    const HeadFit from_memory = fit(s, Rows(widened), NearestPairs(neighbors), cpu);
    CHECK(from_file.model.parameters == from_memory.model.parameters);
    CHECK(from_file.labels == from_memory.labels);
    CHECK(from_file.confidence == from_memory.confidence);
  }
}

TEST_CASE("groups are learnt in bfloat16, the same bits for 1, 2 and 7 threads") {
  const Matrix<float> points = grouped_points(240, 4, 10);
  const Neighbors neighbors = exact_neighbors(Rows(points), {.count = 8}, cpu);
  auto s = quick<TEMI>(8);
  s.epochs = 40;
  s.precision = Precision::bfloat16;
  const auto run = [&](int threads) {
    return fit(s, Rows(points), NearestPairs(neighbors), Cpu({.threads = threads}));
  };
  const HeadFit expected = run(1);
  CHECK(purity(expected.labels, 4) > 0.7);
  CHECK(run(2).model.parameters == expected.model.parameters);
  CHECK(run(7).model.parameters == expected.model.parameters);
}

TEST_CASE("products that the CPU has not are refused before a row is read") {
  const GeneratedRows unread(150, 6,
                             [](Index, std::span<float>) { throw std::logic_error("a row was read"); });
  const Matrix<std::int32_t> ids(150, 1);
  auto s = quick<TEMI>(3);
  const auto refused = [&](Precision products, const Cpu& machine, const char* named) {
    s.precision = products;
    test::refused(Errc::invalid_argument, named, [&] { (void)fit(s, unread, NearestPairs(ids), machine); });
  };
  refused(Precision::tf32, cpu, "tf32");
  refused(Precision::float16, cpu, "float16");
  refused(Precision::bfloat16, Cpu({.library = multiply_by_eigen}), "CpuSettings::library");
}

TEST_CASE("the hook sees every step and may stop; what is learnt by then is kept") {
  const Matrix<float> points = grouped_points(150, 3, 6);
  const Neighbors neighbors = exact_neighbors(Rows(points), {.count = 5}, cpu);
  Index calls = 0;
  const HeadFit result =
      fit(quick<TEMI>(3), Rows(points), NearestPairs(neighbors), cpu, [&](const Progress& p) {
        if (p.phase == "labels") return true;
        CHECK(p.phase == "heads");
        CHECK(p.done == ++calls);
        CHECK(p.total == 24);
        return calls < 5;
      });
  CHECK(result.stop == HeadStop::asked);
  CHECK(result.steps == 5);
  CHECK(result.history.size() == 2);
  CHECK(result.labels.size() == 150);
}

TEST_CASE("constant columns, duplicate rows and a zero row are learnt from as they are") {
  Matrix<float> points = grouped_points(120, 3, 6);
  for (Index i = 0; i < 120; ++i) points(i, 2) = 4.f;
  for (Index i = 0; i < 30; ++i) std::copy_n(points.row(0), 6, points.row(3 * i));
  std::fill_n(points.row(1), 6, 0.f);
  std::vector<Label> groups;
  for (Index i = 0; i < 120; ++i) groups.push_back(static_cast<Label>(i % 3));
  for (const bool standardize : {false, true}) {
    auto s = quick<TEMI>(3);
    s.standardize = standardize;
    for (const HeadEpoch& epoch : fit(s, Rows(points), OraclePairs(groups), cpu).history)
      CHECK(std::isfinite(epoch.loss));
  }
}

TEST_CASE("settings and data out of range are refused before work starts") {
  const Matrix<float> points = grouped_points(100, 3, 6);
  const Neighbors neighbors = exact_neighbors(Rows(points), {.count = 5}, cpu);
  const auto refuses = [&](auto change) {
    auto s = quick<TEMI>(3);
    change(s);
    const Hook untouched = [](const Progress&) {
      FAIL("work has started");
      return false;
    };
    return test::code_of([&] { (void)fit(s, Rows(points), NearestPairs(neighbors), cpu, untouched); });
  };
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(refuses([](auto& s) { s.clusters = 0; }) == Errc::invalid_argument);
  CHECK(refuses([](auto& s) { s.clusters = 101; }) == Errc::invalid_argument);
  CHECK(refuses([](auto& s) { s.heads = 0; }) == Errc::invalid_argument);
  CHECK(refuses([](auto& s) { s.batch = 0; }) == Errc::invalid_argument);
  CHECK(refuses([](auto& s) { s.batch = 101; }) == Errc::invalid_argument);
  CHECK(refuses([](auto& s) { s.epochs = 0; }) == Errc::invalid_argument);
  CHECK(refuses([](auto& s) { s.hidden = {16, 0}; }) == Errc::invalid_argument);
  CHECK(refuses([](auto& s) { s.learning_rate = nan; }) == Errc::invalid_argument);
  CHECK(refuses([](auto& s) { s.student_temperature = 0; }) == Errc::invalid_argument);
  CHECK(refuses([](auto& s) { s.teacher_momentum = 1; }) == Errc::invalid_argument);

  Matrix<float> broken = points;
  broken(99, 5) = std::numeric_limits<float>::infinity();
  CHECK(test::code_of([&] { (void)fit(quick<TEMI>(3), Rows(broken), NearestPairs(neighbors), cpu); }) ==
        Errc::bad_data);
  CHECK(test::code_of([&] {
          (void)fit(quick<TEMI>(3), Rows(points.view().block(0, 99)), NearestPairs(neighbors), cpu);
        }) == Errc::invalid_argument);
  const Cpu small({.threads = 1, .memory = 10000});
  CHECK(test::code_of([&] { (void)fit(quick<TEMI>(3), Rows(points), NearestPairs(neighbors), small); }) ==
        Errc::too_large);
}

TEST_CASE("a training that diverges says at which step and head") {
  const Matrix<float> points = grouped_points(100, 3, 6);
  const Neighbors neighbors = exact_neighbors(Rows(points), {.count = 5}, cpu);
  auto s = quick<TEMI>(3);
  s.learning_rate = 1e30;
  s.warmup_epochs = 0;
  test::refused(Errc::not_finite, "step", [&] { (void)fit(s, Rows(points), NearestPairs(neighbors), cpu); });
}
