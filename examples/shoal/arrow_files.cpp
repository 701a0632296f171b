#include "arrow_files.hpp"

#include "chosen_rows.hpp"

#include <algorithm>
#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/config.h>
#include <arrow/io/interfaces.h>
#include <arrow/record_batch.h>
#include <cstdint>
#include <memory>
#include <numeric>
#include <parquet/arrow/writer.h>
#include <utility>
#include <vector>

#include <shoal/arrow.hpp>
#include <shoal/io/atomic_file.hpp>

namespace {

/// A file that appears whole or not at all, as Arrow's library writes to it.
class Sink final : public arrow::io::OutputStream {
 public:
  explicit Sink(const std::string& path) : file_(path) {}

  arrow::Status Write(const void* data, std::int64_t bytes) override try {
    file_.write(data, static_cast<std::size_t>(bytes));
    written_ += bytes;
    return arrow::Status::OK();
  } catch (const shoal::error& e) {
    return arrow::Status::IOError(e.what());
  }
  [[nodiscard]] arrow::Result<std::int64_t> Tell() const override { return written_; }
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  [[nodiscard]] bool closed() const override { return closed_; }
  void commit() { file_.commit(); }

 private:
  shoal::AtomicFile file_;
  std::int64_t written_ = 0;
  bool closed_ = false;
};

/// An array of numbers that stay where they are.
template <class A, class T>
std::shared_ptr<arrow::Array> array_of(const std::vector<T>& numbers, std::size_t first, std::size_t count) {
  return std::make_shared<A>(static_cast<std::int64_t>(count),
                             arrow::Buffer::Wrap(numbers.data() + first, count));
}

void write_rows(parquet::arrow::FileWriter& writer, const std::shared_ptr<arrow::Schema>& schema,
                const ChosenRows& rows, const shoal::Prediction& prediction, const std::string& name) {
  constexpr std::size_t most = 1 << 16;
  for (std::size_t first = 0; first < prediction.labels.size(); first += most) {
    const std::size_t count = std::min(most, prediction.labels.size() - first);
    std::vector<std::int64_t> numbers(count);
    for (std::size_t i = 0; i < count; ++i) numbers[i] = rows.number(static_cast<shoal::Index>(first + i));
    const auto batch =
        arrow::RecordBatch::Make(schema, static_cast<std::int64_t>(count),
                                 {array_of<arrow::Int64Array>(numbers, 0, count),
                                  array_of<arrow::Int32Array>(prediction.labels, first, count),
                                  array_of<arrow::FloatArray>(prediction.confidence, first, count)});
    shoal::arrow_rows_impl::require(writer.WriteRecordBatch(*batch), name);
  }
}

}  // namespace

bool reads_arrow(const std::string& features) {
  return shoal::is_arrow_table(shoal::split_feature_path(features).file);
}

std::optional<shoal::FeatureFile> read_arrow(const std::string& features, bool read) {
  if (!reads_arrow(features)) return {};
  const shoal::FeaturePath path = shoal::split_feature_path(features);
  shoal::ArrowRows rows(path.file, path.member, {.read = read});
  std::string note =
      rows.rounded() ? features + " is float64: each number is rounded to float32 as it is read" : "";
  return shoal::FeatureFile(std::move(rows), std::move(note));
}

template <class T> std::optional<std::vector<T>> read_arrow_numbers(const std::string& file) {
  if (!reads_arrow(file)) return {};
  const shoal::FeaturePath path = shoal::split_feature_path(file);
  return shoal::arrow_numbers<T>(path.file, path.member);
}
template std::optional<std::vector<shoal::Index>> read_arrow_numbers(const std::string&);
template std::optional<std::vector<shoal::Label>> read_arrow_numbers(const std::string&);
template std::optional<std::vector<float>> read_arrow_numbers(const std::string&);

bool has_arrow() { return true; }

std::string arrow_version() { return "Arrow " ARROW_VERSION_STRING; }

void write_parquet_labels(const Path& path, const ChosenRows& rows, const shoal::Prediction& prediction) {
  const std::string name = path.string();
  const auto schema =
      arrow::schema({arrow::field("row", arrow::int64(), false), arrow::field("label", arrow::int32(), false),
                     arrow::field("confidence", arrow::float32(), false)});
  const auto sink = std::make_shared<Sink>(name);
  const auto writer = shoal::arrow_rows_impl::value(
      parquet::arrow::FileWriter::Open(*schema, arrow::system_memory_pool(), sink), name);
  write_rows(*writer, schema, rows, prediction, name);
  shoal::arrow_rows_impl::require(writer->Close(), name);
  sink->commit();
}
