#include "mpi/support.hpp"

#include <shoal/neighbors/exact.hpp>
#include <shoal/neighbors/inverted_lists.hpp>

using namespace shoal;
using namespace mpi_test;

namespace {

/// Each rank's part of what one process finds.
bool same_part(const Neighbors& all, const Neighbors& own, const Cut& cut, int rank) {
  const Index first = cut.first(rank), rows = cut.rows(rank);
  if (own.ids.rows() != rows) return false;
  for (Index i = 0; i < rows; ++i)
    if (!std::equal(own.ids.row(i), own.ids.row(i) + own.ids.cols(), all.ids.row(first + i))) return false;
  return all.similarities.rows() == 0 ||
         same_bytes(own.similarities, all.similarities.view().block(first, rows));
}

/// Rows so wide that ranks exchange pieces of 288.
const Matrix<float>& wide_rows() {
  static const Matrix<float> rows = blobs(1300, 6000, 4, 1.f, 402);
  return rows;
}

}  // namespace

TEST_CASE("neighbours over ranks are those of one process: every similarity, ties, copies, rows that ask") {
  const mpi::Communicator world(MPI_COMM_WORLD);
  const Ranks ranks{world, Cpu(CpuSettings{.threads = 2})};
  const Cpu cpu(CpuSettings{.threads = 1});
  Matrix<float> rows = blobs(900, 12, 30, 0.4f, 401);
  for (Index i = 0; i < 900; i += 9) std::copy_n(rows.row(0), 12, rows.row(i));  // 100 copies of one row
  for (Index i = 1; i < 900; i += 90)  // and some that float32 can hardly tell apart
    for (Index j = 0; j < 12; ++j) rows(i, j) = rows(1, j) * (1 + 0x1p-22f * static_cast<float>(i % 7));
  for (const Similarity similarity : {Similarity::cosine, Similarity::inner_product, Similarity::euclidean}) {
    const NeighborSettings settings{.count = 20, .similarity = similarity, .keep_similarities = true};
    const Neighbors all = exact_neighbors(Rows(rows), settings, cpu);
    const auto cut = cuts(900, world.size())[static_cast<std::size_t>(similarity)];
    CAPTURE(cut.name);
    const Rows own(part(rows, cut, world.rank()));
    CHECK_UNARY(same_part(all, exact_neighbors(own, settings, ranks), cut, world.rank()));
    const MatrixView<const float> queries = rows.view().block(100, 60);
    const Neighbors asked = exact_neighbors(Rows(queries), Rows(rows), settings, cpu);
    const Cut few = cuts(60, world.size())[0];
    const Rows asking(queries.block(few.first(world.rank()), few.rows(world.rank())));
    CHECK_UNARY(same_part(asked, exact_neighbors(asking, own, settings, ranks), few, world.rank()));
  }
}

TEST_CASE("fewer rows than ranks, pieces that are many, and what is refused") {
  const mpi::Communicator world(MPI_COMM_WORLD);
  const Ranks ranks{world, Cpu(CpuSettings{.threads = 2})};
  const Matrix<float>& wide = wide_rows();
  for (const Index n : {Index{3}, Index{1300}}) {
    const MatrixView<const float> rows = wide.view().block(0, n).columns(0, n == 3 ? 7 : 6000);
    const NeighborSettings settings{.count = 2};
    const Neighbors all = exact_neighbors(Rows(rows), settings, Cpu{});
    const Cut cut = cuts(n, world.size())[0];
    const Rows own(rows.block(cut.first(world.rank()), cut.rows(world.rank())));
    CHECK_UNARY(same_part(all, exact_neighbors(own, settings, ranks), cut, world.rank()));
    CHECK_THROWS_AS((void)exact_neighbors(own, {.count = n}, ranks), error);
    const Hook stop = [&](const Progress&) { return world.rank() != 0; };
    CHECK_THROWS_WITH_AS((void)exact_neighbors(own, settings, ranks, stop),
                         "exact_neighbors: stopped by the hook; half a search is of no use", error);
  }
}

TEST_CASE("neighbours by inverted lists over ranks are those of one process: shards, ties, short lists") {
  const mpi::Communicator world(MPI_COMM_WORLD);
  const Ranks ranks{world, one_thread};
  Matrix<float> rows = blobs(1200, 12, 40, 2.f, 403);
  for (Index i = 0; i < 1200; i += 12) std::copy_n(rows.row(0), 12, rows.row(i));  // 100 copies of one row
  for (Index i = 1; i < 1200; i += 60)  // and some that float32 can hardly tell apart
    for (Index j = 0; j < 12; ++j) rows(i, j) = rows(1, j) * (1 + 0x1p-22f * static_cast<float>(i % 7));
  const ListSettings few{.lists = 30, .probes = 2, .seed = 5}, many{.lists = 150, .probes = 1};
  for (const Similarity similarity : {Similarity::cosine, Similarity::inner_product, Similarity::euclidean})
    for (const ListSettings& how : {few, many}) {  // of the many lists, most hold too few rows
      const NeighborSettings settings{.count = 15, .similarity = similarity, .keep_similarities = true};
      const Neighbors all = approximate_neighbors(Rows(rows), settings, how, one_thread);
      const double recall = neighbor_recall(Rows(rows), all, similarity, 97, one_thread);
      if (how.lists == few.lists) CHECK(recall < 1);
      const Cut cut = cuts(1200, world.size())[static_cast<std::size_t>(similarity)];
      CAPTURE(cut.name);
      const Rows own(part(rows, cut, world.rank()));
      const Neighbors found = approximate_neighbors(own, settings, how, ranks);
      CHECK_UNARY(same_part(all, found, cut, world.rank()));
      CHECK(neighbor_recall(own, found, similarity, 97, ranks) == recall);
    }
}

TEST_CASE("inverted lists over ranks: fewer rows than ranks, one list, wide rows, what is refused") {
  const mpi::Communicator world(MPI_COMM_WORLD);
  const Ranks ranks{world, one_thread};
  const Matrix<float>& wide = wide_rows();
  for (const Index n : {Index{3}, Index{700}}) {
    const MatrixView<const float> rows = wide.view().block(0, n).columns(0, n == 3 ? 7 : 6000);
    const ListSettings how{.lists = n == 3 ? 1 : 4, .probes = 2, .iterations = 2};
    const NeighborSettings settings{.count = 2};
    const Neighbors all = approximate_neighbors(Rows(rows), settings, how, one_thread);
    const Cut cut = cuts(n, world.size())[0];
    const Rows own(rows.block(cut.first(world.rank()), cut.rows(world.rank())));
    CHECK_UNARY(same_part(all, approximate_neighbors(own, settings, how, ranks), cut, world.rank()));
    CHECK_THROWS_AS((void)approximate_neighbors(own, settings, {.lists = n + 1}, ranks), error);
    const Hook stop = [&](const Progress& now) { return now.phase != "neighbors" || world.rank() != 0; };
    CHECK_THROWS_AS((void)approximate_neighbors(own, settings, how, ranks, stop), error);
  }
  Matrix<float> bad = blobs(300, 5, 4, 1.f, 405);
  bad(299, 2) = std::numeric_limits<float>::quiet_NaN();
  const Cut cut = cuts(300, world.size())[1];
  CHECK_THROWS_AS(
      (void)approximate_neighbors(Rows(part(bad, cut, world.rank())), {.count = 5}, {.lists = 9}, ranks),
      error);
}
