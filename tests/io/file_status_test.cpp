#include <doctest/doctest.h>

#include <shoal/io/file_status.hpp>

TEST_CASE("a file is another once its size or time differs") {
  const shoal::FileStamp one{1, 2, 3, 4};
  CHECK(one == shoal::FileStamp{1, 2, 3, 4});
  CHECK(one != shoal::FileStamp{1, 2, 5, 4});
  CHECK(one != shoal::FileStamp{1, 2, 3, 5});
  CHECK(one.same_file({1, 2, 5, 6}));
  CHECK_FALSE(one.same_file({1, 3, 3, 4}));
  CHECK_FALSE(one.same_file({2, 2, 3, 4}));
}
