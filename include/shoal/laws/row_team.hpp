// The laws of a row team: every entry is visited once, by the same member each time, and reductions are
// exact.
#pragma once

#include <cmath>
#include <vector>

#include <shoal/laws/expect.hpp>
#include <shoal/simd/row_team.hpp>

namespace shoal::laws {

/// Checks a row team on rows of `size` entries. Throws error(invalid_argument) for a law that does not hold.
template <class Team> void obeys_row_team(const Team& team, Index size) {
  std::vector<float> row(static_cast<std::size_t>(size)), count(row.size(), 0.f);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = std::sin(static_cast<float>(i) * 1.7f) * 3.f - 5.f;
  team.each([&](auto c) { c.store(count.data(), c.load(count.data()) + 1.f); });
  for (const float n : count) expect(n == 1.f);

  double sum = 0;
  float top = row[0];
  for (const float v : row) sum += v, top = std::max(top, v);
  const auto value = [&](auto c) { return c.load(row.data()); };
  expect_near(team.sum(value), sum, 1e-5);
  expect(team.max(value) == top);
  expect(team.sum(value) == team.sum(value));
}

}  // namespace shoal::laws
