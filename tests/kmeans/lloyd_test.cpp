#include "kmeans/support.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/kmeans/kmeans.hpp>

using namespace shoal;
using kmeans_test::blobs;

TEST_CASE("a fit that goes on from where one stopped is the fit of both") {
  const auto rows = blobs(500, 20, 15, 0.6f, 8);
  const auto both = fit(KMeans<>{.clusters = 20, .iterations = 9, .seed = 2}, Rows(rows), Cpu{});
  const auto first = fit(KMeans<>{.clusters = 20, .iterations = 4, .seed = 2}, Rows(rows), Cpu{});
  const auto second =
      fit(KMeans<>{.clusters = 20, .iterations = 5, .start = first.centroids}, Rows(rows), Cpu{});
  CHECK(second.objective == doctest::Approx(both.objective).epsilon(1e-6));
}

TEST_CASE("a hook hears of each iteration and may stop") {
  const auto rows = blobs(600, 10, 30, 1.f, 11);
  Index calls = 0;
  const auto result =
      fit(KMeans<Euclidean>{.clusters = 30, .seeding = Seeding::random}, Rows(rows), Cpu{},
          [&](const Progress& p) { return p.phase != "k-means" || (calls++ == p.done && calls <= 3); });
  CHECK(calls == 4);  // the beginning, and three iterations
  CHECK(result.stopped == Stopped::hook);
  CHECK(result.history.size() == 3);
}

TEST_CASE("a hook hears of seeding, the first iteration and the last assignment as they come along") {
  const auto rows = blobs(70000, 4, 8, 1.f, 11);  // three windows of a walk
  std::vector<std::string> phases;
  Progress last;
  Index inside_first = 0, inside_last = 0;
  (void)fit(KMeans<>{.clusters = 8, .iterations = 2}, Rows(rows), Cpu{}, [&](const Progress& p) {
    if (phases.empty() || phases.back() != p.phase)
      phases.emplace_back(p.phase);
    else
      CHECK(double(p.done) + p.part > double(last.done) + last.part);
    CHECK((p.part >= 0 && p.part < 1));
    inside_first += p.phase == "k-means" && p.done == 0 && p.part > 0;
    inside_last += p.phase == "k-means, last assignment" && p.part > 0;
    last = p;
    return true;
  });
  CHECK(phases ==
        std::vector<std::string>{"k-means, first centroids", "k-means", "k-means, last assignment"});
  CHECK(inside_first >= 2);
  CHECK(inside_last >= 2);
  CHECK(last.done == 1);
}

TEST_CASE("a stop that is asked for while centroids are seeded ends the fit after one iteration") {
  const auto rows = blobs(600, 4, 8, 1.f, 11);
  const auto result = fit(KMeans<>{.clusters = 8}, Rows(rows), Cpu{},
                          [&](const Progress& p) { return p.phase != "k-means, first centroids"; });
  CHECK(result.stopped == Stopped::hook);
  CHECK(result.history.size() == 1);
}
