// .safetensors files: features found in them, results written.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <shoal/core/printable.hpp>
#include <shoal/core/sizes.hpp>
#include <shoal/io/atomic_file.hpp>
#include <shoal/io/file_rows.hpp>
#include <shoal/io/mapped_rows.hpp>
#include <shoal/io/safetensors_header.hpp>

namespace shoal::safetensors {

namespace safetensors_impl {

inline std::optional<Dtype> feature_dtype(std::string_view dtype) {
  if (dtype == "F32") return Dtype::float32;
  if (dtype == "F16") return Dtype::float16;
  if (dtype == "BF16") return Dtype::bfloat16;
  if (dtype == "F64") return Dtype::float64;
  if (dtype == "I8") return Dtype::int8;
  if (dtype == "U8") return Dtype::uint8;
  return {};
}

inline std::string shape_text(const Tensor& tensor) {
  std::string text;
  for (const Index length : tensor.shape) text += (text.empty() ? "" : " × ") + std::to_string(length);
  return tensor.name + " (" + tensor.dtype + ", " + (text.empty() ? "a number" : text) + ")";
}

/// The tensor called `member`, or the only one of two dimensions where `member` is empty.
inline const Tensor& chosen(const std::vector<Tensor>& tensors, const std::string& member,
                            const std::string& name) {
  const Tensor* found = nullptr;
  std::size_t fitting = 0;
  std::string all;
  for (const Tensor& tensor : tensors) {
    const bool fits = member.empty() ? tensor.shape.size() == 2 : tensor.name == member;
    if (fits) found = &tensor;
    fitting += fits ? 1 : 0;
    if (all.size() < 1000) all += (all.empty() ? "" : ", ") + shape_text(tensor);
  }
  check(fitting == 1, Errc::bad_file, name, member.empty() ? "" : ": " + member, " names ", fitting,
        " tensors where one of two dimensions is expected; the file has ", all.empty() ? "none" : all,
        fitting > 1 && member.empty() ? ": name one, as file.safetensors:" + found->name : "");
  return *found;
}

}  // namespace safetensors_impl

/// Where the features that are the tensor `member` lie in a file, or those of the only tensor of two
/// dimensions where `member` is empty. They are F32, F16, BF16, F64 (rounded to float32 as it is read), I8 or
/// U8. `name` begins messages. Throws bad_file for a file that is no .safetensors, or whose header promises
/// what the file does not hold, and where there is no such tensor.
[[nodiscard]] inline StoredArray locate(const InputFile& file, const std::string& member,
                                        const std::string& name) {
  std::uint64_t length = 0;
  check(file.size() >= sizeof length, Errc::bad_file, name, " is truncated: it has ", file.size(),
        " bytes, fewer than the 8 in front of a header");
  file.read(0, sizeof length, &length);
  const std::size_t held = file.size() - sizeof length;
  check(length <= longest_header && length <= held, Errc::bad_file, name, " promises a header of ", length,
        " bytes; the file holds ", held, ", and at most ", longest_header, " are read");
  std::string text = allocating([&] { return std::string(length, '\0'); }, name, ": a header");
  file.read(sizeof length, length, text.data());
  const std::vector<Tensor> tensors = parse_header(text, name);
  const Tensor& t = safetensors_impl::chosen(tensors, member, name);
  check(t.shape.size() == 2, Errc::bad_file, name, ": ", t.name, " is ", t.shape.size(),
        "-dimensional where two dimensions are expected");
  const auto dtype = safetensors_impl::feature_dtype(t.dtype);
  check(dtype.has_value(), Errc::bad_file, name, ": ", t.name, " is ", t.dtype,
        " where F32, F16, BF16, F64, I8 or U8 is expected: save it as float32");
  check(t.end <= held - length, Errc::bad_file, name, " is truncated: ", t.name, " ends at byte ", t.end,
        " of its data, of which it holds ", held - length);
  check_held(t.end - t.begin, t.shape[0], t.shape[1], *dtype, name + ": " + t.name);
  return {sizeof length + length + t.begin, *dtype, t.shape[0], t.shape[1], t.shape[1]};
}

/// A float32 tensor to write: a view of its values, row-major.
struct NamedTensor {
  std::string name;
  std::vector<Index> shape;
  std::span<const float> values;
};

/// Writes a file of float32 tensors, atomically. Throws invalid_argument where a tensor has not as many
/// values as its shape says, and bad_file where the system refuses.
inline void write(const std::string& path, std::span<const NamedTensor> tensors) {
  std::string header = "{";
  std::size_t end = 0;
  for (const NamedTensor& t : tensors) {
    Index product = 1;
    std::string shape;
    for (const Index length : t.shape) {
      product = checked_product("safetensors::write: shape", {product, length});
      shape += (shape.empty() ? "" : ",") + std::to_string(length);
    }
    check(product == std::ssize(t.values), Errc::invalid_argument, "safetensors::write: ", t.name, " has ",
          t.values.size(), " values where its shape has ", product);
    check(t.name.find_first_of("\"\\") == std::string::npos && printable(t.name) == t.name,
          Errc::invalid_argument, "safetensors::write: the name ", t.name,
          " must have no quotes, backslashes or control characters");
    const std::size_t begin = end;
    end += t.values.size_bytes();
    header += (begin == 0 && header.size() == 1 ? "\"" : ",\"") + t.name + R"(":{"dtype":"F32","shape":[)" +
              shape + R"(],"data_offsets":[)" + std::to_string(begin) + "," + std::to_string(end) + "]}";
  }
  header += "}";
  header.resize((header.size() + 7) / 8 * 8, ' ');  // values are aligned where the file is mapped
  const std::uint64_t length = header.size();
  AtomicFile file(path);
  file.write(&length, sizeof length);
  file.write(header);
  for (const NamedTensor& t : tensors) file.write(t.values.data(), t.values.size_bytes());
  file.commit();
}

}  // namespace shoal::safetensors
