#include "io/formats.hpp"

TEST_CASE("files of the ANN benchmarks hold the numbers that NumPy wrote") {
  formats::check_file("rows.fbin");
  formats::check_file("rows.f16bin");
  formats::check_file("rows.i8bin", 1);
  formats::check_file("rows.u8bin", 1, 4);
}

TEST_CASE("headers of .fbin files that lie are refused") {
  const Scratch folder("bin", memory_folder());
  const auto header = [](std::uint32_t n, std::uint32_t d) {
    return formats::bytes_of(n) + formats::bytes_of(d);
  };
  formats::refused_as(folder, "a.fbin", "1234567", "fewer than the 8 of a header");
  formats::refused_as(folder, "a.fbin", header(2, 3) + std::string(23, '\0'), "is truncated");
  formats::refused_as(folder, "a.fbin", header(2, 3) + std::string(25, '\0'), "1 bytes follow the 2 rows");
  formats::refused_as(folder, "a.fbin", header(~0u, ~0u) + std::string(24, '\0'),
                      "is truncated");  // beyond 2^64 bytes
  formats::refused_as(folder, "a.u8bin", header(0x80000000u, 2) + std::string(24, '\0'), "is truncated");
  formats::refused_as(folder, "a.i8bin", header(5, 0), "has no columns");
  shoal::write_text((folder / "none.fbin").string(), header(0, 7));
  CHECK(shoal::open_features((folder / "none.fbin").string()).rows() == 0);
}
