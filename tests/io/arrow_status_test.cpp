#if defined(SHOAL_ARROW)  // where Arrow's library is installed
#include "support/refused.hpp"

#include <stdexcept>

#include <doctest/doctest.h>

#include <shoal/io/arrow_status.hpp>

using namespace shoal::arrow_rows_impl;

TEST_CASE("what Arrow's library refuses or throws is an error of the file") {
  CHECK(value(arrow::Result<int>(3), "a") == 3);
  const auto bad = [](auto&& f, const char* part) { test::refused(shoal::Errc::bad_file, part, f); };
  bad([] { (void)value(arrow::Result<int>(arrow::Status::Invalid("odd")), "a.arrow"); },
      "a.arrow can't be read: odd");
  bad([] { require(arrow::Status::OutOfMemory("much"), "a.arrow"); }, "asks for more than 2 GiB");
  bad([] { guarded("a.parquet", [] { throw std::runtime_error("thrift"); }); },
      "a.parquet can't be read: thrift");
  bad([] { guarded("a", [] { shoal::fail(shoal::Errc::bad_file, "own words"); }); }, "own words");
  CHECK(guarded("a", [] { return 4; }) == 4);
}

TEST_CASE("the memory of a file has a limit, and is counted apart from that of others") {
  Memory memory, other;
  std::uint8_t* bytes = nullptr;
  CHECK(memory.pool()->Allocate(Memory::limit + 1, &bytes).IsOutOfMemory());
  REQUIRE(memory.pool()->Allocate(1000, &bytes).ok());
  CHECK(memory.held() == 1000);
  CHECK(other.held() == 0);
  CHECK(memory.pool()->Reallocate(1000, Memory::limit + 1, &bytes).IsOutOfMemory());
  memory.pool()->Free(bytes, 1000);
  CHECK(memory.held() == 0);
}
#endif
