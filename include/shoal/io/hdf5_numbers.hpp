// One-dimensional datasets of HDF5 files, such as labels, by the HDF5 library: include this only where it is
// installed (CMake: link shoal::hdf5).
#pragma once

#include <cstddef>
#include <cstdint>
#include <hdf5.h>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/sizes.hpp>
#include <shoal/io/hdf5_rows.hpp>
#include <shoal/io/input_file.hpp>
#include <shoal/io/npy.hpp>

namespace shoal {

namespace hdf5_numbers_impl {

using hdf5_rows_impl::Handle;

/// The number of entries of a dataset of one dimension, all of which were written. Throws bad_file for
/// others.
inline std::size_t entries(hid_t dataset, std::size_t element, const std::string& name) {
  const Handle space(H5Dget_space(dataset), &H5Sclose);
  const int dims = space ? H5Sget_simple_extent_ndims(space.id()) : -1;
  check(dims == 1, Errc::bad_file, name, " is ", dims, "-dimensional where one dimension is expected");
  const hssize_t count = H5Sget_simple_extent_npoints(space.id());
  check(count >= 0 && count <= std::numeric_limits<Index>::max() / 8, Errc::bad_file, name, " has ", count,
        " entries, which no file has");
  if (count > 0) hdf5_rows_impl::check_chunks(dataset, {static_cast<hsize_t>(count), 1}, element, name, "");
  return static_cast<std::size_t>(count);
}

/// Reads all entries as numbers of the type `memory`, which is S's.
template <class S>
std::vector<S> read(hid_t dataset, hid_t memory, std::size_t count, const std::string& name) {
  auto values =
      allocating([&] { return std::vector<S>(count); }, name, ": an array of ", count * sizeof(S), " bytes");
  check(count == 0 || H5Dread(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0,
        Errc::bad_file, name, " can't be read: the file is damaged or was cut short");
  return values;
}

/// The same numbers as T. Throws bad_file for one that T does not hold.
template <class T, class S> std::vector<T> narrowed(const std::vector<S>& values, const std::string& name) {
  if constexpr (std::is_integral_v<T>)
    for (std::size_t i = 0; i < values.size(); ++i)
      check(std::in_range<T>(values[i]), Errc::bad_file, name, ": ", values[i], " in row ", i,
            " is out of range");
  std::vector<T> all(values.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<T>(values[i]);
  return all;
}

}  // namespace hdf5_numbers_impl

/// Reads the one-dimensional dataset `member` into a vector. If T is an integer, integers of any width are
/// read, provided that each value fits; if T is float, these and floats. Throws bad_file for anything else,
/// and for entries that were never written. hdf5_numbers<Label> reads labels.
template <npy::Element T>
[[nodiscard]] std::vector<T> hdf5_numbers(const std::string& path, const std::string& member) {
  namespace impl = hdf5_numbers_impl;
  const InputFile input(path);
  const std::string name = path + ":" + member;
  check(!member.empty(), Errc::bad_file, path, ": name a dataset of numbers, as file.h5:labels");
  const hdf5_rows_impl::Session session;
  const impl::Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), &H5Fclose);
  check(bool(file), Errc::bad_file, path, " is no HDF5 file, damaged, or being written to");
  const impl::Handle dataset(H5Dopen2(file.id(), member.c_str(), H5P_DEFAULT), &H5Dclose);
  check(bool(dataset), Errc::bad_file, path, " has no dataset ", member);
  const impl::Handle type(H5Dget_type(dataset.id()), &H5Tclose);
  const H5T_class_t kind = H5Tget_class(type.id());
  const bool whole = kind == H5T_INTEGER && H5Tget_size(type.id()) <= sizeof(std::int64_t);
  check(whole || (kind == H5T_FLOAT && std::is_floating_point_v<T>), Errc::bad_file, name,
        " holds no numbers of the kind that is expected: ",
        std::is_floating_point_v<T> ? "floats or whole ones" : "whole ones");
  const std::size_t count = impl::entries(dataset.id(), H5Tget_size(type.id()), name);
  if constexpr (std::is_floating_point_v<T>)
    if (!whole)
      return impl::narrowed<T>(impl::read<double>(dataset.id(), H5T_NATIVE_DOUBLE, count, name), name);
  if (H5Tget_sign(type.id()) == H5T_SGN_NONE)
    return impl::narrowed<T>(impl::read<std::uint64_t>(dataset.id(), H5T_NATIVE_UINT64, count, name), name);
  return impl::narrowed<T>(impl::read<std::int64_t>(dataset.id(), H5T_NATIVE_INT64, count, name), name);
}

}  // namespace shoal
