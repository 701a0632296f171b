// The way of stored elements to float32, in which all arithmetic is done.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <shoal/core/half.hpp>
#include <shoal/simd/vector.hpp>

namespace shoal {

namespace widen_impl {

// For each kind of stored element: one, and a vector of them, which device code never instantiates.
struct FromHalf {
  using Stored = std::uint16_t;
  static float one(Stored h) { return half_to_float(h); }
  template <class V> static FloatVector several(V h) {  // as half_to_float
    const FloatVector magnitude = from_bits((h & 0x7FFF) << 13) * 0x1p112f;
    const V infinite = ((h & 0x7C00) == 0x7C00) & 0x7F800000;
    return from_bits(to_bits(magnitude) | infinite | (h & 0x8000) << 16);
  }
};
struct FromBfloat16 {
  using Stored = std::uint16_t;
  static float one(Stored b) { return bfloat16_to_float(b); }
  template <class V> static FloatVector several(V b) { return from_bits(b << 16); }
};
template <class Byte> struct FromInteger {
  using Stored = Byte;
  static float one(Stored x) { return static_cast<float>(x); }
  template <class V> static FloatVector several(V x) { return to_float(x); }
};

#if !defined(__CUDA_ARCH__)
/// Elements of type T, from an address of any alignment.
template <class T> IntVector load_integers(const std::byte* from) {
  const auto as = [from]<class V>(V v) {
    std::memcpy(&v, from, sizeof(v));
    return v;
  };
  using Naturals = std::uint16_t __attribute__((vector_size(vector_width * 2)));
  using Shorts = std::int16_t __attribute__((vector_size(vector_width * 2)));
  using Bytes = std::uint8_t __attribute__((vector_size(vector_width)));
  using SignedBytes = std::int8_t __attribute__((vector_size(vector_width)));
  if constexpr (std::is_same_v<T, std::uint16_t>)
    return __builtin_convertvector(as(Naturals{}), IntVector);
  else if constexpr (std::is_same_v<T, std::uint8_t>)  // bytes in two steps, or g++ would convert one by one
    return __builtin_convertvector(__builtin_convertvector(as(Bytes{}), Shorts), IntVector);
  else
    return __builtin_convertvector(__builtin_convertvector(as(SignedBytes{}), Shorts), IntVector);
}
#endif

template <class From> void each_stored(const std::byte* from, float* to, Index count) {
  using T = typename From::Stored;
  Index i = 0;
#if !defined(__CUDA_ARCH__)
  for (; i + vector_width <= count; i += vector_width, from += vector_width * sizeof(T))
    store(to + i, From::several(load_integers<T>(from)));
#endif
  for (; i < count; ++i, from += sizeof(T)) {
    T element;
    std::memcpy(&element, from, sizeof(T));
    to[i] = From::one(element);
  }
}

/// The conversion of elements that are not float32. Not inlined: there are many readers of rows, and one copy
/// of these loops serves them all.
[[gnu::noinline]] inline void convert(Dtype type, const std::byte* bytes, float* to, Index count) {
  switch (type) {
    case Dtype::float32:
      return;
    case Dtype::float16:
      return each_stored<FromHalf>(bytes, to, count);
    case Dtype::bfloat16:
      return each_stored<FromBfloat16>(bytes, to, count);
    case Dtype::float64:
      for (Index i = 0; i < count; ++i, bytes += sizeof(double)) {
        double element;
        std::memcpy(&element, bytes, sizeof(element));
        to[i] = static_cast<float>(element);
      }
      return;
    case Dtype::int8:
      return each_stored<FromInteger<std::int8_t>>(bytes, to, count);
    case Dtype::uint8:
      return each_stored<FromInteger<std::uint8_t>>(bytes, to, count);
  }
}

}  // namespace widen_impl

/// Converts `count` stored elements at `from`, which need not be aligned, to float32. Written in vectors: a
/// compiler makes these of plain loops at -O3 only, and reading rows is a good part of a pass over them.
inline void widen(Dtype type, const void* from, float* to, Index count) {
  if (count == 0) return;
  if (type == Dtype::float32)
    std::memcpy(to, from, static_cast<std::size_t>(count) * sizeof(float));
  else
    widen_impl::convert(type, static_cast<const std::byte*>(from), to, count);
}

}  // namespace shoal
