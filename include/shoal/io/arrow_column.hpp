// Columns of lists of numbers in tables of Arrow's: which one is meant, and the rows that an array of it
// holds.
#pragma once

#include <arrow/array.h>
#include <arrow/extension_type.h>
#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/io/arrow_status.hpp>
#include <shoal/io/row_source.hpp>

namespace shoal::arrow_rows_impl {

/// What the rows of a column are: lists of `cols` numbers; 0 where only the lists themselves say how many.
struct Lists {
  Dtype type = Dtype::float32;
  Index cols = 0;
};

/// The column that is meant.
struct Column {
  int field = 0;     ///< its place in the schema
  std::string name;  ///< for messages: file.parquet:embedding
  Lists lists;
};

inline std::optional<Dtype> number_type(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::HALF_FLOAT:
      return Dtype::float16;
    case arrow::Type::FLOAT:
      return Dtype::float32;
    case arrow::Type::DOUBLE:
      return Dtype::float64;
    case arrow::Type::INT8:
      return Dtype::int8;
    case arrow::Type::UINT8:
      return Dtype::uint8;
    default:
      return {};
  }
}

/// The lists of a column's type; nothing where its values are no lists of numbers that are read here. Tensors
/// of one dimension and other extensions are read as what they are stored as.
inline std::optional<Lists> lists_of(const arrow::DataType& type) {
  if (type.id() == arrow::Type::EXTENSION)
    return lists_of(*static_cast<const arrow::ExtensionType&>(type).storage_type());
  const bool fixed = type.id() == arrow::Type::FIXED_SIZE_LIST;
  if (!fixed && type.id() != arrow::Type::LIST && type.id() != arrow::Type::LARGE_LIST) return {};
  const auto number = number_type(*static_cast<const arrow::BaseListType&>(type).value_type());
  if (!number) return {};
  return Lists{*number, fixed ? static_cast<const arrow::FixedSizeListType&>(type).list_size() : 0};
}

/// What a column must hold.
enum class Kind { lists, numbers };

/// Whether numbers of a type are read one by one: whole ones and floats.
inline bool is_number(const arrow::DataType& type) {
  return arrow::is_integer(type.id()) || arrow::is_floating(type.id());
}

/// What a message says last: how the column is made a file that can be read.
inline std::string conversion(const std::string& file, const std::string& column) {
  return ". Convert it: python3 -c \"import numpy, pandas; numpy.save('features.npy', "
         "numpy.stack(pandas.read_" +
         std::string(file.ends_with(".parquet") ? "parquet" : "feather") + "('" + file + "')['" + column +
         "']).astype('float32'))\"";
}

/// The column `member` of numbers, a list of one number in each row. Throws bad_file for others.
inline Column numbers_of(const arrow::Schema& schema, const std::string& member, const std::string& file) {
  const std::vector<int> found = schema.GetAllFieldIndices(member);
  check(found.size() == 1, Errc::bad_file, file, " has ", found.empty() ? "no column " : "several columns ",
        member, member.empty() ? ": name one of numbers, as table.parquet:label" : "");
  const arrow::DataType& type = *schema.field(found.front())->type();
  check(is_number(type), Errc::bad_file, file, ":", member, " holds ", type.ToString(),
        " where numbers are expected");
  return {found.front(), file + ":" + member, {Dtype::float64, 1}};
}

/// The column `member` of lists, or the only one of lists of numbers where it is empty. Throws bad_file for
/// others.
inline Column column_of(const arrow::Schema& schema, const std::string& member, const std::string& file,
                        Kind kind = Kind::lists) {
  if (kind == Kind::numbers) return numbers_of(schema, member, file);
  std::string list;
  std::vector<int> found;
  for (int i = 0; i < schema.num_fields(); ++i) {
    const arrow::Field& field = *schema.field(i);
    if (member.empty() ? !lists_of(*field.type()) : field.name() != member) continue;
    found.push_back(i);
    if (list.size() < 1000) list += (list.empty() ? "" : ", ") + field.name();
  }
  if (member.empty())
    check(found.size() == 1, Errc::bad_file, file, " has ", found.size(),
          " columns of lists of numbers where one is expected",
          list.empty() ? "" : ": name one, as table.parquet:name; it has ", list);
  check(found.size() == 1, Errc::bad_file, file, " has ", found.empty() ? "no column " : "several columns ",
        member);
  const arrow::Field& field = *schema.field(found.front());
  const auto lists = lists_of(*field.type());
  check(lists.has_value(), Errc::bad_file, file, ":", field.name(), " holds ", field.type()->ToString(),
        " where lists of float16, float32, float64, int8 or uint8 are expected",
        conversion(file, field.name()));
  return {found.front(), file + ":" + field.name(), *lists};
}

/// The rows of an array of lists, which it keeps.
struct RowBlock {
  std::shared_ptr<arrow::Array> lists;
  Rows rows;
};

/// Where the numbers of a list begin in those of the array.
inline std::int64_t begin_of(const arrow::Array& lists, std::int64_t i) {
  switch (lists.type_id()) {
    case arrow::Type::FIXED_SIZE_LIST:
      return static_cast<const arrow::FixedSizeListArray&>(lists).value_offset(i);
    case arrow::Type::LIST:
      return static_cast<const arrow::ListArray&>(lists).value_offset(i);
    default:
      return static_cast<const arrow::LargeListArray&>(lists).value_offset(i);
  }
}
inline std::shared_ptr<arrow::Array> values_of(const arrow::Array& lists) {
  switch (lists.type_id()) {
    case arrow::Type::FIXED_SIZE_LIST:
      return static_cast<const arrow::FixedSizeListArray&>(lists).values();
    case arrow::Type::LIST:
      return static_cast<const arrow::ListArray&>(lists).values();
    default:
      return static_cast<const arrow::LargeListArray&>(lists).values();
  }
}

/// The lists that a column's array stores, whose offsets lie within it. Throws bad_file for a damaged one.
inline std::shared_ptr<arrow::Array> stored_lists(std::shared_ptr<arrow::Array> array,
                                                  const std::string& name) {
  require(array->Validate(), name);
  while (array->type_id() == arrow::Type::EXTENSION)
    array = static_cast<const arrow::ExtensionArray&>(*array).storage();
  return array;
}

/// The rows of an array of the column, the first of which is row `first` of the table: each list has `cols`
/// numbers, and none is missing, or bad_file is thrown. Costs a look at each list's offset; copies nothing.
inline RowBlock block_of(std::shared_ptr<arrow::Array> array, const Column& column, Index cols, Index first) {
  const auto lists = stored_lists(std::move(array), column.name);
  const std::int64_t count = lists->length(), begin = count > 0 ? begin_of(*lists, 0) : 0;
  for (std::int64_t i = 0; i < count; ++i) {
    check(!lists->IsNull(i), Errc::bad_file, column.name, " has no list in row ", first + i);
    const std::int64_t numbers = begin_of(*lists, i + 1) - begin_of(*lists, i);
    check(numbers == cols, Errc::bad_file, column.name, ": row ", first + i, " has ", numbers,
          " numbers where others have ", cols);
  }
  const auto values = values_of(*lists);
  check(number_type(*values->type()) == column.lists.type, Errc::bad_file, column.name,
        " changes its type at row ", first);
  check(values->Slice(begin, count * cols)->null_count() == 0, Errc::bad_file, column.name,
        " has a missing number in the rows from ", first, " to ", first + count - 1);
  const std::byte* numbers = nullptr;
  if (count > 0)
    numbers = reinterpret_cast<const std::byte*>(values->data()->buffers[1]->data()) +
              static_cast<std::size_t>(values->offset() + begin) * bytes_of(column.lists.type);
  return {lists, Rows(numbers, column.lists.type, count, cols, cols)};
}

}  // namespace shoal::arrow_rows_impl
