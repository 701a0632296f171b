// NumPy's arrays as shoal's rows and labels, and shoal's results as NumPy's arrays: nothing is copied either
// way.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/function.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>
#include <string>
#include <utility>
#include <vector>

#include <shoal/core/matrix.hpp>
#include <shoal/io/row_source.hpp>

namespace nb = nanobind;

/// A two-dimensional array of any dtype that features have. One of bfloat16 comes as its bits, uint16.
using Array2 = nb::ndarray<nb::ro, nb::ndim<2>, nb::device::cpu>;
using Labels = nb::ndarray<const shoal::Label, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Floats = nb::ndarray<const float, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

/// The rows of an array whose dtype NumPy calls `dtype`; the array must outlive them.
inline shoal::Rows rows_of(const Array2& x, const std::string& dtype) {
  using shoal::Dtype;
  static constexpr std::pair<const char*, Dtype> known[] = {
      {"float32", Dtype::float32}, {"float16", Dtype::float16}, {"bfloat16", Dtype::bfloat16},
      {"float64", Dtype::float64}, {"int8", Dtype::int8},       {"uint8", Dtype::uint8}};
  for (const auto& [name, type] : known) {
    if (dtype != name) continue;
    shoal::check(shoal::bytes_of(type) == x.itemsize(), shoal::Errc::invalid_argument, "X: an element has ",
                 x.itemsize(), " bytes where ", dtype, " has ", shoal::bytes_of(type));
    shoal::check(x.shape(1) < 2 || x.stride(1) == 1, shoal::Errc::invalid_argument,
                 "X: the columns of a row must be adjacent: numpy.ascontiguousarray(X)");
    return {x.data(), type, static_cast<shoal::Index>(x.shape(0)), static_cast<shoal::Index>(x.shape(1)),
            x.stride(0)};
  }
  shoal::fail(shoal::Errc::invalid_argument, "X has the dtype ", dtype,
              " where float32, float16, bfloat16, float64, int8 or uint8 is expected");
}

inline std::span<const shoal::Label> span_of(const Labels& labels) { return {labels.data(), labels.size()}; }
inline std::span<const float> span_of(const Floats& values) { return {values.data(), values.size()}; }

/// A container's elements as an array that owns the container.
template <class T, class Container>
nb::object array_of(Container&& values, T* data, std::initializer_list<std::size_t> shape) {
  auto* kept = new std::decay_t<Container>(std::forward<Container>(values));
  nb::capsule owner(kept, [](void* p) noexcept { delete static_cast<std::decay_t<Container>*>(p); });
  return nb::cast(nb::ndarray<nb::numpy, T>(data, shape, owner));
}
template <class T> nb::object array_of(std::vector<T> values) {
  T* data = values.data();
  const std::size_t size = values.size();
  return array_of(std::move(values), data, {size});
}
template <class T> nb::object array_of(shoal::Matrix<T> values) {
  T* data = values.data();
  const auto rows = static_cast<std::size_t>(values.rows()), cols = static_cast<std::size_t>(values.cols());
  return array_of(std::move(values), data, {rows, cols});
}
