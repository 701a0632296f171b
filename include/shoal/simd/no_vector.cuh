// A replacement for vector types while nvcc compiles a source for the GPU, where they don't exist. That pass
// also parses the code for the CPU and discards it; this type makes that code valid. It never runs.
#pragma once

#include <shoal/core/config.hpp>

namespace shoal {

/// The operations of a vector of Width elements, in name only.
template <class T, int Width> struct NoVector {
  T element[Width];

  NoVector() = default;
  SHOAL_HD NoVector(T) {}  // NOLINT: as vectors take part in arithmetic with scalars
  SHOAL_HD explicit operator bool() const { return false; }
  SHOAL_HD T& operator[](int i) { return element[i]; }
  SHOAL_HD const T& operator[](int i) const { return element[i]; }
  SHOAL_HD NoVector operator-() const { return *this; }
  SHOAL_HD NoVector operator<<(int) const { return *this; }
  SHOAL_HD NoVector operator>>(int) const { return *this; }
  SHOAL_HD NoVector& operator+=(NoVector) { return *this; }
  SHOAL_HD friend NoVector operator+(NoVector a, NoVector) { return a; }
  SHOAL_HD friend NoVector operator-(NoVector a, NoVector) { return a; }
  SHOAL_HD friend NoVector operator*(NoVector a, NoVector) { return a; }
  SHOAL_HD friend NoVector operator/(NoVector a, NoVector) { return a; }
  SHOAL_HD friend NoVector operator&(NoVector a, NoVector) { return a; }
  SHOAL_HD friend NoVector operator|(NoVector a, NoVector) { return a; }
  SHOAL_HD friend NoVector operator^(NoVector a, NoVector) { return a; }
  SHOAL_HD friend NoVector<std::int32_t, Width> operator<(NoVector, NoVector) { return {}; }
  SHOAL_HD friend NoVector<std::int32_t, Width> operator>(NoVector, NoVector) { return {}; }
  SHOAL_HD friend NoVector<std::int32_t, Width> operator<=(NoVector, NoVector) { return {}; }
  SHOAL_HD friend NoVector<std::int32_t, Width> operator>=(NoVector, NoVector) { return {}; }
  SHOAL_HD friend NoVector<std::int32_t, Width> operator==(NoVector, NoVector) { return {}; }
  SHOAL_HD friend NoVector<std::int32_t, Width> operator!=(NoVector, NoVector) { return {}; }
};

template <int Width> SHOAL_HD NoVector<std::int32_t, Width> to_bits(NoVector<float, Width>) { return {}; }
template <int Width> SHOAL_HD NoVector<float, Width> from_bits(NoVector<std::int32_t, Width>) { return {}; }
template <int Width> SHOAL_HD NoVector<float, Width> to_float(NoVector<std::int32_t, Width>) { return {}; }
template <int Width>
SHOAL_HD NoVector<float, Width> vector_max(NoVector<float, Width> a, NoVector<float, Width>) {
  return a;
}
template <int Width>
SHOAL_HD NoVector<float, Width> vector_min(NoVector<float, Width> a, NoVector<float, Width>) {
  return a;
}
template <class V, int Width> V truncate(NoVector<float, Width>) { return {}; }
template <int Width> SHOAL_HD float reduce_sum(NoVector<float, Width>) { return 0; }
template <int Width> SHOAL_HD float reduce_max(NoVector<float, Width>) { return 0; }
template <int Width> SHOAL_HD unsigned bits_of(NoVector<std::int32_t, Width>) { return 0; }

}  // namespace shoal
