#if defined(SHOAL_ARROW)  // where Arrow's library is installed
#include "io/arrow_tables.hpp"

#include <array>

using namespace shoal::arrow_rows_impl;

namespace {

Column column_named(const std::shared_ptr<arrow::Table>& table, const char* name) {
  return column_of(*table->schema(), name, "t.parquet");
}
template <class F> void no_column(const char* part, F&& f) { test::refused(shoal::Errc::bad_file, part, f); }

}  // namespace

TEST_CASE("types of lists that are read are told from others") {
  const auto lists = [](const std::shared_ptr<arrow::DataType>& type) { return lists_of(*type); };
  REQUIRE(lists(arrow::fixed_size_list(arrow::float16(), 7)));
  CHECK(lists(arrow::fixed_size_list(arrow::float16(), 7))->cols == 7);
  CHECK(lists(arrow::fixed_size_list(arrow::float16(), 7))->type == shoal::Dtype::float16);
  CHECK(lists(arrow::list(arrow::float64()))->cols == 0);
  CHECK(lists(arrow::large_list(arrow::uint8()))->type == shoal::Dtype::uint8);
  CHECK_FALSE(lists(arrow::float32()));
  CHECK_FALSE(lists(arrow::list(arrow::int64())));
  CHECK_FALSE(lists(arrow::list(arrow::list(arrow::float32()))));
}

TEST_CASE("the column that is named, or the only one of lists, is found") {
  const auto table = tables::table();
  CHECK(column_named(table, "").field == 1);
  CHECK(column_named(table, "x").name == "t.parquet:x");
  no_column("has no column y", [&] { (void)column_named(table, "y"); });
  no_column("n holds int64 where lists", [&] { (void)column_named(table, "n"); });
  no_column("pandas.read_parquet('t.parquet')['n']", [&] { (void)column_named(table, "n"); });
  const auto two = tables::table({{"a", tables::lists()}, {"b", tables::lists()}, {"b", tables::lists()}});
  no_column(
      "has 3 columns of lists of numbers where one is expected: name one, as table.parquet:name; it has a, "
      "b, b",
      [&] { (void)column_named(two, ""); });
  no_column("has several columns b", [&] { (void)column_named(two, "b"); });
}

TEST_CASE("an array of lists is rows, wherever it begins; ragged and missing ones are refused") {
  const Column column{0, "t:x", {shoal::Dtype::float32, 3}};
  for (const bool fixed : {true, false}) {
    const auto whole = tables::lists({.rows = 9, .fixed = fixed});
    const RowBlock block = block_of(whole->Slice(2, 5), column, 3, 2);
    REQUIRE(block.rows.rows() == 5);
    std::array<float, 3> row{};
    block.rows.read(4, {row.data(), 1, 3});
    for (int k = 0; k < 3; ++k) CHECK(row[static_cast<std::size_t>(k)] == formats::number(3 * 6 + k));
    CHECK(block_of(whole->Slice(9, 0), column, 3, 9).rows.rows() == 0);
    no_column("row 10 has 3 numbers where others have 4", [&] { (void)block_of(whole, column, 4, 10); });
  }
  no_column("row 8 has 2 numbers where others have 3", [&] {
    (void)block_of(tables::ragged({3, 2}), column, 3, 7);
  });
  no_column("has no list in row 1", [&] { (void)block_of(tables::ragged({3, -1, 3}), column, 3, 0); });
  arrow::FloatBuilder values;
  tables::ok(values.AppendValues({1, 2, 3, 4}));
  tables::ok(values.AppendNulls(2));
  const auto missing = tables::ok(arrow::FixedSizeListArray::FromArrays(tables::ok(values.Finish()), 3));
  no_column("has a missing number in the rows from 6 to 7", [&] { (void)block_of(missing, column, 3, 6); });
  CHECK(block_of(missing->Slice(0, 1), column, 3, 0).rows.rows() == 1);
  no_column("changes its type", [&] {
    (void)block_of(missing, {0, "t:x", {shoal::Dtype::float64, 3}}, 3, 0);
  });
}
#endif
