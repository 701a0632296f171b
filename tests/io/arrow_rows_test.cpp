#if defined(SHOAL_ARROW)  // where Arrow's library is installed
#include "io/arrow_tables.hpp"

#include <array>
#include <fstream>
#include <thread>

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
