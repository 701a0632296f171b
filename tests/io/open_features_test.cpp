#include "io/formats.hpp"

#include <shoal/io/open_features.hpp>

TEST_CASE("the end of a name chooses the reader") {
  for (const char* name : {"float32.npy", "float16.npy", "bfloat16.npy", "version2.npy", "float64rows.npy"})
    formats::check_file(name);
  formats::check_file("int8rows.npy", 1);
  formats::check_file("uint8rows.npy", 1, 4);
  const Scratch folder("open", memory_folder());
  std::filesystem::copy_file(TEST_DATA "/float32.npy", folder / "features");
  formats::check_rows(shoal::open_features((folder / "features").string()));
  std::filesystem::copy_file(TEST_DATA "/one.npz", folder / "features.npy");
  test::refused(shoal::Errc::bad_file, "is not a .npy file",
                [&] { (void)shoal::open_features((folder / "features.npy").string()); });
  test::refused(shoal::Errc::bad_file, "can't be opened",
                [&] { (void)shoal::open_features((folder / "none.fvecs").string()); });
  test::refused(shoal::Errc::bad_file, "torch.load(", [] { (void)shoal::open_features("features.pt"); });
}

TEST_CASE("of float64 it is said that it is rounded") {
  CHECK(shoal::open_features(TEST_DATA "/float64rows.npy").note().find("rounded to float32") !=
        std::string::npos);
  CHECK(shoal::open_features(TEST_DATA "/float32.npy").note().empty());
}

TEST_CASE("of float64 it is said that it is rounded, in one file of several too") {
  const Scratch folder("doubles", memory_folder());
  for (const std::string name : {"float32.npy", "float64rows.npy"})
    std::filesystem::copy_file(TEST_DATA "/" + name, folder / name);
  CHECK(shoal::open_features(folder.path.string()).note().find("float64rows.npy is float64") !=
        std::string::npos);
}

TEST_CASE("a member is told from a file") {
  CHECK(shoal::split_feature_path("a/b.npz:c").file == "a/b.npz");
  CHECK(shoal::split_feature_path("a/b.npz:c").member == "c");
  CHECK(shoal::split_feature_path("b.safetensors:model.layer:0").member == "model.layer:0");
  CHECK(shoal::split_feature_path("C:/b.npy").file == "C:/b.npy");
}

TEST_CASE("the .npy files of a folder, or of a pattern, are one input") {
  const Scratch folder("shards", memory_folder());
  shoal::Matrix<float> rows(5, 3);
  for (shoal::Index i = 0; i < 15; ++i) rows.data()[i] = formats::number(i);
  shoal::npy::write((folder / "part-0.npy").string(), rows.view().block(0, 2));
  shoal::npy::write((folder / "part-1.npy").string(), rows.view().block(2, 3));
  formats::check_rows(shoal::open_features(folder.path.string()));
  formats::check_rows(shoal::open_features((folder / "part-*.npy").string()));
  test::refused(shoal::Errc::bad_file, "no file matches",
                [&] { (void)shoal::open_features((folder / "none-*.npy").string()); });
}
