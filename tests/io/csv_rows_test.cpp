#include "io/formats.hpp"

#include <cmath>

#include <shoal/io/csv_rows.hpp>

TEST_CASE("tables that numpy.savetxt wrote") {
  formats::check_file("rows.csv");
  formats::check_file("commented.tsv");
}

TEST_CASE("tables as people write them") {
  const Scratch folder("csv", memory_folder());
  const auto read = [&](const std::string& text, const char* name = "a.csv") {
    shoal::write_text((folder / name).string(), text);
    const auto rows = shoal::open_features((folder / name).string());
    shoal::laws::row_source(rows);
    shoal::Matrix<float> x(rows.rows(), rows.cols());
    rows.read(0, x);
    return x;
  };
  CHECK(read("1,2\n3,4")(1, 0) == 3.f);
  CHECK(read("\xEF\xBB\xBF"
             "1,2\r\n\r\n3,4\r\n")(0, 0) == 1.f);
  CHECK(read("\xEF\xBB\xBFlänge;breite\n1;2\n")(0, 1) == 2.f);
  CHECK(read("# made by hand\na,b\n+1e-3, 2 \n")(0, 1) == 2.f);
  CHECK(read("7\n8\n9\n").rows() == 3);
  CHECK(read("1\t2\n", "a.tsv").cols() == 2);
  CHECK(std::isnan(read("1,nan\n")(0, 1)));  // refused, as in any file, by what takes rows
  CHECK(std::isinf(read("1,-inf\n")(0, 1)));

  std::string many =
      "x,y\n";  // more rows than lie between two whose places are known, and pieces of the file
  for (int i = 0; i < 20000; ++i)
    many += std::to_string(i) + "," + std::to_string(i) + ".5\n" + (i % 7 ? "" : "\n");
  shoal::write_text((folder / "many.csv").string(), many);
  const shoal::CsvRows rows((folder / "many.csv").string());
  REQUIRE(rows.rows() == 20000);
  shoal::Matrix<float> x(3, 2);
  const std::vector<shoal::Index> ids{19999, 0, 64};
  rows.gather(ids, x);
  CHECK(x(0, 1) == 19999.5f);
  CHECK(x(1, 0) == 0.f);
  CHECK(x(2, 0) == 64.f);
}

TEST_CASE("tables that hold anything but rows of numbers are refused by line") {
  const Scratch folder("csv", memory_folder());
  const auto refused = [&](const std::string& text, const char* part) {
    formats::refused_as(folder, "a.csv", text, part);
  };
  refused("", "has no rows of numbers");
  refused("a,b\n", "has no rows of numbers");
  refused("1,2\n3\n", "a.csv:2: there are 1 columns where the first line has 2");
  refused("1,2\n3,4,5\n", "a.csv:2: there are 3 columns");
  refused("1,b\n3,4\n", "a.csv:1: column 1 (b) is no number");  // a lost value is no name of a column
  refused("a,b\n3,\n", "a.csv:2: column 1 () is no number");
  refused("1;2,5\n", "column 0 (1;2) is no number");
  refused("1e39\n", "a.csv:1: column 0 (1e39) is beyond float32");
  refused("1e999\n2\n", "column 0 (1e999) is beyond float32");
  refused(",a\n0,1\n", "save it with index=False");
}

TEST_CASE("a table that is written to meanwhile is an error that names it") {
  const Scratch folder("csv", memory_folder());
  const std::string path = (folder / "a.csv").string();
  shoal::write_text(path, "1,2\n3,4\n");
  const shoal::CsvRows rows(path);
  std::ofstream(path, std::ios::app) << "5,6\n";
  test::refused(shoal::Errc::bad_file, "was written to", [&] { rows.will_need(0, 2); });
}
