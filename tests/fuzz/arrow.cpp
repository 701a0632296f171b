// Parquet files and Arrow files, read and mapped: the same rows either way, or an error; and a column of
// numbers. What begins as a Parquet file does is read as one. Built where Arrow's library is there, whose own
// code has no sanitizers.
#include "fuzz/target.hpp"

#include <algorithm>
#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/writer.h>
#include <arrow/table.h>
#include <parquet/arrow/writer.h>

#include <shoal/arrow.hpp>

using namespace shoal;

namespace {

/// A name that ends as a kind's files do, for the file of an input.
std::string named(const std::string& path, const char* suffix) {
  file_system::MemoryFiles& files = file_system::memory_files();
  const std::string name = path + suffix;
  files.named[name] = files.file(path);
  return name;
}

void read_rows(const std::string& path) {
  const ArrowRows mapped(path), read(path, "", {.read = true});
  fuzz::require(mapped.rows() == read.rows() && mapped.cols() == read.cols(), "both agree on the shape");
  if (mapped.rows() == 0 || mapped.cols() > 100'000) return;
  Matrix<float> a(1, mapped.cols()), b(1, mapped.cols());
  for (const Index row : {mapped.rows() / 2, Index{0}, mapped.rows() - 1}) {
    mapped.read(row, a);
    read.gather({&row, 1}, b);
    fuzz::require(std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * 4) == 0, "both agree");
  }
}

std::shared_ptr<arrow::Table> table(bool fixed) {
  arrow::FloatBuilder numbers;
  arrow::Int32Builder offsets;
  arrow::Int64Builder labels;
  for (int i = 0; i < 5; ++i) (void)labels.Append(i * i);
  for (int i = 0; i < 15; ++i) (void)numbers.Append(static_cast<float>(i) / 4);
  for (int i = 0; i <= 5; ++i) (void)offsets.Append(3 * i);
  const auto values = *numbers.Finish();
  const std::shared_ptr<arrow::Array> lists =
      fixed ? *arrow::FixedSizeListArray::FromArrays(values, 3)
            : std::shared_ptr<arrow::Array>(*arrow::ListArray::FromArrays(**offsets.Finish(), *values));
  return arrow::Table::Make(
      arrow::schema({arrow::field("x", lists->type()), arrow::field("n", arrow::int64())}),
      {lists, *labels.Finish()});
}

/// What `write` writes to a stream.
template <class F> std::string written(const F& write) {
  const auto sink = *arrow::io::BufferOutputStream::Create();
  write(sink);
  return (*sink->Finish())->ToString();
}
template <class Writer> void write_ipc(arrow::Result<Writer> writer, const arrow::Table& table) {
  (void)(*writer)->WriteTable(table, 3);
  (void)(*writer)->Close();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const char* suffix = size >= 4 && std::memcmp(data, "PAR1", 4) == 0 ? ".parquet" : ".arrow";
  fuzz::each(data, size,
             [&](const std::string& path) { (void)arrow_numbers<Label>(named(path, suffix), "n"); });
  return fuzz::each(data, size, [&](const std::string& path) { read_rows(named(path, suffix)); });
}

extern "C" int LLVMFuzzerInitialize(int* arguments, char*** argument) {
  std::vector<std::string> seeds;
  for (const bool fixed : {false, true}) {
    const auto rows = table(fixed);
    for (const auto codec : {parquet::Compression::UNCOMPRESSED, parquet::Compression::SNAPPY})
      seeds.push_back(written([&](const auto& sink) {
        (void)parquet::arrow::WriteTable(*rows, arrow::system_memory_pool(), sink, 3,
                                         parquet::WriterProperties::Builder().compression(codec)->build());
      }));
    seeds.push_back(written(
        [&](const auto& sink) { write_ipc(arrow::ipc::MakeFileWriter(sink, rows->schema()), *rows); }));
    seeds.push_back(written(
        [&](const auto& sink) { write_ipc(arrow::ipc::MakeStreamWriter(sink, rows->schema()), *rows); }));
  }
  return fuzz::plant(*arguments, *argument, seeds);
}
