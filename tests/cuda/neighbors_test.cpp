#include <cmath>
#include <support/gpu.hpp>
#include <support/refused.hpp>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/neighbors/cuda/search.cuh>
#include <shoal/neighbors/exact.hpp>

using namespace shoal;
using host::FakeRuntime;
using host::product_slack;
using host::Turns;

namespace {

double similarity(const float* x, const float* y, Index d, Similarity how) {
  double xy = 0, xx = 0, yy = 0;
  for (Index j = 0; j < d; ++j)
    xy += double{x[j]} * y[j], xx += double{x[j]} * x[j], yy += double{y[j]} * y[j];
  return how == Similarity::cosine ? xy / std::sqrt(xx * yy) : xy;
}

/// The GPU's search under emulation against the CPU's: at every place the same similarity, and a row that has
/// it, to the rounding of products at this precision.
void agree(const Matrix<float>& queries, const Matrix<float>& base, bool self, NeighborSettings settings,
           Turns turns, std::size_t room, Precision precision = Precision::float32) {
  settings.keep_similarities = true;
  const Cpu cpu({.threads = 1});
  const Rows query_rows(queries), base_rows(base);
  const Neighbors expected = self ? exact_neighbors(base_rows, settings, cpu)
                                  : exact_neighbors(query_rows, base_rows, settings, cpu);
  // The terms of a cosine add up to at most one; those of the inner products here to at most their number
  // times 16.
  const double most =
      settings.similarity == Similarity::cosine ? 1.0 : 16.0 * static_cast<double>(base.cols());
  const double slack = most * product_slack(precision);
  FakeRuntime runtime(turns);
  {
    GpuStream<FakeRuntime> stream(runtime);
    const Neighbors found =
        search_neighbors(stream, {query_rows, base_rows, self, settings, {}}, room, precision, cpu);
    for (Index i = 0; i < expected.ids.rows(); ++i)
      for (Index j = 0; j < settings.count; ++j) {
        const double want = double{expected.similarities(i, j)};
        REQUIRE(std::abs(double{found.similarities(i, j)} - want) <= slack);
        const Index id = found.ids(i, j);
        REQUIRE((id >= 0 && id < base.rows() && !(self && id == i)));
        REQUIRE(std::abs(similarity(queries.row(i), base.row(id), base.cols(), settings.similarity) - want) <=
                2 * slack);
      }
  }
  CHECK(runtime.live() == 0);
}

}  // namespace

TEST_CASE("neighbours on the GPU's kernels are the CPU's") {
  struct Case {
    Index n, d, m;
  };
  const NeighborSettings cosine{.similarity = Similarity::cosine};
  for (const auto [n, d, m] : {Case{2, 1, 1}, {33, 5, 32}, {65, 3, 33}, {257, 7, 64}, {130, 16, 100}}) {
    NeighborSettings settings = cosine;
    settings.count = m;
    const Matrix<float> rows = test::random_rows(n, d, static_cast<std::uint64_t>(n));
    CAPTURE(n);
    agree(rows, rows, true, settings, Turns::ascending, std::size_t{1} << 30);
    agree(rows, rows, true, settings, Turns::descending, 0);
  }
}

TEST_CASE("neighbours across tiles of queries and of base rows") {
  const auto few = test::random_rows(3, 2, 1), many = test::random_rows(2048 + 2048 + 77, 2, 2);
  const NeighborSettings settings{.count = 3, .similarity = Similarity::inner_product};
  agree(few, many, false, settings, Turns::ascending, 0);
  agree(many, few, false, settings, Turns::descending, std::size_t{1} << 30);
}

TEST_CASE("neighbours by products of less precision") {
  const Matrix<float> rows = test::random_rows(70, 33, 4);
  for (const Precision precision : {Precision::tf32, Precision::float16, Precision::bfloat16})
    for (const std::size_t room : {std::size_t{0}, std::size_t{1} << 30}) {
      CAPTURE(static_cast<int>(precision));
      agree(rows, rows, true, {.count = 20, .similarity = Similarity::cosine}, Turns::ascending, room,
            precision);
    }
}

TEST_CASE("in float32 a GPU finds what a CPU finds, however little float32 tells rows apart") {
  Matrix<float> rows = test::random_rows(300, 24, 8);
  for (Index i = 0; i < rows.size(); ++i)
    rows.data()[i] = 100 + rows.data()[i] * 0.1f;  // mean cosine 0.999999
  const Gpu<FakeRuntime> gpu(FakeRuntime(), {.threads = 1});
  const Cpu cpu({.threads = 1});
  for (const Similarity kind : {Similarity::cosine, Similarity::inner_product, Similarity::euclidean}) {
    const NeighborSettings settings{.count = 10, .similarity = kind, .keep_similarities = true};
    const Neighbors own = exact_neighbors(rows, settings, gpu), other = exact_neighbors(rows, settings, cpu);
    CHECK(std::equal(own.ids.data(), own.ids.data() + own.ids.size(), other.ids.data()));
    CHECK(std::equal(own.similarities.data(), own.similarities.data() + own.similarities.size(),
                     other.similarities.data()));
  }
}

TEST_CASE("duplicates are ordered by id, whatever the turns") {
  Matrix<float> rows(70, 2, 1.f);
  FakeRuntime runtime(Turns::descending);
  GpuStream<FakeRuntime> stream(runtime);
  const Cpu cpu({.threads = 1});
  const Neighbors found =
      search_neighbors(stream, {rows, rows, true, {.count = 40}, {}}, 0, Precision::float32, cpu);
  for (Index i = 0; i < 70; ++i)
    for (Index j = 0; j < 40; ++j) REQUIRE(found.ids(i, j) == (j < i ? j : j + 1));
}

TEST_CASE("bad rows are refused as on the CPU") {
  const auto message = [](const Matrix<float>& rows, std::size_t room) {
    FakeRuntime runtime;
    GpuStream<FakeRuntime> stream(runtime);
    return std::string(test::error_of([&] {
                         (void)search_neighbors(stream, {rows, rows, true, {.count = 1}, {}}, room,
                                                Precision::float32, Cpu({.threads = 1}));
                       }).what());
  };
  for (const float bad :
       {0.f, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()})
    for (const std::size_t room : {std::size_t{0}, std::size_t{1} << 30}) {
      Matrix<float> rows = test::random_rows(20, 3, 5);
      for (Index j = 0; j < 3; ++j) rows(11, j) = rows(17, j) = bad;
      CHECK(message(rows, room).find("row 11 ") != std::string::npos);
    }
}

TEST_CASE("whatever call fails, the error arrives and nothing leaks") {
  const Matrix<float> rows = test::random_rows(50, 3, 5);
  for (const Precision precision : {Precision::float32, Precision::bfloat16})
    for (const std::size_t room : {std::size_t{0}, std::size_t{1} << 30})
      host::survives_failures(false, [&](const FakeRuntime& runtime) {
        GpuStream<FakeRuntime> stream(runtime);
        (void)search_neighbors(stream, {rows, rows, true, {.count = 3}, {}}, room, precision,
                               Cpu({.threads = 1}));
      });
}
