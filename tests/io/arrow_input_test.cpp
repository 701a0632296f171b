#if defined(SHOAL_ARROW)  // where Arrow's library is installed
#include "io/arrow_tables.hpp"

using namespace shoal::arrow_rows_impl;

TEST_CASE("a file is the same to Arrow's library whether it is read or mapped") {
  const Scratch folder("arrow", memory_folder());
  const std::string path = (folder / "a").string();
  shoal::write_text(path, "0123456789");
  Memory memory;
  const shoal::MappedFile file(path);
  const std::shared_ptr<arrow::io::RandomAccessFile> inputs[] = {
      std::make_shared<ReadInput>(std::make_shared<const shoal::InputFile>(path), memory.pool()),
      mapped_input(file)};
  for (const auto& input : inputs) {
    CHECK(tables::ok(input->GetSize()) == 10);
    CHECK(tables::ok(input->ReadAt(3, 4))->ToString() == "3456");
    CHECK(tables::ok(input->ReadAt(8, 1000))->ToString() == "89");  // as far as it goes
    CHECK(tables::ok(input->Read(2))->ToString() == "01");
    char next[2] = {};
    CHECK(tables::ok(input->Read(2, next)) == 2);
    CHECK(std::string(next, 2) == "23");
    CHECK(tables::ok(input->Tell()) == 4);
    tables::ok(input->Seek(9));
    CHECK(tables::ok(input->Read(5))->ToString() == "9");
    CHECK(tables::ok(input->Read(5))->size() == 0);
    CHECK_FALSE(input->ReadAt(11, 1).ok());
    CHECK_FALSE(input->ReadAt(-1, 1).ok());
    tables::ok(input->Close());
    CHECK(input->closed());
  }
  CHECK(memory.held() == 0);
}

TEST_CASE("a file that was cut short is an error of Arrow's library") {
  const Scratch folder("arrow", memory_folder());
  const std::string path = (folder / "a").string();
  shoal::write_text(path, "0123456789");
  Memory memory;
  ReadInput input(std::make_shared<const shoal::InputFile>(path), memory.pool());
  std::filesystem::resize_file(path, 5);
  CHECK(input.ReadAt(2, 6).status().message().find("cut short") != std::string::npos);
}
#endif
