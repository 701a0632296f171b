// .npy files: mapped, read, or converted, as their bytes choose. What is read is written and read back the
// same.
#include "fuzz/target.hpp"

#include <shoal/io/npy.hpp>

using namespace shoal;

namespace {

void read_rows(const std::string& path) {
  const MappedRows mapped = npy::map(path);
  const FileRows read = npy::open(path);
  fuzz::require(mapped.rows() == read.rows() && mapped.cols() == read.cols(),
                "map and open agree on the shape");
  if (mapped.rows() == 0) return;
  Matrix<float> a(1, mapped.cols()), b(1, mapped.cols());
  for (const Index row : {Index{0}, mapped.rows() / 2, mapped.rows() - 1}) {
    mapped.read(row, a);
    read.read(row, b);
    fuzz::require(std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * 4) == 0,
                  "map and open agree");
    mapped.will_need(row, mapped.rows());
  }
}

template <class T> void round_trip(const std::string& path) {
  const std::vector<T> values = npy::read_vector<T>(path);
  const auto n = static_cast<Index>(values.size());
  const char* dtype = std::same_as<T, float> ? "<f4" : sizeof(T) == 4 ? "<i4" : "<i8";
  const std::string again =
      npy::format_header(dtype, std::vector<Index>{n}) +
      std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  const std::vector<T> back = npy::read_vector<T>(fuzz::file_of(again, 1));
  fuzz::require(
      back.size() == values.size() &&
          (values.empty() || std::memcmp(back.data(), values.data(), values.size() * sizeof(T)) == 0),
      "a vector is read back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::each(data, size, [&](const std::string& path) {
    switch (fuzz::one_of(5, data, size)) {
      case 0:
        return round_trip<Label>(path);
      case 1:
        return round_trip<Index>(path);
      case 2:
        return round_trip<float>(path);
      case 3:
        return (void)npy::read_matrix<Label>(path);
      default:
        return read_rows(path);
    }
  });
}

extern "C" int LLVMFuzzerInitialize(int* arguments, char*** argument) {
  std::vector<std::string> seeds;
  for (const char* dtype : {"<f4", "<f2", "|V2", "<i4", "<i8", "|u1", "|i1", "<u2", "<f8", "<U1", "|O"})
    for (const std::vector<Index>& shape : {std::vector<Index>{2, 3}, {6}, {0, 4}, {}})
      seeds.push_back(npy::format_header(dtype, shape) + std::string(24, '\1'));
  return fuzz::plant(*arguments, *argument, seeds);
}
