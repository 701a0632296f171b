// A row team: who walks the C entries of one row together. The row maths of objectives and balancers is
// written once against it and runs on a CPU vector by vector, on a GPU thread by thread.
#pragma once

#include <shoal/simd/vector.hpp>

namespace shoal {

/// Where in a row a member of the team stands: vector_width entries from `c` on for F = FloatVector, entry c
/// for F = float.
template <class F> struct At {
  Index c;
  [[nodiscard]] SHOAL_HD F load(const float* row) const { return shoal::load<F>(row + c); }
  SHOAL_HD void store(float* row, F value) const { shoal::store(row + c, value); }
};

/// The team that a CPU thread forms alone: whole vectors, then the tail entry by entry.
/// Laws of every team (laws/row_team.hpp): each(f) calls f(At) once for each entry of [0, size), and an
/// entry belongs to the same member in every call, so what f stored there may be read at the next; sum(f) and
/// max(f) give all members the sum and the maximum of f(At) over the entries, the same bits each time. size
/// ≥ 1.
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

/// The place of the largest of `size` ≥ 1 entries, the first of equals; the last place where none is a
/// number.
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

/// The probe of the concepts: a team of the plainest kind.
struct AnyTeam {
  template <class Row> SHOAL_HD void each(Row&& f) const { f(At<float>{0}); }
  template <class Row> SHOAL_HD float sum(Row&& f) const { return f(At<float>{0}); }
  template <class Row> SHOAL_HD float max(Row&& f) const { return f(At<float>{0}); }
};

}  // namespace shoal
