#include "io/formats.hpp"

#include <shoal/io/npz.hpp>

TEST_CASE("arrays of .npz files that numpy.savez wrote, where they are stored") {
  formats::check_file("one.npz");
  formats::check_file("one.npz:arr_0");
  formats::check_file("several.npz:single");
  formats::check_file("several.npz:half");
  const shoal::InputFile file(TEST_DATA "/several.npz");
  const auto members = shoal::npz::members(file, "several.npz");
  REQUIRE(members.size() == 3);
  CHECK(members[2].name == "labels");
  CHECK(members[2].stored);
}

TEST_CASE("what an archive does not give is said") {
  const auto said = [](const std::string& path, const char* part) {
    test::refused(shoal::Errc::bad_file, part, [&] { (void)shoal::open_features(TEST_DATA "/" + path); });
  };
  said("several.npz", "the file has single, half, labels: name one, as file.npz:");
  said("several.npz:halves",
       "halves names 0 arrays where one is expected; the file has single, half, labels");
  said("several.npz:labels", "labels is 1-dimensional where two dimensions are expected");
  said("compressed.npz", "arr_0 is compressed");
  said("compressed.npz", "python3 -c \"import numpy; numpy.save('features.npy', numpy.load('");
}

TEST_CASE("archives that lie are refused") {
  const Scratch folder("npz", memory_folder());
  const std::string whole = content(TEST_DATA "/one.npz");
  const std::size_t end = whole.rfind("PK\5\6"), entry = whole.find("PK\1\2");
  REQUIRE(entry != std::string::npos);
  const auto changed = [&](std::size_t at, std::string bytes) {
    return std::string(whole).replace(at, bytes.size(), bytes);
  };
  const std::string most(4, '\xFF');
  formats::refused_as(folder, "a.npz", "PK", "is no .npz file");
  formats::refused_as(folder, "a.npz", whole.substr(0, end), "is no .npz file");
  formats::refused_as(folder, "a.npz", whole.substr(0, end + 10), "damaged list");
  formats::refused_as(folder, "a.npz", whole.substr(end), "is truncated");
  formats::refused_as(folder, "a.npz", changed(end + 12, most), "of which 67108864 are read");
  formats::refused_as(folder, "a.npz", changed(end + 16, most), "is truncated");
  formats::refused_as(folder, "a.npz", changed(entry, "PK\1\3"), "damaged list");
  formats::refused_as(folder, "a.npz", changed(entry + 8, std::string(1, '\1')),
                      "is compressed");  // encrypted
  const std::string hostile =            // a name that must not become part of the line that converts
      changed(entry + 8, std::string(1, '\1')).replace(entry + 46, 5, "`id`\"");
  formats::refused_as(folder, "a.npz", hostile, "a.npz: `id`\"");
  formats::refused_as(folder, "a.npz", hostile, "')['NAME'])");  // Windows' paths stay out of it too
  formats::refused_as(folder, "a.npz", changed(entry + 28, "\xFF\xFF"), "damaged list");
  formats::refused_as(folder, "a.npz", changed(entry + 42, std::string("\x40\0\0\0", 4)), "damaged header");
  const auto sizes = [&](std::uint32_t bytes) {
    return changed(entry + 20, formats::bytes_of(bytes) + formats::bytes_of(bytes));
  };
  formats::refused_as(folder, "a.npz", sizes(0x7FFFFFFFu), "is truncated");
  formats::refused_as(folder, "a.npz", sizes(187), "is truncated: its header promises 60 bytes of data");
  formats::refused_as(folder, "a.npz", sizes(5), "is not a .npy file");
}
