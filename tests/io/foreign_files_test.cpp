#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/io/foreign_files.hpp>

TEST_CASE("files that are not read here are refused with the line of Python that converts them") {
  for (const shoal::ForeignFile& kind : shoal::foreign_files()) {
    const std::string path = "some" + std::string(kind.suffix);
    const shoal::error e = test::error_of([&] { shoal::refuse_foreign(path, "F: " + path); });
    CHECK(e.code() == shoal::Errc::bad_file);
    const std::string message = e.what();
    CHECK(message.starts_with("F: " + path + " is "));
    CHECK(message.find("python3 -c \"import ") != std::string::npos);
    CHECK(message.find("'" + path + "'") != std::string::npos);
    CHECK(message.find("numpy.save('features.npy'") != std::string::npos);
  }
  for (const char* name :
       {"$(id).pt", "`id`.h5", "it's.pkl", "a\"b.mat", "a\\.zarr", "a!b.parquet", "a\nb.pth"}) {
    CAPTURE(name);  // no part of a line that a shell may run
    CHECK_FALSE(shoal::quotable(name));
    CHECK(shoal::quoted_or(name, "FILE") == "FILE");
    const std::string said = test::error_of([&] { shoal::refuse_foreign(name, "F"); }).what();
    CHECK(said.find("'FILE'") != std::string::npos);
  }
  CHECK(shoal::quotable("/a b/ü-1.pt"));
  CHECK(shoal::quoted_or("/a b/ü-1.pt", "FILE") == "/a b/ü-1.pt");
  test::refused(shoal::Errc::bad_file, "if you trust it", [] { shoal::refuse_foreign("a.pkl", "F"); });
  test::refused(shoal::Errc::bad_file, "zarr.open('a.zarr'", [] { shoal::refuse_foreign("a.zarr/", "F"); });
  shoal::refuse_foreign("a.npy", "F");
  shoal::refuse_foreign("/", "F");
}
