#include "support/scratch.hpp"

#include <fstream>
#include <iterator>

#include <doctest/doctest.h>

#include <shoal/io/model_file.hpp>

using namespace shoal;

namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A small model with an entry of each kind, at `path`.
void save_sample(const std::filesystem::path& path) {
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
  const Scratch folder("model");
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
  const Scratch folder("model");
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
  const Scratch folder("model");
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
  const Scratch folder("model");
  save_sample(folder / "m.shoal");
  std::string newer = content(folder / "m.shoal");
  newer[8] = 9;
  write_text(folder / "m.shoal", newer);
  CHECK_THROWS_WITH_AS(ModelFile(folder / "m.shoal"), doctest::Contains("format 9"), error);
  write_text(folder / "m.shoal", std::string(100, 'x'));
  CHECK_THROWS_WITH_AS(ModelFile(folder / "m.shoal"), doctest::Contains("not a model"), error);
}
