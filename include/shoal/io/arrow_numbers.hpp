// Columns of numbers in Parquet and Arrow files, such as labels, by Arrow's library: include this only where
// it is installed (CMake: link shoal::arrow).
#pragma once

#include <arrow/array.h>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/sizes.hpp>
#include <shoal/io/arrow_blocks.hpp>
#include <shoal/io/arrow_column.hpp>
#include <shoal/io/arrow_input.hpp>
#include <shoal/io/arrow_status.hpp>
#include <shoal/io/input_file.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/io/parquet_blocks.hpp>

namespace shoal {

namespace arrow_numbers_impl {

/// Appends the numbers of an array of type A. Throws bad_file for one that T does not hold.
template <class A, class T>
void append(const arrow::Array& array, const std::string& name, std::vector<T>& to) {
  using Stored = typename A::value_type;
  if constexpr (std::is_floating_point_v<Stored> && !std::is_floating_point_v<T>) {
    fail(Errc::bad_file, name, " holds ", array.type()->ToString(), " where whole numbers are expected");
  } else {
    const Stored* numbers = static_cast<const A&>(array).raw_values();
    for (std::int64_t i = 0; i < array.length(); ++i) {
      if constexpr (std::is_integral_v<T>)
        check(std::in_range<T>(numbers[i]), Errc::bad_file, name, ": ", numbers[i], " in row ", to.size(),
              " is out of range");
      to.push_back(static_cast<T>(numbers[i]));
    }
  }
}

template <class T> void append(const arrow::Array& array, const std::string& name, std::vector<T>& to) {
  arrow_rows_impl::require(array.Validate(), name);
  check(array.null_count() == 0, Errc::bad_file, name, " has a missing number in the rows from ", to.size(),
        " on");
  switch (array.type_id()) {
    case arrow::Type::INT8:
      return append<arrow::Int8Array>(array, name, to);
    case arrow::Type::INT16:
      return append<arrow::Int16Array>(array, name, to);
    case arrow::Type::INT32:
      return append<arrow::Int32Array>(array, name, to);
    case arrow::Type::INT64:
      return append<arrow::Int64Array>(array, name, to);
    case arrow::Type::UINT8:
      return append<arrow::UInt8Array>(array, name, to);
    case arrow::Type::UINT16:
      return append<arrow::UInt16Array>(array, name, to);
    case arrow::Type::UINT32:
      return append<arrow::UInt32Array>(array, name, to);
    case arrow::Type::UINT64:
      return append<arrow::UInt64Array>(array, name, to);
    case arrow::Type::FLOAT:
      return append<arrow::FloatArray>(array, name, to);
    case arrow::Type::DOUBLE:
      return append<arrow::DoubleArray>(array, name, to);
    default:
      fail(Errc::bad_file, name, " holds ", array.type()->ToString(), ", which is not read here");
  }
}

}  // namespace arrow_numbers_impl

/// Reads the column `member` of a Parquet or Arrow file, a number in each row, into a vector. If T is an
/// integer, integers of any width are read, provided that each value fits; if T is float, these and float32
/// and float64. Throws bad_file for anything else, and for missing numbers. arrow_numbers<Label> reads
/// labels. Costs a read of the column.
template <npy::Element T>
[[nodiscard]] std::vector<T> arrow_numbers(const std::string& path, const std::string& member) {
  using namespace arrow_rows_impl;
  return guarded(path, [&] {
    const auto file = std::make_shared<const InputFile>(path);
    check(file->size() > 0, Errc::bad_file, path, " is empty");
    Memory memory;
    const auto reader = std::make_shared<ReadInput>(file, memory.pool());
    std::unique_ptr<Blocks> blocks;
    if (path.ends_with(".parquet")) {
      blocks = std::make_unique<ParquetBlocks>(reader, path, member, memory, Kind::numbers);
    } else {
      blocks = std::make_unique<ArrowBlocks>(reader, path, member, memory, Kind::numbers);
    }
    const Index rows = blocks->starts().back();
    check(rows <= Memory::limit / static_cast<Index>(sizeof(T)), Errc::bad_file, blocks->column().name,
          " has ", rows, " numbers, more than are read into memory here");
    std::vector<T> all;
    allocating([&] { all.reserve(static_cast<std::size_t>(rows)); }, blocks->column().name, ": a column of ",
               rows, " numbers");
    for (std::size_t b = 0; b + 1 < blocks->starts().size(); ++b)
      arrow_numbers_impl::append(*blocks->load(b), blocks->column().name, all);
    file->check_unchanged();
    return all;
  });
}

}  // namespace shoal
