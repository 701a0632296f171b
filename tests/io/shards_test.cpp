#include "support/random_rows.hpp"
#include "support/refused.hpp"
#include "support/scratch.hpp"

#include <doctest/doctest.h>

#include <shoal/io/shards.hpp>
#include <shoal/laws/row_source.hpp>

using namespace shoal;

TEST_CASE("several files are one row source: a folder, a pattern, a list") {
  const Scratch folder("shards", memory_folder());
  const Matrix<float> all = test::random_rows(30, 5, 2);
  const std::vector<Index> starts{0, 11, 11, 12, 30};  // one file without rows
  std::vector<std::string> paths;
  for (std::size_t f = 0; f + 1 < starts.size(); ++f) {
    paths.push_back((folder / ("part-" + std::to_string(f) + ".npy")).string());
    npy::write(paths.back(), all.view().block(starts[f], starts[f + 1] - starts[f]));
  }
  std::ofstream(folder / "README") << "not a shard";
  for (const ShardedRows& rows :
       {npy::map_shards(folder.path.string()), npy::map_shards((folder / "part-?.npy").string()),
        npy::map_shards(paths)}) {
    CHECK(rows.files() == 4);
    REQUIRE(rows.rows() == 30);
    CHECK(rows.cols() == 5);
    laws::row_source(rows);
    Matrix<float> read(30, 5);
    rows.read(0, read);
    CHECK(std::equal(read.data(), read.data() + 150, all.data()));
  }
  CHECK(npy::map_shards(paths[0]).rows() == 11);
}

TEST_CASE("shards that are none say which file it is") {
  const Scratch folder("shards", memory_folder());
  const std::string a = folder.path.string() + "/a.npy", b = folder.path.string() + "/b.npy";
  npy::write(a, test::random_rows(3, 5, 1));
  npy::write(b, test::random_rows(3, 6, 1));
  test::refused(Errc::bad_file, b, [&] { (void)npy::map_shards(folder.path.string()); });
  std::ofstream(b) << "damaged";
  test::refused(Errc::bad_file, b, [&] { (void)npy::map_shards(folder.path.string()); });
  test::refused(Errc::bad_file, "no file matches",
                [&] { (void)npy::map_shards((folder / "x*.npy").string()); });
  test::refused(Errc::bad_file, "c.npy", [&] { (void)npy::map_shards((folder / "c.npy").string()); });
  test::refused(Errc::invalid_argument, "no files",
                [] { (void)npy::map_shards(std::vector<std::string>{}); });
}

TEST_CASE("a folder holds files of one format, which may be any") {
  const Scratch folder("shards", memory_folder());
  constexpr std::string_view endings[] = {".npy", ".h5", ".arrow"};
  const auto meant = [&](const std::string& path) { return files_meant(path, endings); };
  const std::string where = folder.path.string();
  test::refused(Errc::bad_file, "no .npy file, and none of another format, is in",
                [&] { (void)meant(where); });
  for (const char* name : {"b.arrow", "a.arrow", "README"}) std::ofstream(folder / name) << name;
  const std::vector<std::string> tables{where + "/a.arrow", where + "/b.arrow"};
  CHECK(meant(where) == tables);
  CHECK(meant(where + "/") == tables);
  CHECK(meant(where + "/?.arrow") == tables);
  std::ofstream(folder / "a.h5") << "a";
  test::refused(Errc::bad_file, "holds .h5 and .arrow files: say which are meant",
                [&] { (void)meant(where); });
  CHECK(meant(where + "/*.arrow") == tables);
  std::ofstream(folder / "a.npy") << "a";
  CHECK(meant(where) == std::vector<std::string>{where + "/a.npy"});
}
