// What stands for a lane while nvcc reads a source for the GPU, whose compiler has no vector types. Code for
// the CPU is read then too, and thrown away: with this it has a meaning, and it never runs.
#pragma once

#include <shoal/core/config.hpp>

namespace shoal {

/// The operations of a vector of Width elements, in name only.
template <class T, int Width> struct NoLane {
  T element[Width];

  NoLane() = default;
  SHOAL_HD NoLane(T) {}  // NOLINT: as vectors take part in arithmetic with scalars
  SHOAL_HD explicit operator bool() const { return false; }
  SHOAL_HD T& operator[](int i) { return element[i]; }
  SHOAL_HD const T& operator[](int i) const { return element[i]; }
  SHOAL_HD NoLane operator-() const { return *this; }
  SHOAL_HD NoLane operator<<(int) const { return *this; }
  SHOAL_HD NoLane operator>>(int) const { return *this; }
  SHOAL_HD NoLane& operator+=(NoLane) { return *this; }
  SHOAL_HD friend NoLane operator+(NoLane a, NoLane) { return a; }
  SHOAL_HD friend NoLane operator-(NoLane a, NoLane) { return a; }
  SHOAL_HD friend NoLane operator*(NoLane a, NoLane) { return a; }
  SHOAL_HD friend NoLane operator/(NoLane a, NoLane) { return a; }
  SHOAL_HD friend NoLane operator&(NoLane a, NoLane) { return a; }
  SHOAL_HD friend NoLane operator|(NoLane a, NoLane) { return a; }
  SHOAL_HD friend NoLane<std::int32_t, Width> operator<(NoLane, NoLane) { return {}; }
  SHOAL_HD friend NoLane<std::int32_t, Width> operator>(NoLane, NoLane) { return {}; }
  SHOAL_HD friend NoLane<std::int32_t, Width> operator<=(NoLane, NoLane) { return {}; }
  SHOAL_HD friend NoLane<std::int32_t, Width> operator>=(NoLane, NoLane) { return {}; }
  SHOAL_HD friend NoLane<std::int32_t, Width> operator==(NoLane, NoLane) { return {}; }
  SHOAL_HD friend NoLane<std::int32_t, Width> operator!=(NoLane, NoLane) { return {}; }
};

template <int Width> SHOAL_HD NoLane<std::int32_t, Width> to_bits(NoLane<float, Width>) { return {}; }
template <int Width> SHOAL_HD NoLane<float, Width> from_bits(NoLane<std::int32_t, Width>) { return {}; }
template <int Width> SHOAL_HD NoLane<float, Width> to_float(NoLane<std::int32_t, Width>) { return {}; }
template <int Width> SHOAL_HD NoLane<float, Width> lane_max(NoLane<float, Width> a, NoLane<float, Width>) {
  return a;
}
template <int Width> SHOAL_HD NoLane<float, Width> lane_min(NoLane<float, Width> a, NoLane<float, Width>) {
  return a;
}
template <class V, int Width> V truncate(NoLane<float, Width>) { return {}; }
template <int Width> SHOAL_HD float reduce_sum(NoLane<float, Width>) { return 0; }
template <int Width> SHOAL_HD float reduce_max(NoLane<float, Width>) { return 0; }

}  // namespace shoal
