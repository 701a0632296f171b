#include "support/scratch.hpp"

#include <fstream>
#include <iterator>

#include <doctest/doctest.h>

#include <shoal/io/model_file.hpp>

using namespace shoal;

namespace {

/// A small model with an entry of each kind, at `path`.
void save_sample(const ScratchPath& path) {
  const Matrix<float> centroids(3, 5, 0.25f);
  const Matrix<double> moments(1, 2, 1e300);
  ModelWriter model;
  model.text("method", "k-means");
  model.text("empty", "");
  model.number("rate", 0.1);
  model.number("seed", ~std::uint64_t{0});
  model.array("centroids", centroids.view());
  model.array("moments", moments.view());
  model.array("sizes", std::vector<std::int64_t>{4, 5, 6});
  const std::vector<std::int64_t> sizes{1LL << 40, 2};
  model.array("sizes", sizes);
  model.array("none", MatrixView<const std::int32_t>(nullptr, 0, 7));
  model.save(path);
}

}  // namespace

TEST_CASE("what was saved is read back") {
  const Scratch folder("model", memory_folder());
  save_sample(folder / "m.shoal");
  const ModelFile model(folder / "m.shoal");
  CHECK(model.text("method") == "k-means");
  CHECK(model.text("empty").empty());
  CHECK(model.number<double>("rate") == 0.1);
  CHECK(model.number<std::uint64_t>("seed") == ~std::uint64_t{0});
  CHECK(model.array<float>("centroids", 3, 5)(2, 4) == 0.25f);
  CHECK(model.array<double>("moments")(0, 1) == 1e300);
  CHECK(model.array<std::int64_t>("sizes")(0, 0) == 1LL << 40);
  CHECK(model.array<std::int32_t>("none", 0, 7).rows == 0);
  CHECK(model.has("rate"));
  CHECK_FALSE(model.has("velocity"));
}

TEST_CASE("an entry that is missing, of another type or shape is refused") {
  const Scratch folder("model", memory_folder());
  save_sample(folder / "m.shoal");
  const ModelFile model(folder / "m.shoal");
  CHECK_THROWS_WITH_AS((void)model.text("name"), doctest::Contains("no name"), error);
  CHECK_THROWS_AS((void)model.array<double>("centroids"), error);
  CHECK_THROWS_WITH_AS((void)model.array<float>("centroids", 3, 4), doctest::Contains("3 × 5"), error);
  CHECK_THROWS_WITH_AS((void)model.number<int>("method"), doctest::Contains("'k-means'"), error);
  CHECK_THROWS_AS((void)model.number<int>("seed"), error);
  ModelWriter writer;
  Matrix<float> wide(3, 4);
  CHECK_THROWS_AS(writer.array("part", wide.view().columns(0, 2)), error);
}

TEST_CASE("every cut and every flipped byte is found, or changes nothing that is read") {
  const Scratch folder("model", memory_folder());
  save_sample(folder / "m.shoal");
  const std::string whole = content(folder / "m.shoal");
  for (std::size_t length = 0; length < whole.size(); length += 7) {
    write_text(folder / "cut.shoal", whole.substr(0, length));
    CHECK_THROWS_AS(ModelFile(folder / "cut.shoal"), error);
  }
  int harmless = 0;  // the padding between entries
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    write_text(folder / "bad.shoal", damaged);
    try {
      const ModelFile model(folder / "bad.shoal");
      CHECK(whole[at] == '\0');
      CHECK(model.text("method") == "k-means");
      ++harmless;
    } catch (const error& e) {
      CHECK(e.code() == Errc::bad_file);
    }
  }
  CHECK(harmless < 64 * 9);
}

TEST_CASE("another format says so") {
  const Scratch folder("model", memory_folder());
  save_sample(folder / "m.shoal");
  std::string newer = content(folder / "m.shoal");
  newer[8] = 9;
  write_text(folder / "m.shoal", newer);
  CHECK_THROWS_WITH_AS(ModelFile(folder / "m.shoal"), doctest::Contains("format 9"), error);
  write_text(folder / "m.shoal", std::string(100, 'x'));
  CHECK_THROWS_WITH_AS(ModelFile(folder / "m.shoal"), doctest::Contains("not a model"), error);
}

TEST_CASE("a directory that lies is refused, also where its checksums are right") {
  using namespace model_impl;
  const Scratch folder("model", memory_folder());
  save_sample(folder / "m.shoal");
  const std::string whole = content(folder / "m.shoal");
  Preface preface{};
  std::memcpy(&preface, whole.data(), sizeof preface);
  Index lies = 0;
  for (std::size_t at = sizeof preface; at < sizeof preface + preface.directory_bytes;) {
    Record record{};
    std::memcpy(&record, whole.data() + at, sizeof record);
    const auto try_lie = [&](const Record& lie) {
      if (std::memcmp(&lie, &record, sizeof lie) == 0) return;
      std::string file = whole;
      Record resealed = lie;
      if (resealed.offset <= file.size() && resealed.bytes <= file.size() - resealed.offset)
        resealed.checksum = checksum(file.data() + resealed.offset, resealed.bytes);
      std::memcpy(file.data() + at, &resealed, sizeof resealed);
      Preface sealed = preface;
      sealed.directory_checksum = checksum(file.data() + sizeof preface, preface.directory_bytes);
      std::memcpy(file.data(), &sealed, sizeof sealed);
      write_text(folder / "lie.shoal", file);
      ++lies;
      try {
        const ModelFile model(folder / "lie.shoal");
        // What stays possible: another kind of the same width, another shape of the same bytes.
        CHECK(bytes_of(lie) == lie.bytes);
        CHECK(lie.offset == record.offset);
        CHECK(lie.bytes == record.bytes);
      } catch (const error& e) {
        CHECK(e.code() == Errc::bad_file);
      }
    };
    const auto lies_of = [](std::uint64_t value) {
      std::vector<std::uint64_t> all{0, 1, value - 1, value + 1, value + 64, ~std::uint64_t{0}, ~value};
      for (const int bit : {16, 30, 31, 32, 40, 61, 62, 63}) all.push_back(std::uint64_t{1} << bit);
      return all;
    };
    const auto each_lie = [&](auto Record::*field) {
      using Field = std::remove_reference_t<decltype(record.*field)>;
      for (const std::uint64_t value : lies_of(static_cast<std::uint64_t>(record.*field))) {
        Record lie = record;
        lie.*field = static_cast<Field>(value);
        try_lie(lie);
      }
    };
    each_lie(&Record::kind);
    each_lie(&Record::name_bytes);
    each_lie(&Record::rows);
    each_lie(&Record::cols);
    each_lie(&Record::offset);
    each_lie(&Record::bytes);
    for (const std::uint64_t v : lies_of(record.bytes)) {  // several at once, whose sums and products wrap
      Record r = record;
      r.rows = static_cast<std::int64_t>(v), r.cols = static_cast<std::int64_t>(0 - v);
      try_lie(r);
      r.offset = v, r.bytes = 0 - v;
      try_lie(r);
    }
    at += sizeof record + record.name_bytes;
  }
  CHECK(lies > 500);
}

TEST_CASE("the directory's own length, a name given twice, and bytes behind the last entry") {
  using namespace model_impl;
  const Scratch folder("model", memory_folder());
  save_sample(folder / "m.shoal");
  const std::string whole = content(folder / "m.shoal");
  for (const std::uint64_t length : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 40, ~std::uint64_t{0}}) {
    std::string file = whole;
    Preface preface{};
    std::memcpy(&preface, file.data(), sizeof preface);
    preface.directory_bytes = length;
    if (length < file.size() - sizeof preface)
      preface.directory_checksum = checksum(file.data() + sizeof preface, length);
    std::memcpy(file.data(), &preface, sizeof preface);
    write_text(folder / "lie.shoal", file);
    CHECK_THROWS_AS(ModelFile(folder / "lie.shoal"), error);
  }
  write_text(folder / "lie.shoal", whole + "x");
  CHECK_THROWS_AS(ModelFile(folder / "lie.shoal"), error);

  ModelWriter twins;
  twins.text("twin a", "1");
  twins.text("twin b", "2");
  twins.save(folder / "twins.shoal");
  std::string file = content(folder / "twins.shoal");
  file[file.find("twin b") + 5] = 'a';
  Preface preface{};
  std::memcpy(&preface, file.data(), sizeof preface);
  preface.directory_checksum = checksum(file.data() + sizeof preface, preface.directory_bytes);
  std::memcpy(file.data(), &preface, sizeof preface);
  write_text(folder / "lie.shoal", file);
  CHECK_THROWS_AS(ModelFile(folder / "lie.shoal"), error);
}
