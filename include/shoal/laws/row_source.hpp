// The laws of RowSource.
#pragma once

#include <cstring>
#include <thread>
#include <vector>

#include <shoal/io/row_source.hpp>
#include <shoal/laws/expect.hpp>

namespace shoal::laws {

/// Checks that each row has the same bits however it is read, that reading writes nothing but the row, and
/// that a source can be read from two threads. Throws error(invalid_argument) for a law that does not hold.
template <RowSource S> void row_source(const S& source) {
  const Index n = source.rows(), d = source.cols();
  expect(n > 0);
  expect(d > 0);
  source.will_need(0, n);
  Matrix<float> all(n, d);
  source.read(0, all);
  const auto same = [&](const float* row, Index i) {
    return std::memcmp(row, all.row(i), static_cast<std::size_t>(d) * sizeof(float)) == 0;
  };

  // Reads into a window of a wider array, whose rim must remain unchanged.
  constexpr float rim = 12345.f;
  std::vector<Index> ids;
  for (Index i = 0; i < 2 * n; ++i) ids.push_back(i * 7919 % n);
  Matrix<float> wide(2 * n + 2, d + 2, rim);
  const auto window = wide.view().block(1, 2 * n).columns(1, d);
  source.gather(ids, window);
  for (Index i = 0; i < 2 * n; ++i) expect(same(window.row(i), ids[static_cast<std::size_t>(i)]));
  for (Index i = 0; i < n; ++i) source.read(i, window.block(i, 1));
  for (Index i = 0; i < n; ++i) expect(same(window.row(i), i));
  for (Index i = 0; i < wide.rows(); ++i) {
    expect(wide(i, 0) == rim);
    expect(wide(i, d + 1) == rim);
  }
  for (Index j = 0; j < d + 2; ++j) {
    expect(wide(0, j) == rim);
    expect(wide(2 * n + 1, j) == rim);
  }
  source.read(n, window.block(0, 0));  // zero rows, at the end of the source
  source.gather({}, window.block(0, 0));

  bool equal[2] = {};
  std::thread other([&] {
    Matrix<float> mine(n, d);
    source.read(0, mine);
    equal[1] = same(mine.data(), 0);
  });
  Matrix<float> mine(n, d);
  source.read(0, mine);
  other.join();
  equal[0] = same(mine.data(), 0);
  expect(equal[0]);
  expect(equal[1]);
  expect(source.rows() == n);
  expect(source.cols() == d);
}

}  // namespace shoal::laws
