#if defined(SHOAL_ARROW)  // where Arrow's library is installed
#include "io/arrow_tables.hpp"

using namespace shoal::arrow_rows_impl;

TEST_CASE("the batches of an Arrow file are its blocks, in both formats, and lie where the file does") {
  const Scratch folder("arrow", memory_folder());
  const std::string path = (folder / "a.arrow").string();
  for (const tables::Form form : {tables::Form::file, tables::Form::stream})
    for (const bool fixed : {true, false}) {
      tables::write_arrow(path, *tables::table(tables::lists({.rows = 100, .fixed = fixed})), form, 40);
      Memory memory;
      ArrowBlocks blocks(tables::input_of(content(path)), path, "", memory);
      CHECK(blocks.starts() == std::vector<shoal::Index>{0, 40, 80, 100});
      CHECK(blocks.cols() == 3);
      CHECK(blocks.column().name == path + ":x");
      const auto last = blocks.load(2), first = blocks.load(0);
      CHECK(first->length() == 40);
      CHECK(first->Equals(*tables::lists({.rows = 40, .fixed = fixed})));
      CHECK(last->length() == 20);
      CHECK(memory.held() < 4096);  // no copy of the numbers, of which 100 × 3 are 1,200 bytes a batch
    }
}

TEST_CASE("an Arrow file without rows has no blocks, and an old Feather file is refused") {
  const Scratch folder("arrow", memory_folder());
  const std::string path = (folder / "a.arrow").string();
  tables::write_arrow(path, *tables::table(tables::lists({.rows = 0})));
  Memory memory;
  const ArrowBlocks none(tables::input_of(content(path)), path, "x", memory);
  CHECK(none.starts().back() == 0);
  CHECK(none.cols() == 3);
  test::refused(shoal::Errc::bad_file, "Feather file of version 1",
                [&] { (void)ArrowBlocks(tables::input_of("FEA1 and more"), path, "", memory); });
}
#endif
