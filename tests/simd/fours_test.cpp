#include <array>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/simd/fours.hpp>

using namespace shoal;

namespace {

/// start, start + 1, start + 2, …
IntVector counted(std::int32_t start) {
  std::array<std::int32_t, vector_width> all;
  for (int l = 0; l < vector_width; ++l) all[static_cast<std::size_t>(l)] = start + l;
  IntVector v;
  std::memcpy(&v, all.data(), sizeof(v));
  return v;
}

}  // namespace

TEST_CASE("groups of four are joined in order, and added up place by place") {
  const IntVector joined = join_fours([](int g) { return Four{4 * g, 4 * g + 1, 4 * g + 2, 4 * g + 3}; });
  for (int l = 0; l < vector_width; ++l) CHECK(joined[l] == l);
  const Four sums = sum_of_fours(joined);
  for (int u = 0; u < 4; ++u) {
    std::int32_t expected = 0;
    for (int l = u; l < vector_width; l += 4) expected += l;
    CHECK(sums[u] == expected);
  }
}

TEST_CASE("elements are selected within their group of four") {
  const IntVector mixed = mix_fours<3, 4, 1, 6>(counted(0), counted(100));
  for (int g = 0; g < vector_width; g += 4) {
    CHECK(mixed[g] == g + 3);
    CHECK(mixed[g + 1] == 100 + g);
    CHECK(mixed[g + 2] == g + 1);
    CHECK(mixed[g + 3] == 100 + g + 2);
  }
}

TEST_CASE("the sums of four vectors") {
  const Four sums = sum4(counted(0), counted(10), counted(-7), counted(1000));
  const std::int32_t start[] = {0, 10, -7, 1000};
  for (int u = 0; u < 4; ++u)
    CHECK(sums[u] == vector_width * start[u] + vector_width * (vector_width - 1) / 2);
}

TEST_CASE("records of four floats become a vector for each field") {
  std::vector<std::array<float, 4>> records;
  for (int i = 0; i < 40; ++i) {
    const auto x = static_cast<float>(i);
    records.push_back({x, -x, 0.5f * x, 1 / (x + 1)});
  }
  const auto record = [&](int k) -> const void* { return &records[static_cast<std::size_t>(k * 7 % 40)]; };
  FloatVector fields[4];
  load_records(record, fields);
  for (int k = 0; k < vector_width; ++k)
    for (std::size_t u = 0; u < 4; ++u)
      CHECK(fields[u][k] == records[static_cast<std::size_t>(k * 7 % 40)][u]);
}

TEST_CASE("a vector of given elements") {
  const FloatVector v = vector_of([](int k) { return static_cast<float>(k * k); });
  for (int k = 0; k < vector_width; ++k) CHECK(v[k] == static_cast<float>(k * k));
}
