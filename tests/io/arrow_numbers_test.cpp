#if defined(SHOAL_ARROW)  // where Arrow's library is installed
#include "io/arrow_tables.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace {

template <class Builder, class T> std::shared_ptr<arrow::Array> column(const std::vector<T>& numbers) {
  Builder builder;
  for (const T x : numbers) tables::ok(builder.Append(x));
  return tables::ok(builder.Finish());
}

/// Writes the columns as a Parquet file of small row groups and an Arrow file of small batches; calls f with
/// the path of each.
template <class F>
void each_kind(const Scratch& folder, const std::vector<tables::NamedColumn>& columns, const F& f) {
  const auto table = tables::table(columns);
  const std::string parquet = (folder / "a.parquet").string(), stream = (folder / "a.arrow").string();
  tables::write_parquet(parquet, *table, 2);
  tables::write_arrow(stream, *table, tables::Form::stream, 2);
  f(parquet);
  f(stream);
}

}  // namespace

TEST_CASE("columns of numbers of any width are labels, where they fit") {
  const Scratch folder("arrow", memory_folder());
  const std::vector<std::int64_t> large{5, -1, std::int64_t{1} << 40};
  each_kind(folder,
            {{"int8", column<arrow::Int8Builder>(std::vector<std::int8_t>{5, -1, 127})},
             {"uint16", column<arrow::UInt16Builder>(std::vector<std::uint16_t>{5, 0, 65535})},
             {"int64", column<arrow::Int64Builder>(large)},
             {"uint64", column<arrow::UInt64Builder>(
                            std::vector<std::uint64_t>{5, 0, std::numeric_limits<std::uint64_t>::max()})},
             {"double", column<arrow::DoubleBuilder>(std::vector<double>{0.5, -1, 1e300})}},
            [&](const std::string& path) {
              using shoal::arrow_numbers;
              CHECK(arrow_numbers<shoal::Label>(path, "int8") == std::vector<shoal::Label>{5, -1, 127});
              CHECK(arrow_numbers<shoal::Label>(path, "uint16") == std::vector<shoal::Label>{5, 0, 65535});
              CHECK(arrow_numbers<shoal::Index>(path, "int64") ==
                    std::vector<shoal::Index>(large.begin(), large.end()));
              CHECK(arrow_numbers<float>(path, "int8") == std::vector<float>{5, -1, 127});
              CHECK(arrow_numbers<float>(path, "double").front() == 0.5f);
              const auto refuse = [&](const char* part, const char* name) {
                test::refused(shoal::Errc::bad_file, part,
                              [&] { (void)arrow_numbers<shoal::Label>(path, name); });
              };
              refuse("1099511627776 in row 2 is out of range", "int64");
              refuse("in row 2 is out of range", "uint64");
              refuse("holds double where whole numbers are expected", "double");
              refuse("has no column label", "label");
              refuse("name one of numbers, as table.parquet:label", "");
            });
}

TEST_CASE("columns that hold no numbers, or lack some, are refused") {
  const Scratch folder("arrow", memory_folder());
  arrow::Int32Builder missing;
  tables::ok(missing.Append(1));
  tables::ok(missing.AppendNull());
  each_kind(folder,
            {{"missing", tables::ok(missing.Finish())},
             {"lists", tables::lists({.rows = 2})},
             {"half", column<arrow::HalfFloatBuilder>(std::vector<std::uint16_t>{0, 0})}},
            [](const std::string& path) {
              const auto refuse = [&](const char* part, const char* name) {
                test::refused(shoal::Errc::bad_file, part,
                              [&] { (void)shoal::arrow_numbers<float>(path, name); });
              };
              refuse(":missing has a missing number", "missing");
              refuse("where numbers are expected", "lists");
              refuse("holds halffloat, which is not read here", "half");
            });
  const std::string empty = (folder / "empty.arrow").string();
  shoal::write_text(empty, "");
  test::refused(shoal::Errc::bad_file, "is empty", [&] { (void)shoal::arrow_numbers<float>(empty, "x"); });
}
#endif
