#include <support/fake_runtime.hpp>
#include <support/random_rows.hpp>

#include <doctest/doctest.h>

#include <shoal/backend/cuda_neighbors.cuh>
#include <shoal/neighbors/exact.hpp>
#include <shoal/neighbors/queries.hpp>

using namespace shoal;
using host::FakeRuntime;
using host::Turns;

namespace {

/// The GPU's search under emulation against the CPU's: the same similarities to rounding at every place, and
/// the same ids but where neighbouring places are within rounding of each other.
void agree(const Rows& queries, const Rows& base, bool self, NeighborSettings settings, Turns turns,
           std::size_t room) {
  settings.keep_similarities = true;
  const Cpu cpu({.threads = 1});
  const Neighbors expected =
      self ? exact_neighbors(base, settings, cpu) : exact_neighbors(queries, base, settings, cpu);
  FakeRuntime runtime(turns);
  {
    GpuStream<FakeRuntime> stream(runtime);
    const Neighbors found = search_neighbors(stream, queries, base, self, settings, room, {});
    for (Index i = 0; i < expected.ids.rows(); ++i)
      for (Index j = 0; j < settings.count; ++j) {
        const float want = expected.similarities(i, j), got = found.similarities(i, j);
        REQUIRE(got == doctest::Approx(want).epsilon(1e-5));
        if (found.ids(i, j) == expected.ids(i, j)) continue;
        const float next = j + 1 < settings.count ? expected.similarities(i, j + 1) : want;
        const float last = j > 0 ? expected.similarities(i, j - 1) : want;
        REQUIRE(std::min(std::abs(want - next), std::abs(want - last)) < 1e-5f);
      }
  }
  CHECK(runtime.live() == 0);
}

}  // namespace

TEST_CASE("neighbours on the GPU's kernels are the CPU's") {
  struct Case {
    Index n, d, m;
  };
  for (const auto [n, d, m] : {Case{2, 1, 1}, {33, 5, 32}, {65, 3, 33}, {257, 7, 64}, {130, 16, 100}})
    for (const Turns turns : {Turns::ascending, Turns::descending})
      for (const std::size_t room : {std::size_t{0}, std::size_t{1} << 30}) {
        const Matrix<float> rows = test::random_rows(n, d, static_cast<std::uint64_t>(n));
        CAPTURE(n);
        agree(rows, rows, true, {.count = m, .similarity = Similarity::cosine}, turns, room);
      }
  const Matrix<float> queries = test::random_rows(40, 6, 1), base = test::random_rows(90, 6, 2);
  agree(queries, base, false, {.count = 90, .similarity = Similarity::inner_product}, Turns::ascending, 0);
}

TEST_CASE("duplicates are ordered by id, whatever the turns") {
  Matrix<float> rows(70, 2, 1.f);
  FakeRuntime runtime(Turns::descending);
  GpuStream<FakeRuntime> stream(runtime);
  const Neighbors found = search_neighbors(stream, Rows(rows), Rows(rows), true, {.count = 40}, 0, {});
  for (Index i = 0; i < 70; ++i)
    for (Index j = 0; j < 40; ++j) REQUIRE(found.ids(i, j) == (j < i ? j : j + 1));
}

TEST_CASE("bad rows are refused as on the CPU") {
  const auto message = [](const Matrix<float>& rows, std::size_t room) {
    FakeRuntime runtime;
    GpuStream<FakeRuntime> stream(runtime);
    try {
      (void)search_neighbors(stream, Rows(rows), Rows(rows), true, {.count = 1}, room, {});
    } catch (const shoal::error& e) {
      return std::string(e.what());
    }
    return std::string();
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
  for (const std::size_t room : {std::size_t{0}, std::size_t{1} << 30})
    for (Index call = 1;; ++call) {
      FakeRuntime runtime;
      runtime.fail_at(call);
      bool failed = false;
      try {
        GpuStream<FakeRuntime> stream(runtime);
        (void)search_neighbors(stream, Rows(rows), Rows(rows), true, {.count = 3}, room, {});
      } catch (const shoal::error& e) {
        failed = true;
        REQUIRE(e.code() == Errc::device);
      }
      REQUIRE(runtime.live() == 0);
      if (runtime.calls() < call) break;
      REQUIRE(failed);
    }
}
