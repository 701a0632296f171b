// A row team: the threads that walk over the C entries of one row together. The formulas of objectives and
// balancers are written once against it. They run vector by vector on a CPU, and thread by thread on a GPU.
#pragma once

#include <shoal/simd/vector.hpp>

namespace shoal {

/// A position in a row: the vector_width entries from `c` on for F = FloatVector, entry c for F = float.
template <class F> struct At {
  Index c;
  [[nodiscard]] SHOAL_HD F load(const float* row) const { return shoal::load<F>(row + c); }
  SHOAL_HD void store(float* row, F value) const { shoal::store(row + c, value); }
};

/// The team of a single CPU thread: it walks over whole vectors, then over the tail entry by entry.
/// Laws of every team (laws/row_team.hpp): each(f) calls f(At) once for each entry of [0, size). An
/// entry belongs to the same member of the team in every call, so that the next call may read what f stored
/// there. sum(f) and max(f) give all members the sum and the maximum of f(At) over the entries, with the same
/// bits each time. size ≥ 1.
struct CpuTeam {
  Index size;

  template <class Row> SHOAL_HD void each(Row&& f) const {
    Index c = 0;
    for (; c + vector_width <= size; c += vector_width) f(At<FloatVector>{c});
    for (; c < size; ++c) f(At<float>{c});
  }

  template <class Row> [[nodiscard]] SHOAL_HD float sum(Row&& f) const {
    FloatVector sums{};
    Index c = 0;
    for (; c + vector_width <= size; c += vector_width) sums += f(At<FloatVector>{c});
    float total = reduce_sum(sums);
    for (; c < size; ++c) total += f(At<float>{c});
    return total;
  }

  template <class Row> [[nodiscard]] SHOAL_HD float max(Row&& f) const {
    FloatVector most = broadcast<FloatVector>(-__builtin_huge_valf());
    Index c = 0;
    for (; c + vector_width <= size; c += vector_width) most = vector_max(f(At<FloatVector>{c}), most);
    float top = reduce_max(most);
    for (; c < size; ++c) top = vector_max(f(At<float>{c}), top);
    return top;
  }
};

/// The position of the largest of `size` ≥ 1 entries, the first of equal ones; the last position if all are
/// NaN.
inline Index argmax(const float* row, Index size) {
  const float top = CpuTeam{size}.max([row](auto c) { return c.load(row); });
  constexpr Index stride = 8 * vector_width;  // whole strides are skipped by a comparison of vectors
  Index c = 0;
  for (bool found = false; !found && c + stride <= size; c += found ? 0 : stride) {
    IntVector hit{};
    for (int k = 0; k < 8; ++k) hit = hit | (load<FloatVector>(row + c + k * vector_width) >= top);
    std::int64_t words[sizeof(IntVector) / sizeof(std::int64_t)], any = 0;
    std::memcpy(words, &hit, sizeof hit);
    for (const std::int64_t word : words) any |= word;
    found = any != 0;
  }
  while (c + 1 < size && !(row[c] >= top)) ++c;
  return c;
}

/// A team that does nothing useful, with which the concepts Objective and Balancer are checked.
struct AnyTeam {
  template <class Row> SHOAL_HD void each(Row&& f) const { f(At<float>{0}); }
  template <class Row> SHOAL_HD float sum(Row&& f) const { return f(At<float>{0}); }
  template <class Row> SHOAL_HD float max(Row&& f) const { return f(At<float>{0}); }
};

}  // namespace shoal
