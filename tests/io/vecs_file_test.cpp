#include "io/formats.hpp"

TEST_CASE("files of the TEXMEX corpus hold the numbers that NumPy wrote") {
  formats::check_file("rows.fvecs");
  formats::check_file("rows.bvecs", 1, 4);
}

TEST_CASE("counts of .fvecs files that lie are refused") {
  const Scratch folder("vecs", memory_folder());
  const auto row = [](std::int32_t says, std::size_t holds) {
    return formats::bytes_of(says) + std::string(4 * holds, '\0');
  };
  formats::refused_as(folder, "a.fvecs", "", "is truncated");
  formats::refused_as(folder, "a.fvecs", "123", "is truncated");
  formats::refused_as(folder, "a.fvecs", row(0, 3), "row 0 says that it has 0 columns");
  formats::refused_as(folder, "a.fvecs", row(-3, 3), "row 0 says that it has -3 columns");
  formats::refused_as(folder, "a.fvecs", row(2, 2) + row(2, 1), "no whole number of rows");
  formats::refused_as(folder, "a.fvecs", row(0x7FFFFFFF, 2), "no whole number of rows");
  formats::refused_as(folder, "a.fvecs", row(2, 2) + row(3, 2),
                      "row 1 says that it has 3 columns where row 0 has 2");
  formats::refused_as(folder, "a.bvecs", row(4, 1) + row(5, 1), "row 1 says that it has 5 columns");
}

TEST_CASE("a row that lies is noticed in any order of reading") {
  const Scratch folder("vecs", memory_folder());
  const std::string good = formats::bytes_of(std::int32_t{1}) + formats::bytes_of(2.f),
                    bad = formats::bytes_of(std::int32_t{9}) + formats::bytes_of(2.f);
  shoal::write_text((folder / "a.fvecs").string(), good + good + bad);
  for (const bool read : {false, true}) {
    const auto rows = shoal::open_features((folder / "a.fvecs").string(), {.read = read});
    shoal::Matrix<float> x(2, 1);
    rows.read(0, x);
    CHECK(x(1, 0) == 2.f);
    const std::vector<shoal::Index> ids{0, 2};
    test::refused(shoal::Errc::bad_file, "row 2 says", [&] { rows.gather(ids, x); });
    test::refused(shoal::Errc::bad_file, "row 2 says", [&] { rows.read(1, x); });
  }
}
