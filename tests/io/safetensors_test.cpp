#include "io/formats.hpp"

#include <shoal/io/safetensors.hpp>

TEST_CASE("tensors that the library safetensors wrote") {
  formats::check_file("one.safetensors");
  formats::check_file("one.safetensors:features");
  for (const char* name : {"single", "half", "brain", "double"})
    formats::check_file(std::string("several.safetensors:") + name);
  formats::check_file("several.safetensors:whole", 1);
}

TEST_CASE("a tensor that is not there, or no features, is said") {
  const auto said = [](const std::string& path, const char* part) {
    test::refused(shoal::Errc::bad_file, part, [&] { (void)shoal::open_features(TEST_DATA "/" + path); });
  };
  said("several.safetensors", "names 5 tensors where one of two dimensions is expected");
  said("several.safetensors", "single (F32, 5 × 3)");
  said("several.safetensors:none", "none names 0 tensors");
  said("several.safetensors:labels", "labels is 1-dimensional");
}

TEST_CASE("headers of .safetensors files that lie are refused") {
  const Scratch folder("safetensors", memory_folder());
  const auto file = [](const std::string& header, std::size_t bytes) {
    return formats::bytes_of(std::uint64_t{header.size()}) + header + std::string(bytes, '\0');
  };
  const auto refused = [&](const std::string& bytes, const char* part) {
    formats::refused_as(folder, "a.safetensors", bytes, part);
  };
  const std::string tensor = R"({"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}})";
  refused("1234567", "fewer than the 8");
  refused(formats::bytes_of(std::uint64_t{100}) + "{}", "promises a header of 100 bytes; the file holds 2");
  refused(formats::bytes_of(~std::uint64_t{0}) + "{}", "promises a header of");
  refused(file("{", 0), "damaged header");
  refused(file("{}", 8), "the file has none");
  refused(file(tensor, 7), "is truncated: a ends at byte 8 of its data, of which it holds 7");
  refused(file(R"({"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,12]}})", 12),
          "4 bytes follow the 2 rows");
  refused(file(R"({"a":{"dtype":"F32","shape":[4,1],"data_offsets":[0,8]}})", 8), "is truncated");
  refused(file(R"({"a":{"dtype":"I64","shape":[1,1],"data_offsets":[0,8]}})", 8), "is I64 where F32");
  refused(file(R"({"a":{"dtype":"F32","shape":[2,0],"data_offsets":[0,0]}})", 8), "has no columns");
}

TEST_CASE("tensors that are written are read back") {
  const Scratch folder("safetensors", memory_folder());
  const std::string path = (folder / "w.safetensors").string();
  const std::vector<float> x{1, 2, 3, 4, 5, 6}, bias{7, 8, 9};
  const std::vector<shoal::safetensors::NamedTensor> tensors{{"weight", {2, 3}, x}, {"bias", {3}, bias}};
  shoal::safetensors::write(path, tensors);
  const auto rows = shoal::open_features(path);
  shoal::Matrix<float> back(2, 3);
  rows.read(0, back);
  CHECK(std::vector<float>(back.data(), back.data() + 6) == x);
  const std::vector<shoal::safetensors::NamedTensor> wrong{{"weight", {2, 2}, x}}, quoted{{"a\"b", {6}, x}};
  test::refused(shoal::Errc::invalid_argument, "has 6 values where its shape has 4",
                [&] { shoal::safetensors::write(path, wrong); });
  test::refused(shoal::Errc::invalid_argument, "no quotes", [&] { shoal::safetensors::write(path, quoted); });
}
