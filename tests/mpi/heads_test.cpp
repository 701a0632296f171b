#include "mpi/support.hpp"
#include "support/refused.hpp"
#include "support/scratch.hpp"

#include <heads/support.hpp>
#include <optional>

#include <shoal/backend/eigen_cpu.hpp>
#include <shoal/sampling/views.hpp>

using namespace shoal;
using namespace mpi_test;

namespace {

const Cpu one_thread({.threads = 1});

/// Each rank's part of the neighbours that one process found.
Neighbors part(const Neighbors& all, const Cut& cut, int rank) {
  Neighbors own{Matrix<std::int32_t>(cut.rows(rank), all.ids.cols()), {}};
  for (Index i = 0; i < own.ids.rows(); ++i)
    std::copy_n(all.ids.row(cut.first(rank) + i), own.ids.cols(), own.ids.row(i));
  return own;
}

/// The clusters of a rank's rows and the model of all are those of one process, to the last bit.
void same_fit(const HeadFit& found, const HeadFit& expected, const Cut& cut, int rank) {
  CAPTURE(cut.name);
  CHECK(std::ranges::equal(found.labels, mpi_test::part(expected.labels, cut, rank)));
  CHECK(std::ranges::equal(found.confidence, mpi_test::part(expected.confidence, cut, rank)));
  REQUIRE(found.top.rows() == cut.rows(rank));
  for (Index i = 0; i < found.top.rows(); ++i)
    CHECK(std::equal(found.top.row(i), found.top.row(i) + found.top.cols(),
                     expected.top.row(cut.first(rank) + i)));
  CHECK(found.model.parameters == expected.model.parameters);
  CHECK(found.model.best == expected.model.best);
  CHECK(found.model.scaling.mean == expected.model.scaling.mean);
  CHECK(found.model.scaling.scale == expected.model.scaling.scale);
  CHECK(found.steps == expected.steps);
  REQUIRE(found.history.size() == expected.history.size());
  for (std::size_t e = 0; e < found.history.size(); ++e) {
    CHECK(found.history[e].loss == expected.history[e].loss);
    CHECK(found.history[e].best_loss == expected.history[e].best_loss);
    CHECK(found.history[e].occupied_clusters == expected.history[e].occupied_clusters);
    CHECK(found.history[e].head_agreement == expected.history[e].head_agreement);
  }
}

/// Settings of four heads, which 1, 2, 3 and 5 ranks share evenly, unevenly, and one by one.
template <class Method> Method four_heads(Index clusters) {
  Method s = quick<Method>(clusters);
  s.heads = 4;
  s.epochs = 3;
  return s;
}

}  // namespace

TEST_CASE_TEMPLATE("heads over ranks have the bytes of one process, however rows and heads are divided",
                   Method, TEMI, SCANv2, PMI, WPMI, SCP) {
  const mpi::Communicator world(MPI_COMM_WORLD);
  const Matrix<float> points = grouped_points(2300, 6, 10), other = grouped_points(2300, 6, 10, 0.4f);
  const Neighbors neighbors = exact_neighbors(Rows(points), {.count = 7}, one_thread);
  const Ranks ranks{world, one_thread};
  const std::vector<Cut> all_cuts = cuts(2300, world.size());
  Method s = four_heads<Method>(8);
  s.epochs = 2, s.batch = 700;
  for (std::size_t turn = 0; turn < 3; ++turn) {
    const Cut& cut = all_cuts[turn];
    const Rows own(part(points, cut, world.rank()));
    s.standardize = turn > 0;
    s.seed = turn;
    if (turn == 2) {
      const Rows views(other), own_views(part(other, cut, world.rank()));
      same_fit(fit(s, own, Views(own_views), ranks), fit(s, Rows(points), Views(views), one_thread), cut,
               world.rank());
    } else {
      const Neighbors near = part(neighbors, cut, world.rank());
      same_fit(fit(s, own, NearestPairs(near), ranks),
               fit(s, Rows(points), NearestPairs(neighbors), one_thread), cut, world.rank());
    }
  }
}

TEST_CASE("one head, one cluster, fewer rows than ranks, and neighbours that the ranks found") {
  const mpi::Communicator world(MPI_COMM_WORLD);
  const Ranks ranks{world, one_thread};
  for (const Index n : {Index{4}, Index{60}}) {
    const Matrix<float> points = grouped_points(n, 2, 5);
    const Cut cut = cuts(n, world.size())[n == 4 ? 0 : 2];
    const Rows own(part(points, cut, world.rank()));
    TEMI s = quick<TEMI>(n == 4 ? 1 : 3);
    s.heads = n == 4 ? 1 : 2;
    s.batch = n / 2;
    const Neighbors neighbors = exact_neighbors(Rows(points), {.count = 2}, one_thread);
    const Neighbors near = exact_neighbors(own, {.count = 2}, ranks);
    const HeadFit expected = fit(s, Rows(points), NearestPairs(neighbors), one_thread);
    const HeadFit found = fit(s, own, NearestPairs(near), ranks);
    same_fit(found, expected, cut, world.rank());
    const Prediction again = predict(found.model, own, ranks);
    CHECK(again.labels == found.labels);
    CHECK(plan(s, 5, ranks)["state of all ranks"] > 0);
  }
}

TEST_CASE("the generic engine over ranks trains as it does in one process") {
  const mpi::Communicator world(MPI_COMM_WORLD);
  const EigenCpu eigen(1);
  const Ranks ranks{world, eigen};
  const Matrix<float> points = grouped_points(300, 4, 6);
  const Neighbors neighbors = exact_neighbors(Rows(points), {.count = 5}, one_thread);
  const Cut cut = cuts(300, world.size())[1];
  const Neighbors near = part(neighbors, cut, world.rank());
  const TEMI s = four_heads<TEMI>(5);
  const HeadFit expected = fit(s, Rows(points), NearestPairs(neighbors), eigen);
  const HeadFit found = fit(s, Rows(part(points, cut, world.rank())), NearestPairs(near), ranks);
  CHECK(found.model.parameters == expected.model.parameters);
  CHECK(found.model.best == expected.model.best);
}

TEST_CASE_TEMPLATE("a training goes on over other numbers of ranks, as if it had never stopped", Method, TEMI,
                   SCANv2) {
  const mpi::Communicator world(MPI_COMM_WORLD);
  const Matrix<float> points = grouped_points(250, 5, 8);
  const Neighbors neighbors = exact_neighbors(Rows(points), {.count = 6}, one_thread);
  const Scratch own_folder("resume-" + std::to_string(world.rank()), memory_folder());  // as on several hosts
  Method s = four_heads<Method>(6);
  s.standardize = true;
  const Checkpoints alone{.path = own_folder / "alone.shoal", .every_steps = 3};
  const HeadFit expected = fit(s, Rows(points), NearestPairs(neighbors), one_thread, {}, alone);
  const Checkpoints shared{.path = own_folder / "shared.shoal", .every_steps = 3, .resume = true};
  Index last = 0;
  for (const int size : {1, 3, 2}) {
    const int count = std::min(size, world.size());
    MPI_Comm group;
    MPI_Comm_split(MPI_COMM_WORLD, world.rank() < count ? 0 : 1, world.rank(), &group);
    const mpi::Communicator comm(group);
    MPI_Comm_free(&group);
    if (world.rank() < count) {
      const Cut cut = cuts(250, count)[static_cast<std::size_t>(size % 3)];
      const Neighbors near = part(neighbors, cut, world.rank());
      const Index stop = size == 2 ? 1000 : last + 5;  // in the middle of an epoch of four steps
      const HeadFit found = fit(
          s, Rows(part(points, cut, world.rank())), NearestPairs(near), Ranks{comm, one_thread},
          [&](const Progress& now) { return now.phase != "heads" || now.done < stop; }, shared);
      CHECK(found.steps > last);
      last = found.steps;
      if (size == 2) same_fit(found, expected, cut, world.rank());
    }
    CHECK(std::filesystem::exists(shared.path) == (world.rank() == 0));  // the first rank writes
  }
  if (world.rank() == 0) CHECK(content(shared.path) == content(alone.path));
}

TEST_CASE("what is wrong on one rank ends the training on all") {
  const mpi::Communicator world(MPI_COMM_WORLD);
  const Ranks ranks{world, one_thread};
  const Matrix<float> points = grouped_points(300, 4, 6);
  const Neighbors neighbors = exact_neighbors(Rows(points), {.count = 5}, one_thread);
  const int bad = world.size() - 1;
  const Cut cut = cuts(300, world.size())[0];
  const Rows own(part(points, cut, world.rank()));
  const SCANv2 s = quick<SCANv2>(4);
  Neighbors near = part(neighbors, cut, world.rank());
  const std::string who =
      world.size() == 1 ? "" : "rank " + std::to_string(bad) + " of " + std::to_string(world.size()) + ": ";
  if (world.rank() == bad) near.ids(3, 2) = 300;
  test::refused(Errc::bad_data, who + "NearestPairs: neighbour 300 of sample 3 must be a sample, 0 to 299",
                [&] { (void)fit(s, own, NearestPairs(near), ranks); });
  near = part(neighbors, cut, world.rank());
  Matrix<float> broken(cut.rows(world.rank()), 6);
  own.read(0, broken);
  if (world.rank() == bad) broken(5, 1) = std::numeric_limits<float>::infinity();
  test::refused(Errc::bad_data, who + "fit: features: row 5 holds NaN or infinity",
                [&] { (void)fit(s, Rows(broken), NearestPairs(near), ranks); });
  const Rows view(broken);
  test::refused(Errc::bad_data, who + "Views: row 5 of the view holds NaN or infinity in column 1",
                [&] { (void)fit(s, own, Views(view), ranks); });
  const Checkpoints nowhere{.path = "/nowhere/at/all",
                            .every_steps = 1};  // which the first rank alone writes
  CHECK_THROWS_AS((void)fit(s, own, NearestPairs(near), ranks, {}, nowhere), error);
  const HeadFit stopped = fit(s, own, NearestPairs(near), ranks,
                              [&](const Progress& now) { return world.rank() != bad || now.done < 3; });
  CHECK(stopped.stop == HeadStop::asked);
  CHECK(stopped.steps == 3);
}
