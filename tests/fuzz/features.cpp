// Files of features of each format, mapped and read: the same rows either way, or an error. SHOAL_FUZZ_FORMAT
// names the format of a run (npz, safetensors, bin, vecs or csv; all without it), so that each has inputs of
// its own; of a format's several endings, or ways to name an array, an input's bytes choose one.
#include "fuzz/target.hpp"

#include <map>

#include <shoal/io/open_features.hpp>

using namespace shoal;

namespace {

const std::map<std::string, std::vector<std::string>> suffixes_of{
    {"npz", {".npz"}},
    {"safetensors", {".safetensors"}},
    {"bin", {".fbin", ".f16bin", ".u8bin", ".i8bin"}},
    {"vecs", {".fvecs", ".bvecs"}},
    {"csv", {".csv", ".tsv"}}};

const std::vector<std::string>& suffixes() {
  static const std::vector<std::string> chosen = [] {
    std::vector<std::string> all;
    const char* format = std::getenv("SHOAL_FUZZ_FORMAT");
    for (const auto& [name, some] : suffixes_of)
      if (format == nullptr || name == format) all.insert(all.end(), some.begin(), some.end());
    fuzz::require(!all.empty(), "SHOAL_FUZZ_FORMAT names a format");
    return all;
  }();
  return chosen;
}

/// A name that ends as a format's files do, for the file of an input.
const std::string& named(const std::string& path, const std::string& suffix) {
  static std::map<std::string, std::string> names;
  std::string& name = names[suffix];
  if (name.empty()) {
    file_system::MemoryFiles& files = file_system::memory_files();
    files.named[name = path + suffix] = files.file(path);
  }
  return name;
}

/// The rows of a safetensors file are read back after they are written.
void round_trip(const FeatureFile& rows) {
  const Index n = std::min<Index>(rows.rows(), 20);
  if (rows.cols() > 1000) return;
  Matrix<float> x(n, rows.cols()), back(n, rows.cols());
  rows.read(0, x);
  static const std::string path = fuzz::folder() + "/back.safetensors";
  const safetensors::NamedTensor tensor{
      "x", {n, x.cols()}, {x.data(), static_cast<std::size_t>(n * x.cols())}};
  safetensors::write(path, {&tensor, 1});
  open_features(path).read(0, back);
  fuzz::require(std::memcmp(x.data(), back.data(), static_cast<std::size_t>(x.size()) * 4) == 0,
                "what is written is read back");
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
  if (path.ends_with(".safetensors")) round_trip(mapped);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::each(data, size, [&](const std::string& path) {
    const std::size_t way = fuzz::one_of(2 * suffixes().size(), data, size);
    const std::string& suffix = suffixes()[way / 2];
    const bool several = suffix == ".npz" || suffix == ".safetensors";
    read_rows(named(path, suffix) + (several && way % 2 == 1 ? ":a" : ""));
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
