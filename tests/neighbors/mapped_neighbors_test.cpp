#include "support.hpp"

#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/laws/sampler.hpp>
#include <shoal/neighbors/exact.hpp>
#include <shoal/neighbors/mapped_neighbors.hpp>
#include <shoal/sampling/nearest_pairs.hpp>

using namespace shoal;
using namespace neighbors_test;

template <class M>
concept GivesIds = requires(M&& m) {
  std::forward<M>(m).ids();
};
static_assert(GivesIds<const MappedNeighbors&> && !GivesIds<MappedNeighbors>);  // unmapped with the file

TEST_CASE("neighbours on disk are those that were written, and a sampler draws from them") {
  const auto path = std::filesystem::temp_directory_path() / "shoal_mapped_neighbors.npy";
  const Matrix<float> x = random_rows(50, 6);
  const Neighbors neighbors = exact_neighbors(Rows(x), {.count = 7}, Cpu{});
  npy::write(path, neighbors.ids);
  const MappedNeighbors mapped(path);
  REQUIRE(mapped.ids().rows == 50);
  REQUIRE(mapped.ids().cols == 7);
  for (Index i = 0; i < 50; ++i)
    CHECK(std::equal(neighbors.ids.row(i), neighbors.ids.row(i) + 7, mapped.ids().row(i)));
  laws::sampler_laws(NearestPairs(mapped.ids()), Rows(x));
  std::vector<Index> ids{3, 40};
  CHECK(laws::same_bits(laws::draw_pairs(NearestPairs(mapped.ids()), Rows(x), ids, {.seed = 5}).partner,
                        laws::draw_pairs(NearestPairs(neighbors), Rows(x), ids, {.seed = 5}).partner));
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 4);
  CHECK_THROWS_AS(MappedNeighbors{path}, error);
  npy::write(path, Matrix<float>(50, 7, 0.f));
  CHECK_THROWS_AS(MappedNeighbors{path}, error);
  npy::write(path, std::vector<std::int32_t>{1, 2});
  CHECK_THROWS_AS(MappedNeighbors{path}, error);
  std::filesystem::remove(path);
  CHECK_THROWS_AS(MappedNeighbors{path}, error);
}
