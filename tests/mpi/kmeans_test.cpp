#include "mpi/support.hpp"

#include <shoal/kmeans/balancing/capacity.hpp>
#include <shoal/kmeans/kmeans.hpp>
#include <shoal/kmeans/mini_batch.hpp>

using namespace shoal;
using namespace mpi_test;

namespace {

/// The fit of all rows by one process, and by ranks, of which each has its part: the same bytes. Of the cuts
/// into parts each call takes the next one: an exchange of ranks that share a processor takes its time.
template <class Settings>
void same_as_one_process(const Settings& settings, const Matrix<float>& rows,
                         const std::vector<float>& weights = {}) {
  const mpi::Communicator world(MPI_COMM_WORLD);
  Settings one = settings;
  one.weights = std::span<const float>(weights);
  const KMeansResult expected = fit(one, Rows(rows), Cpu(CpuSettings{.threads = 1}));
  const Ranks ranks{world, Cpu(CpuSettings{.threads = 2})};
  static std::size_t turn = 0;
  const Cut cut = cuts(rows.rows(), world.size())[turn++ % 3];
  CAPTURE(cut.name);
  Settings own = settings;
  own.weights = part(weights, cut, world.rank());
  const KMeansResult found = fit(own, Rows(part(rows, cut, world.rank())), ranks);
  CHECK(std::ranges::equal(found.labels, part(expected.labels, cut, world.rank())));
  CHECK(same_bytes(found.centroids, expected.centroids));
  CHECK(found.objective == expected.objective);
  CHECK(found.cluster_weights == expected.cluster_weights);
  CHECK(found.empty == expected.empty);
  CHECK(found.stopped == expected.stopped);
  REQUIRE(found.history.size() == expected.history.size());
  for (std::size_t t = 0; t < found.history.size(); ++t) {
    CHECK(found.history[t].objective == expected.history[t].objective);
    CHECK(found.history[t].moved == expected.history[t].moved);
  }
}

std::vector<float> hundred_to_one(Index n) {
  std::vector<float> weights;
  for (Index i = 0; i < n; ++i) weights.push_back(i % 11 == 0 ? 100.f : i % 7 == 0 ? 0.f : 1.f);
  return weights;
}

}  // namespace

TEST_CASE(
    "k-means over ranks has the bytes of one process: every seeding, both geometries, weights 100 : 1") {
  const Matrix<float> rows = blobs(700, 36, 60, 0.5f, 301);
  for (const Seeding seeding : {Seeding::random, Seeding::plus_plus, Seeding::afk_mc2})
    for (const bool weighted : {false, true}) {
      CAPTURE(static_cast<int>(seeding));
      CAPTURE(weighted);
      const std::vector<float> weights = weighted ? hundred_to_one(700) : std::vector<float>();
      same_as_one_process(KMeans<>{.clusters = 80, .iterations = 4, .seed = 3, .seeding = seeding}, rows,
                          weights);
      same_as_one_process(
          KMeans<Euclidean>{.clusters = 30, .iterations = 3, .seed = 3, .seeding = seeding, .restarts = 2},
          rows, weights);
    }
}

TEST_CASE("far from the origin and beyond all that a sample shows, over ranks too") {
  Matrix<float> rows = blobs(1400, 6, 9, 0.5f, 302);
  for (Index i = 0; i < rows.size(); ++i) rows.data()[i] += 1e4f;
  rows(1399, 2) = 1e9f;
  same_as_one_process(KMeans<Euclidean>{.clusters = 9, .seed = 1}, rows);
}

TEST_CASE("rules for empty clusters over ranks") {
  const Matrix<float> rows = blobs(300, 5, 8, 0.1f, 303);
  Matrix<float> start(20, 5, 1000.f);
  for (Index c = 0; c < 20; ++c) start(c, 0) += static_cast<float>(c);
  std::copy_n(rows.row(17), 5, start.row(0));
  for (const EmptyRule rule :
       {EmptyRule::farthest_row, EmptyRule::split_largest, EmptyRule::keep, EmptyRule::drop})
    same_as_one_process(KMeans<Euclidean>{.clusters = 20, .iterations = 12, .empty = rule, .start = start},
                        rows, hundred_to_one(300));
  Matrix<float> same(90, 3, 1.f);
  for (Index i = 0; i < 90; ++i) same(i, 0) = static_cast<float>(i % 3);
  same_as_one_process(KMeans<Euclidean>{.clusters = 8, .seed = 4}, same);
}

TEST_CASE("fewer rows than ranks, and one cluster") {
  const Matrix<float> rows = blobs(4, 6, 4, 1.f, 304);
  for (const Index clusters : {1, 2, 4}) {
    same_as_one_process(KMeans<>{.clusters = clusters}, rows);
    same_as_one_process(KMeans<Euclidean>{.clusters = clusters, .seeding = Seeding::random}, rows);
  }
}

TEST_CASE("bounds on sizes over ranks") {
  const Matrix<float> rows = blobs(400, 8, 5, 0.5f, 305);
  same_as_one_process(
      KMeans<Euclidean, Capacity>{
          .clusters = 12, .iterations = 5, .seed = 2, .balancing = {.lo = 20, .hi = 40}},
      rows);
}

TEST_CASE("mini-batches and predictions over ranks") {
  const Matrix<float> rows = blobs(900, 10, 10, 0.3f, 306);
  const mpi::Communicator world(MPI_COMM_WORLD);
  const Ranks ranks{world, Cpu(CpuSettings{.threads = 2})};
  const Cpu cpu(CpuSettings{.threads = 2});
  for (const Cut& cut : cuts(300, world.size())) {
    MiniBatchKMeans<Euclidean> one(rows.view().block(0, 10)), many(rows.view().block(0, 10));
    for (Index first = 0; first < 900; first += 300) {
      const MatrixView<const float> batch = rows.view().block(first, 300);
      const auto expected = one.partial_fit(Rows(batch), cpu);
      const auto own = batch.block(cut.first(world.rank()), cut.rows(world.rank()));
      CHECK(std::ranges::equal(many.partial_fit(Rows(own), ranks), part(expected, cut, world.rank())));
    }
    CHECK(same_bytes(one.centroids(), many.centroids()));
    const auto all = predict<Euclidean>(one.centroids(), Rows(rows.view().block(0, 300)), cpu, 3);
    const auto mine = predict<Euclidean>(many.centroids(), Rows(part(rows, cut, world.rank())), ranks, 3);
    CHECK(same_bytes(mine.distances,
                     all.distances.view().block(cut.first(world.rank()), cut.rows(world.rank()))));
  }
}

TEST_CASE("an error of one rank is thrown by all, and says which rank it was") {
  Matrix<float> rows = blobs(200, 4, 3, 0.5f, 307);
  const mpi::Communicator world(MPI_COMM_WORLD);
  const Ranks ranks{world, Cpu(CpuSettings{.threads = 2})};
  const int bad = world.size() - 1;
  const Cut cut = cuts(200, world.size())[0];
  Matrix<float> own(cut.rows(world.rank()), 4);
  Rows(part(rows, cut, world.rank())).read(0, own);
  if (world.rank() == bad) own(5, 2) = std::numeric_limits<float>::quiet_NaN();
  const std::string said = "fit(KMeans): row 5 holds NaN or infinity";
  const auto whole = [&](const std::string& words) {
    return world.size() == 1
               ? words
               : "rank " + std::to_string(bad) + " of " + std::to_string(world.size()) + ": " + words;
  };
  CHECK_THROWS_WITH_AS((void)fit(KMeans<Euclidean>{.clusters = 3}, own, ranks), whole(said).c_str(), error);
  CHECK_THROWS_WITH_AS((void)fit(KMeans<>{.clusters = 3}, own, ranks), whole(said).c_str(), error);
  CHECK_THROWS_AS((void)predict(rows.view().block(0, 2), own, ranks), error);
  // What is wrong everywhere is said once; rows of other widths are none of one input.
  CHECK_THROWS_WITH_AS((void)fit(KMeans<>{.clusters = 300}, Rows(part(rows, cut, world.rank())), ranks),
                       "fit(KMeans): clusters (300) must be from 1 to the number of rows (200)", error);
  if (world.size() == 1) return;
  const Matrix<float> odd(3, world.rank() == bad ? 5 : 4, 1.f);
  CHECK_THROWS_AS((void)fit(KMeans<>{.clusters = 2}, odd, ranks), error);
  // A hook of one rank stops all.
  const auto stopped =
      fit(KMeans<>{.clusters = 20, .seeding = Seeding::random}, Rows(part(rows, cut, world.rank())), ranks,
          [&](const Progress&) { return world.rank() != bad; });
  CHECK(stopped.stopped == Stopped::hook);
  CHECK(stopped.history.size() == 1);
}
