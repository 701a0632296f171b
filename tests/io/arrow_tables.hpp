// Tables that the tests of Parquet and Arrow files write by Arrow's library.
#pragma once

#include "io/formats.hpp"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/io/file.h>
#include <arrow/ipc/writer.h>
#include <arrow/table.h>
#include <functional>
#include <memory>
#include <parquet/arrow/writer.h>
#include <string>
#include <utility>
#include <vector>

#include <shoal/arrow.hpp>

namespace tables {

inline void ok(const arrow::Status& status) { REQUIRE_MESSAGE(status.ok(), status.ToString()); }
template <class T> T ok(arrow::Result<T> result) {
  ok(result.status());
  return std::move(result).ValueUnsafe();
}

/// rows lists of cols float32, the numbers of formats::number, or what `number` gives; fixed says whether
/// their type has their size.
struct Made {
  std::int64_t rows = 5, cols = 3;
  bool fixed = true;
  std::function<float(std::int64_t)> number = [](std::int64_t i) { return formats::number(i); };
};
inline std::shared_ptr<arrow::Array> numbers(const Made& made) {
  arrow::FloatBuilder builder;
  for (std::int64_t i = 0; i < made.rows * made.cols; ++i) ok(builder.Append(made.number(i)));
  return ok(builder.Finish());
}
inline std::shared_ptr<arrow::Array> lists(const Made& made = {}) {
  if (made.fixed)
    return ok(arrow::FixedSizeListArray::FromArrays(numbers(made), static_cast<std::int32_t>(made.cols)));
  arrow::Int32Builder offsets;
  for (std::int64_t i = 0; i <= made.rows; ++i) ok(offsets.Append(static_cast<std::int32_t>(i * made.cols)));
  return ok(arrow::ListArray::FromArrays(*ok(offsets.Finish()), *numbers(made)));
}
/// Lists of these numbers of numbers, all 1; a negative number stands for a missing list.
inline std::shared_ptr<arrow::Array> ragged(const std::vector<int>& sizes) {
  const auto values = std::make_shared<arrow::FloatBuilder>();
  arrow::ListBuilder builder(arrow::default_memory_pool(), values);
  for (const int size : sizes) {
    ok(size < 0 ? builder.AppendNull() : builder.Append());
    for (int k = 0; k < size; ++k) ok(values->Append(1));
  }
  return ok(builder.Finish());
}

struct NamedColumn {
  std::string name;
  std::shared_ptr<arrow::Array> array;
};
inline std::shared_ptr<arrow::Table> table(const std::vector<NamedColumn>& columns) {
  std::vector<std::shared_ptr<arrow::Field>> fields;
  std::vector<std::shared_ptr<arrow::Array>> arrays;
  for (const NamedColumn& column : columns) {
    fields.push_back(arrow::field(column.name, column.array->type()));
    arrays.push_back(column.array);
  }
  return arrow::Table::Make(arrow::schema(fields), arrays);
}
/// A table of whole numbers, `n`, and the lists, `x`.
inline std::shared_ptr<arrow::Table> table(const std::shared_ptr<arrow::Array>& x = lists()) {
  arrow::Int64Builder builder;
  for (std::int64_t i = 0; i < x->length(); ++i) ok(builder.Append(i));
  return table({{"n", ok(builder.Finish())}, {"x", x}});
}

inline std::shared_ptr<arrow::io::FileOutputStream> file_at(const std::string& path) {
  return ok(arrow::io::FileOutputStream::Open(path));
}
inline void write_parquet(const std::string& path, const arrow::Table& table,
                          std::int64_t group_rows = 1 << 20) {
  ok(parquet::arrow::WriteTable(table, arrow::default_memory_pool(), file_at(path), group_rows));
}
enum class Form { file, stream };
inline void write_arrow(const std::string& path, const arrow::Table& table, Form form = Form::file,
                        std::int64_t batch_rows = 1 << 20) {
  const auto file = file_at(path);
  const auto writer = form == Form::file ? ok(arrow::ipc::MakeFileWriter(file, table.schema()))
                                         : ok(arrow::ipc::MakeStreamWriter(file, table.schema()));
  ok(writer->WriteTable(table, batch_rows));
  ok(writer->Close());
}

/// The bytes of a file, as Arrow's library takes them.
inline std::shared_ptr<arrow::io::RandomAccessFile> input_of(std::string bytes) {
  return std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(std::move(bytes)));
}

}  // namespace tables
