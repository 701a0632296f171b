#if defined(SHOAL_ARROW)  // where Arrow's library is installed
#include "io/arrow_tables.hpp"

#include <algorithm>

using namespace shoal::arrow_rows_impl;

TEST_CASE("a row group is read in blocks of 4 MiB, in any order") {
  const Scratch folder("parquet", memory_folder());
  const std::string path = (folder / "a.parquet").string();
  // 2,500 rows of 1,024 float32 in row groups of 1,500: blocks of 1,024, 476 and 1,000 rows.
  const tables::Made made{
      .rows = 2500, .cols = 1024, .number = [](std::int64_t i) { return static_cast<float>(i / 1024); }};
  tables::write_parquet(path, *tables::table(tables::lists(made)), 1500);
  Memory memory;
  ParquetBlocks blocks(tables::input_of(content(path)), path, "", memory);
  CHECK(blocks.starts() == std::vector<shoal::Index>{0, 1024, 1500, 2500});
  CHECK(blocks.cols() == 1024);
  for (const std::size_t b : {1u, 0u, 2u, 2u, 1u, 0u}) {
    const auto first = blocks.starts()[b], rows = blocks.starts()[b + 1] - first;
    const RowBlock block = block_of(blocks.load(b), blocks.column(), 1024, first);
    REQUIRE(block.rows.rows() == rows);
    shoal::Matrix<float> row(1, 1024);
    for (const shoal::Index i : {shoal::Index{0}, rows - 1}) {
      block.rows.read(i, row);
      CHECK(*std::min_element(row.data(), row.data() + 1024) == static_cast<float>(first + i));
      CHECK(*std::max_element(row.data(), row.data() + 1024) == static_cast<float>(first + i));
    }
  }
}

TEST_CASE("a row group whose numbers are not those of its rows' lists is refused before it is read") {
  const Scratch folder("parquet", memory_folder());
  const std::string path = (folder / "a.parquet").string();
  const auto refuse = [&](const std::vector<int>& sizes, const char* part) {
    tables::write_parquet(path, *tables::table(tables::ragged(sizes)), 4);
    test::refused(shoal::Errc::bad_file, part, [&] {
      Memory memory;
      (void)ParquetBlocks(tables::input_of(content(path)), path, "x", memory);
    });
  };
  refuse({2, 2, 2, 1}, "its row group 0 has 7 numbers where 4 lists of 1 are expected");
  refuse({2, 2, 2, 2, 3}, "its row group 1 has 3 numbers where 1 lists of 2 are expected");
  refuse({2, 2, 2, -1}, "its row group 0 has 7 numbers");
  test::refused(shoal::Errc::bad_file, "can't be read", [&] {
    Memory memory;
    (void)ParquetBlocks(tables::input_of("PAR1PAR1"), path, "", memory);
  });
}
#endif
