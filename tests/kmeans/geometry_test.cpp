#include <cmath>

#include <doctest/doctest.h>

#include <shoal/kmeans/geometry.hpp>

using namespace shoal;

TEST_CASE("the cost of a squared distance: itself, or one minus the cosine of unit vectors") {
  const float x[] = {0.6f, 0.8f}, y[] = {1.f, 0.f};
  CHECK(squared_distance(x, y, 2) == doctest::Approx(0.8));
  CHECK(Euclidean::cost(0.8) == 0.8);
  CHECK(Cosine::cost(squared_distance(x, y, 2)) == doctest::Approx(1 - 0.6));
  CHECK_FALSE(geometry_rule<Euclidean>().unit);
  CHECK(geometry_rule<Cosine>().unit);
  CHECK(geometry_rule<Cosine>().cost(3) == 1.5);
  CHECK(geometry_rule<Euclidean>().cost(3) == 3);
}

TEST_CASE("squared distances lose no digits far from the origin") {
  std::vector<float> x(19), y(19);
  for (std::size_t j = 0; j < 19; ++j) x[j] = 1e6f, y[j] = 1e6f + 0.5f;
  CHECK(squared_distance(x.data(), y.data(), 19) == 19 * 0.25);
}
