// What every RowSource must obey.
#pragma once

#include <cstring>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/io/row_source.hpp>

namespace laws {

/// Each row is the same bits however it is read, writes nothing but its row, and is safe to read from two
/// threads.
template <shoal::RowSource S> void row_source(const S& source) {
  using shoal::Index;
  const Index n = source.rows(), d = source.cols();
  REQUIRE(n > 0);
  REQUIRE(d > 0);
  source.will_need(0, n);
  shoal::Matrix<float> all(n, d);
  source.read(0, all);
  const auto same = [&](const float* row, Index i) {
    return std::memcmp(row, all.row(i), static_cast<std::size_t>(d) * sizeof(float)) == 0;
  };

  // Into a window of a wider array, whose rim must stay.
  constexpr float rim = 12345.f;
  std::vector<Index> ids;
  for (Index i = 0; i < 2 * n; ++i) ids.push_back(i * 7919 % n);
  shoal::Matrix<float> wide(2 * n + 2, d + 2, rim);
  const auto window = wide.view().block(1, 2 * n).columns(1, d);
  source.gather(ids, window);
  for (Index i = 0; i < 2 * n; ++i) CHECK(same(window.row(i), ids[static_cast<std::size_t>(i)]));
  for (Index i = 0; i < n; ++i) source.read(i, window.block(i, 1));
  for (Index i = 0; i < n; ++i) CHECK(same(window.row(i), i));
  for (Index i = 0; i < wide.rows(); ++i) {
    CHECK(wide(i, 0) == rim);
    CHECK(wide(i, d + 1) == rim);
  }
  for (Index j = 0; j < d + 2; ++j) {
    CHECK(wide(0, j) == rim);
    CHECK(wide(2 * n + 1, j) == rim);
  }
  source.read(n, window.block(0, 0));  // no rows, even at the end
  source.gather({}, window.block(0, 0));

  bool equal[2] = {};
  std::thread other([&] {
    shoal::Matrix<float> mine(n, d);
    source.read(0, mine);
    equal[1] = same(mine.data(), 0);
  });
  shoal::Matrix<float> mine(n, d);
  source.read(0, mine);
  other.join();
  equal[0] = same(mine.data(), 0);
  CHECK(equal[0]);
  CHECK(equal[1]);
  CHECK(source.rows() == n);
  CHECK(source.cols() == d);
}

}  // namespace laws
