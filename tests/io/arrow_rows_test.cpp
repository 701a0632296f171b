#if defined(SHOAL_ARROW)  // where Arrow's library is installed
#include "io/arrow_tables.hpp"

#include <array>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace {

/// Writes a table as a file of each kind, and calls f with its path.
template <class F> void each_kind(const Scratch& folder, const arrow::Table& table, const F& f) {
  const auto path = [&](const char* name) { return (folder / name).string(); };
  tables::write_parquet(path("a.parquet"), table, 4);
  tables::write_arrow(path("a.arrow"), table, tables::Form::file, 4);
  tables::write_arrow(path("b.arrow"), table, tables::Form::stream, 4);
  for (const char* name : {"a.parquet", "a.arrow", "b.arrow"}) {
    CAPTURE(name);
    f(path(name));
  }
}

}  // namespace

TEST_CASE("columns of lists of Parquet and Arrow files hold the numbers that Arrow's library wrote") {
  const Scratch folder("arrow", memory_folder());
  for (const bool fixed : {true, false})
    each_kind(folder, *tables::table(tables::lists({.fixed = fixed})), [](const std::string& path) {
      formats::check_rows(shoal::ArrowRows(path));
      formats::check_rows(shoal::ArrowRows(path, "x", {.read = true}));
      CHECK_FALSE(shoal::ArrowRows(path).rounded());
    });
  CHECK(shoal::is_arrow_table("a.feather"));
  CHECK_FALSE(shoal::is_arrow_table("parquet.npy"));
}

TEST_CASE("rows of a table are read into a part of a matrix, in any order, and from several threads") {
  const Scratch folder("arrow", memory_folder());
  each_kind(folder, *tables::table(tables::lists({.rows = 1000})), [](const std::string& path) {
    const shoal::ArrowRows rows(path);
    std::vector<std::thread> readers;
    std::array<int, 4> wrong{};
    for (std::size_t t = 0; t < wrong.size(); ++t)
      readers.emplace_back([&, t] {
        shoal::Matrix<float> x(10, 8);
        std::vector<shoal::Index> ids(10);
        for (shoal::Index first = 0; first < 990; first += 7) {
          if (t % 2 == 0) {
            for (shoal::Index i = 0; i < 10; ++i) ids[static_cast<std::size_t>(i)] = (first * (i + 3)) % 1000;
            rows.gather(ids, x.view().columns(2, 3));
          } else {
            for (shoal::Index i = 0; i < 10; ++i) ids[static_cast<std::size_t>(i)] = first + i;
            rows.read(first, x.view().columns(2, 3));
          }
          for (shoal::Index i = 0; i < 10; ++i)
            for (shoal::Index k = 0; k < 3; ++k)
              wrong[t] += x(i, 2 + k) != formats::number(3 * ids[static_cast<std::size_t>(i)] + k);
        }
      });
    for (std::thread& reader : readers) reader.join();
    for (const int w : wrong) CHECK(w == 0);
  });
}

TEST_CASE("several tables are one input, which keeps no more than one") {
  const Scratch folder("arrow", memory_folder());
  const std::vector<shoal::Index> starts{0, 400, 401, 1000};
  std::vector<std::string> paths;
  for (std::size_t f = 0; f + 1 < starts.size(); ++f) {
    const shoal::Index first = starts[f];
    const auto part = tables::table(
        tables::lists({.rows = starts[f + 1] - first, .fixed = f != 1, .number = [first](std::int64_t i) {
                         return formats::number(first * 3 + i);
                       }}));
    paths.push_back((folder / ("part-" + std::to_string(f) + (f == 2 ? ".arrow" : ".parquet"))).string());
    if (f == 2) {
      tables::write_arrow(paths.back(), *part, tables::Form::file, 100);
    } else {
      tables::write_parquet(paths.back(), *part, 100);
    }
  }
  const auto open = [](const std::string& path) { return shoal::ArrowRows(path, "x"); };
  const shoal::Concatenated<shoal::ArrowRows> rows(paths, open);
  REQUIRE(rows.rows() == 1000);
  shoal::laws::row_source(rows);
  shoal::Matrix<float> x(1000, 3);
  rows.read(0, x);
  for (shoal::Index i = 0; i < 3000; ++i) REQUIRE(x.data()[i] == formats::number(i));
  const shoal::ArrowRows& first = rows.sources().front();
  const std::size_t kept = first.held();
  first.forget();
  CHECK(first.held() < kept);
  rows.read(390, x.view().block(0, 20));  // forgotten blocks are decoded anew
  for (shoal::Index i = 0; i < 60; ++i) CHECK(x.data()[i] == formats::number(1170 + i));

  tables::write_parquet(paths[1], *tables::table(tables::lists({.cols = 4})));
  test::refused(shoal::Errc::bad_file, "part-1.parquet has 4 columns where",
                [&] { (void)shoal::Concatenated<shoal::ArrowRows>(paths, open); });
  tables::write_parquet(paths[1], *tables::table({{"x", tables::numbers({})}}));
  test::refused(shoal::Errc::bad_file, "part-1.parquet:x holds float where lists of",
                [&] { (void)shoal::Concatenated<shoal::ArrowRows>(paths, open); });
}

TEST_CASE("a file that is written to while it is open is refused") {
  const Scratch folder("arrow", memory_folder());
  each_kind(folder, *tables::table(), [](const std::string& path) {
    const shoal::ArrowRows rows(path);
    rows.will_need(0, 5);
    rows.will_need(0, 0);
    std::ofstream(path, std::ios::app) << "more";
    test::refused(shoal::Errc::bad_file, "was written to while it was in use", [&] { rows.will_need(0, 5); });
  });
}

TEST_CASE("tables that hold no rows of numbers are refused") {
  const Scratch folder("arrow", memory_folder());
  const auto refuse = [](const char* part, const std::string& path, const char* name = "") {
    test::refused(shoal::Errc::bad_file, part, [&] {
      const shoal::ArrowRows rows(path, name);
      shoal::Matrix<float> x(rows.rows(), rows.cols());
      rows.read(0, x);
    });
  };
  each_kind(folder, *tables::table(), [&](const std::string& path) {
    refuse("has no column y", path, "y");
    refuse("holds int64", path, "n");
  });
  each_kind(folder, *tables::table(tables::ragged({0, 0})),
            [&](const std::string& path) { refuse(":x", path); });
  each_kind(folder, *tables::table(tables::ragged({})),
            [&](const std::string& path) { refuse("holds 0 lists of 0", path); });
  shoal::write_text((folder / "text.parquet").string(), "no Parquet file");
  shoal::write_text((folder / "text.arrow").string(), "no Arrow file");
  shoal::write_text((folder / "empty.arrow").string(), "");
  refuse("can't be read", (folder / "text.parquet").string());
  refuse("can't be read", (folder / "text.arrow").string());
  refuse("is empty", (folder / "empty.arrow").string());
  refuse("can't be opened", (folder / "missing.parquet").string());
}

TEST_CASE("damaged tables are refused, or read; never more") {
  const Scratch folder("arrow", memory_folder());
  each_kind(folder, *tables::table(tables::lists({.fixed = false})), [&](const std::string& path) {
    const std::string whole = content(path);
    const auto try_to_read = [&](const std::string& bytes) {
      std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
      try {
        const shoal::ArrowRows rows(path, "", {.read = bytes.size() % 2 == 0});
        shoal::Matrix<float> x(std::min<shoal::Index>(rows.rows(), 5),
                               std::min<shoal::Index>(rows.cols(), 3));
        if (rows.cols() == 3) rows.read(0, x);
        return true;
      } catch (const shoal::error& e) {
        CHECK(e.code() == shoal::Errc::bad_file);
        return false;
      }
    };
    CHECK(try_to_read(whole));
    int refusals = 0;
    for (std::size_t size = 0; size < whole.size(); size += 37)
      refusals += try_to_read(whole.substr(0, size)) ? 0 : 1;
    CHECK(refusals > 10);
    for (std::size_t at = 0; at < whole.size(); at += 3) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x5A);
      refusals += try_to_read(damaged) ? 0 : 1;
    }
    CHECK(refusals > 40);
  });
}
#endif
