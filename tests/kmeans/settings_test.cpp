#include <doctest/doctest.h>

#include <shoal/kmeans/balancing/capacity.hpp>
#include <shoal/kmeans/settings.hpp>

using namespace shoal;

TEST_CASE("a request carries every setting, the geometry and the balancing") {
  const std::vector<float> weights{1, 2};
  const Matrix<float> start(2, 3, 1.f);
  const KMeans<Euclidean, Capacity> settings{.clusters = 2,
                                             .iterations = 7,
                                             .seed = 5,
                                             .seeding = Seeding::afk_mc2,
                                             .restarts = 3,
                                             .tolerance = 0.5,
                                             .empty = EmptyRule::drop,
                                             .weights = weights,
                                             .start = start,
                                             .bounds = Bounds::group,
                                             .balancing = {1, 4}};
  const KMeansRequest request = request_of(settings);
  CHECK(request.clusters == 2);
  CHECK(request.seed == 5);
  CHECK(request.seeding == Seeding::afk_mc2);
  CHECK(request.restarts == 3);
  CHECK(request.start.data == start.data());
  CHECK_FALSE(request.lloyd.geometry.unit);
  CHECK(request.lloyd.iterations == 7);
  CHECK(request.lloyd.tolerance == 0.5);
  CHECK(request.lloyd.empty == EmptyRule::drop);
  CHECK(request.lloyd.weights.data() == weights.data());
  CHECK(request.lloyd.bounds == Bounds::group);
  CHECK(request.balancing.active());
  CHECK(request.balancing.bytes(10, 2) == Capacity{1, 4}.bytes(10, 2));
  CHECK_FALSE(request_of(KMeans<>{.clusters = 1}).balancing.active());
  CHECK(request_of(KMeans<>{.clusters = 1}).lloyd.geometry.unit);
}
