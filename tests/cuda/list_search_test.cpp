#include <cmath>
#include <support/gpu.hpp>
#include <support/refused.hpp>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/kmeans/cuda/assigner_on_gpu.cuh>
#include <shoal/neighbors/cuda/list_search.cuh>
#include <shoal/neighbors/inverted_lists.hpp>

using namespace shoal;
using host::FakeRuntime;

namespace {

/// Rows around `groups` centres, and the lists of these that each looks into, nearest first.
struct ListData {
  Matrix<float> rows, centres;
  Matrix<std::int32_t> probes;

  ListData(Index n, Index d, Index groups, Index count)
      : rows(test::random_rows(n, d, 1)), centres(test::random_rows(groups, d, 2)) {
    for (Index i = 0; i < n; ++i)
      for (Index k = 0; k < d; ++k) rows(i, k) = centres(i * 7 % groups, k) + 0.5f * rows(i, k);
    probes = exact_neighbors(Rows(rows), Rows(centres), {.count = count}, Cpu({.threads = 1})).ids;
  }
};

/// The neighbours by these lists, and the rows that have too few.
template <class B>
std::pair<Neighbors, std::vector<Index>> by_lists(const ListData& data, const NeighborSettings& settings,
                                                  const B& backend) {
  const Hook none;
  ReportingWorkers workers("test", backend, none);
  const Rows source(data.rows);
  const SearchRows rows("test", source, settings.similarity, workers);
  Neighbors found = room_for_neighbors(data.rows.rows(), settings);
  std::fill_n(found.ids.data(), found.ids.size(), -1);
  auto few = ListSearchOn<B>::find(
      {rows, data.probes, data.centres.rows(), data.rows.rows(), settings, workers}, backend, found);
  std::ranges::sort(few);
  return {std::move(found), few};
}

bool same_ids(const Neighbors& a, const Neighbors& b) {
  return std::equal(a.ids.data(), a.ids.data() + a.ids.size(), b.ids.data());
}

}  // namespace

TEST_CASE("inverted lists on the GPU's kernels find what the CPU's search finds, id for id") {
  const Cpu cpu({.threads = 1});
  for (const Similarity kind : {Similarity::cosine, Similarity::inner_product, Similarity::euclidean})
    for (const Index count : {1, 12, 40}) {
      const ListData data(700, 9, 20, 3);
      const NeighborSettings settings{.count = count, .similarity = kind};
      const auto [expected, few] = by_lists(data, settings, cpu);
      for (const host::Turns turns : {host::Turns::ascending, host::Turns::descending}) {
        const auto [found, short_of] =
            by_lists(data, settings, Gpu<FakeRuntime>(FakeRuntime(turns), {.threads = 1}));
        CHECK(short_of == few);
        Matrix<std::int32_t> ids = found.ids, own = expected.ids;
        for (const Index row : few) {
          std::fill_n(ids.row(row), count, -1);
          std::fill_n(own.row(row), count, -1);
        }
        CHECK(std::equal(ids.data(), ids.data() + ids.size(), own.data()));
      }
    }
}

TEST_CASE("rows that float32 can't tell apart, duplicates, and a list of more rows than a tile") {
  const Cpu cpu({.threads = 1});
  const Gpu<FakeRuntime> gpu(FakeRuntime(), {.threads = 1});
  ListData data(2500, 3, 2, 1);  // a list longer than 2048 rows would be one of two
  for (Index i = 0; i < 2500; ++i) {
    data.probes(i, 0) = i < 2300 ? 0 : 1;
    for (Index k = 0; k < 3; ++k) data.rows(i, k) = 50 + 1e-3f * data.rows(i / 2 * 2, k);
  }
  const NeighborSettings settings{.count = 5};
  CHECK(same_ids(by_lists(data, settings, gpu).first, by_lists(data, settings, cpu).first));
}

TEST_CASE("with all lists probed a GPU's neighbours are the exact ones; rows short of neighbours ask all") {
  const ListData data(400, 8, 10, 3);
  const Gpu<FakeRuntime> gpu(FakeRuntime(), {.threads = 1});
  const NeighborSettings settings{.count = 9, .keep_similarities = true};
  const Neighbors exact = exact_neighbors(Rows(data.rows), settings, Cpu({.threads = 1}));
  for (const Index lists : {1, 12, 400}) {
    const Neighbors found =
        approximate_neighbors(Rows(data.rows), settings, {.lists = lists, .probes = lists}, gpu);
    CHECK(same_ids(found, exact));
    CHECK(std::equal(found.similarities.data(), found.similarities.data() + found.similarities.size(),
                     exact.similarities.data()));
  }
  const Neighbors few = approximate_neighbors(Rows(data.rows), settings, {.lists = 100, .probes = 1}, gpu);
  for (Index i = 0; i < few.ids.size(); ++i) CHECK((few.ids.data()[i] >= 0 && few.ids.data()[i] < 400));
}

TEST_CASE("inverted lists by products of less precision find most of what the CPU's search finds") {
  const ListData data(300, 16, 10, 3);
  const NeighborSettings settings{.count = 10};
  const Neighbors expected = by_lists(data, settings, Cpu({.threads = 1})).first;
  for (const Precision precision : {Precision::tf32, Precision::bfloat16}) {
    const Neighbors found =
        by_lists(data, settings, Gpu<FakeRuntime>(FakeRuntime(), {.precision = precision, .threads = 1}))
            .first;
    Index same = 0;
    for (Index i = 0; i < 300; ++i)
      for (Index k = 0; k < 10; ++k) {
        const auto all = expected.ids.view().span(i);
        same += std::ranges::find(all, found.ids(i, k)) != all.end();
      }
    CHECK(same > (precision == Precision::tf32 ? 2980 : 2800));
  }
}

TEST_CASE("inverted lists keep to the device memory of their plan; without room the host searches") {
  const ListData data(300, 16, 10, 3);
  const NeighborSettings settings{.count = 10};
  const NeighborShape shape{300, 16, {}};
  const FakeRuntime runtime;
  const Gpu<FakeRuntime> gpu(runtime, {.threads = 1});
  const auto planned = ListSearchOn<Gpu<FakeRuntime>>::plan(settings, shape, 3, gpu);
  REQUIRE(planned);
  const Neighbors found = by_lists(data, settings, gpu).first;
  CHECK(runtime.peak_bytes() <= planned->total());
  const FakeRuntime other;
  const Gpu<FakeRuntime> small(other, {.memory = 50'000, .threads = 1});
  CHECK(!ListSearchOn<Gpu<FakeRuntime>>::plan(settings, shape, 3, small));
  CHECK(same_ids(by_lists(data, settings, small).first, found));
  CHECK(other.peak_bytes() == 0);
}

TEST_CASE("inverted lists: a hook stops the search; whatever call fails, the error arrives") {
  const ListData data(300, 6, 130, 2);
  test::refused(Errc::stopped, "approximate_neighbors: stopped", [&] {
    (void)approximate_neighbors(Rows(data.rows), {.count = 3}, {.lists = 130, .probes = 2},
                                Gpu<FakeRuntime>(FakeRuntime(), {.threads = 1}),
                                [](const Progress& p) { return p.phase != "neighbors" || p.done < 64; });
  });
  const ListData few(30, 3, 3, 1);
  host::survives_failures(false, [&](const FakeRuntime& runtime) {
    (void)by_lists(few, {.count = 3},
                   Gpu<FakeRuntime>(runtime, {.precision = Precision::bfloat16, .threads = 1}));
  });
}
