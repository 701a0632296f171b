// Files of features of each format, mapped and read: the same rows either way, or an error.
#include "fuzz/target.hpp"

#include <filesystem>

#include <shoal/io/open_features.hpp>

using namespace shoal;

namespace {

/// A name that ends as a format's files do, for the file of an input.
std::string named(const std::string& path, const char* suffix) {
  static const std::filesystem::path folder = [] {
    const auto made = std::filesystem::temp_directory_path() / ("shoal-fuzz-" + std::to_string(::getpid()));
    std::filesystem::create_directories(made);
    return made;
  }();
  const auto link = folder / (std::string("input") + suffix);
  std::error_code there;
  std::filesystem::create_symlink(path, link, there);
  return link.string();
}

void read_rows(const std::string& path) {
  const FeatureFile mapped = open_features(path), read = open_features(path, {.read = true});
  fuzz::require(mapped.rows() == read.rows() && mapped.cols() == read.cols(), "both agree on the shape");
  if (mapped.rows() == 0) return;
  Matrix<float> a(1, mapped.cols()), b(1, mapped.cols());
  for (const Index row : {Index{0}, mapped.rows() / 2, mapped.rows() - 1}) {
    mapped.read(row, a);
    read.read(row, b);
    fuzz::require(std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * 4) == 0, "both agree");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::each(data, size, [](const std::string& path) {
    for (const char* suffix :
         {".npz", ".safetensors", ".fbin", ".u8bin", ".fvecs", ".bvecs", ".csv", ".tsv"}) {
      try {
        read_rows(named(path, suffix));
      } catch (const error&) {
      }
    }
  });
}

extern "C" int LLVMFuzzerInitialize(int* arguments, char*** argument) {
  std::vector<std::string> seeds{"1,2\n3,4\n", "a\tb\n1\t-2e3\n\n# c\r\n",
                                 std::string("\2\0\0\0\1\0\0\0abcdefgh", 16),
                                 std::string("\1\0\0\0abcd\1\0\0\0efgh", 16)};
  const std::string header = R"({"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}})";
  const std::uint64_t length = header.size();
  seeds.push_back(std::string(reinterpret_cast<const char*>(&length), 8) + header + "abcdefgh");
  return fuzz::plant(*arguments, *argument, seeds);
}
