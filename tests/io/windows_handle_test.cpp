#if defined(_WIN32)
#include <string>

#include <doctest/doctest.h>

#include <shoal/io/windows_handle.hpp>

TEST_CASE("text goes from UTF-8 to UTF-16 and back") {
  using namespace shoal::windows_handle_impl;
  const std::string text = "größe 鯨 \xF0\x9F\x90\x9F";
  CHECK(wide(text).size() == 10);  // the fish is a pair
  CHECK(narrow(wide(text)) == text);
  CHECK(wide("").empty());
}

TEST_CASE("the reasons of failures are the C library's") {
  using namespace shoal::windows_handle_impl;
  ::SetLastError(ERROR_PATH_NOT_FOUND);
  CHECK(reason() == ENOENT);
  ::SetLastError(ERROR_SHARING_VIOLATION);
  CHECK(reason() == EACCES);
}
#endif
