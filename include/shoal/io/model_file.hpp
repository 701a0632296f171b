// The file format of fitted models and checkpoints: named arrays and short texts, verified when read.
#pragma once

#include <array>
#include <bit>
#include <charconv>
#include <concepts>
#include <cstring>
#include <map>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/finite.hpp>
#include <shoal/core/matrix.hpp>
#include <shoal/core/parse_double.hpp>
#include <shoal/io/atomic_file.hpp>
#include <shoal/io/checksum.hpp>
#include <shoal/io/mapped_file.hpp>

namespace shoal {

static_assert(std::endian::native == std::endian::little, "model files are little-endian");

/// The element type of an array in a model file.
template <class T>
concept ModelElement = std::same_as<T, float> || std::same_as<T, double> || std::same_as<T, std::int32_t> ||
    std::same_as<T, std::int64_t>;

/// A numeric setting in a model file, written as text that reads back as the same bits.
template <class T>
concept ModelNumber = std::is_arithmetic_v<T> && !std::same_as<T, bool>;

namespace model_impl {

// The layout: a Preface; the directory, which is a Record and its name for each entry; then the bytes of the
// entries, each aligned to 64, so that a mapped array can be used in place.
constexpr std::array<char, 8> magic{'s', 'h', 'o', 'a', 'l', '\r', '\n', '\x1a'};
constexpr std::uint64_t format = 1;

struct Preface {
  std::array<char, 8> magic;
  std::uint64_t format, directory_bytes, directory_checksum;
};

struct Record {
  std::uint32_t kind, name_bytes;
  std::int64_t rows, cols;
  std::uint64_t offset, bytes, checksum;
};

enum Kind : std::uint32_t { text_kind, float_kind, double_kind, int32_kind, int64_kind };
template <ModelElement T>
constexpr Kind kind_of = std::same_as<T, float>          ? float_kind
                         : std::same_as<T, double>       ? double_kind
                         : std::same_as<T, std::int32_t> ? int32_kind
                                                         : int64_kind;

constexpr std::uint64_t aligned(std::uint64_t offset) { return (offset + 63) / 64 * 64; }

/// The number of bytes that a record's kind and shape require; −1, which no file has, if they are invalid.
inline std::uint64_t bytes_of(const Record& record) {
  constexpr std::array<std::uint64_t, 5> element{1, 4, 8, 4, 8};
  constexpr auto none = ~std::uint64_t{0};
  if (record.kind >= element.size() || record.rows < 0 || record.cols < 0) return none;
  if (record.kind == text_kind && record.rows != 1) return none;
  const auto rows = static_cast<std::uint64_t>(record.rows), cols = static_cast<std::uint64_t>(record.cols);
  const std::uint64_t size = element[record.kind];
  if (rows > 0 && cols > none / size / rows) return none;
  return rows * cols * size;
}

}  // namespace model_impl

/// Collects the entries of a model file and writes it. If a name is used twice, the later entry replaces the
/// earlier.
class ModelWriter {
 public:
  void text(const std::string& name, std::string value) {
    const std::uint64_t bytes = value.size();
    entries_[name] = {
        {model_impl::text_kind, 0, 1, static_cast<std::int64_t>(bytes), 0, bytes, 0}, {}, std::move(value)};
  }

  template <ModelNumber T> void number(const std::string& name, T value) {
    std::array<char, 64> digits;
    text(name, std::string(digits.data(), std::to_chars(digits.begin(), digits.end(), value).ptr));
  }

  /// Adds a view of an array: `values` must live until save().
  template <class T>
    requires ModelElement<std::remove_const_t<T>>
  void array(const std::string& name, MatrixView<T> values) {
    check(values.stride == values.cols || values.rows <= 1, Errc::invalid_argument,
          "ModelWriter::array: ", name, " must be contiguous, its stride is ", values.stride,
          " and its columns are ", values.cols);
    const auto bytes = static_cast<std::uint64_t>(
        checked_product("ModelWriter::array: bytes", {values.rows, values.cols, sizeof(T)}));
    constexpr auto kind = model_impl::kind_of<std::remove_const_t<T>>;
    entries_[name] = {{kind, 0, values.rows, values.cols, 0, bytes, 0}, values.data, {}};
  }
  template <ModelElement T> void array(const std::string& name, const std::vector<T>& values) {
    array(name, MatrixView<const T>(values.data(), 1, static_cast<Index>(values.size())));
  }

  /// Writes the file atomically, with one pass over the arrays for their checksums and one to write them.
  /// Throws bad_file if the system reports an error.
  void save(const std::string& path) const {
    using namespace model_impl;
    Preface preface{magic, format, 0, 0};
    for (const auto& [name, entry] : entries_) preface.directory_bytes += sizeof(Record) + name.size();
    std::string directory;
    std::uint64_t end = sizeof preface + preface.directory_bytes;
    for (const auto& [name, entry] : entries_) {
      Record record = entry.record;
      record.name_bytes = static_cast<std::uint32_t>(name.size());
      record.offset = aligned(end);
      record.checksum = checksum(entry.bytes(), record.bytes);
      end = record.offset + record.bytes;
      directory.append(reinterpret_cast<const char*>(&record), sizeof record).append(name);
    }
    preface.directory_checksum = checksum(directory.data(), directory.size());

    AtomicFile file(path);
    file.write(&preface, sizeof preface);
    file.write(directory);
    end = sizeof preface + directory.size();
    for (const auto& [name, entry] : entries_) {
      file.write(std::string(aligned(end) - end, '\0'));
      file.write(entry.bytes(), entry.record.bytes);
      end = aligned(end) + entry.record.bytes;
    }
    file.commit();
  }

 private:
  struct Entry {
    model_impl::Record record;
    const void* data;
    std::string text;
    [[nodiscard]] const void* bytes() const {
      return record.kind == model_impl::text_kind ? text.data() : data;
    }
  };
  std::map<std::string, Entry> entries_;
};

/// A model file, mapped and completely verified at construction. Throws bad_file if the file is missing, of
/// another kind or format, truncated or damaged anywhere, or if its directory is inconsistent: each entry
/// must lie within the file, in order, and have the length that its shape requires. Copies share the mapping.
class ModelFile {
 public:
  explicit ModelFile(const std::string& path) : file_(path), name_(path) {
    using namespace model_impl;
    const auto bytes = file_.bytes();
    Preface preface{};
    check(bytes.size() >= sizeof preface, Errc::bad_file, name_, " is not a model of shoal, or cut short");
    std::memcpy(&preface, bytes.data(), sizeof preface);
    check(preface.magic == magic, Errc::bad_file, name_, " is not a model of shoal");
    check(preface.format == format, Errc::bad_file, name_, " is of model format ", preface.format,
          ", this build reads ", format, ": read it with the version of shoal that wrote it, or fit again");
    const auto rest = bytes.subspan(sizeof preface);
    whole(preface.directory_bytes <= rest.size() &&
          checksum(rest.data(), preface.directory_bytes) == preface.directory_checksum);
    std::uint64_t end = sizeof preface + preface.directory_bytes;
    for (auto left = rest.first(preface.directory_bytes); !left.empty();) {
      Record record{};
      whole(left.size() >= sizeof record);
      std::memcpy(&record, left.data(), sizeof record);
      left = left.subspan(sizeof record);
      // Entries follow each other as they were written, so that none overlaps another or extends beyond the
      // file.
      whole(record.offset == aligned(end) && record.offset <= bytes.size() &&
            record.bytes <= bytes.size() - record.offset && bytes_of(record) == record.bytes &&
            checksum(bytes.data() + record.offset, record.bytes) == record.checksum);
      end = record.offset + record.bytes;
      whole(left.size() >= record.name_bytes);
      whole(
          entries_.emplace(std::string(reinterpret_cast<const char*>(left.data()), record.name_bytes), record)
              .second);
      left = left.subspan(record.name_bytes);
    }
    whole(end == bytes.size());
  }

  [[nodiscard]] bool has(const std::string& name) const { return entries_.contains(name); }

  /// The value of an entry. Like the accessors below, throws bad_file if the entry is missing or of another
  /// type.
  [[nodiscard]] std::string text(const std::string& name) const {
    const auto& record = entry(name, model_impl::text_kind);
    return {reinterpret_cast<const char*>(file_.bytes().data()) + record.offset, record.bytes};
  }

  template <ModelNumber T> [[nodiscard]] T number(const std::string& name) const {
    const std::string digits = text(name);
    T value{};
    bool whole = false;
    if constexpr (std::floating_point<T>) {
      double number = 0;
      whole = parse_double(digits, number) &&
              (is_finite(number) || digits.find_first_of("in") != std::string::npos);
      value = static_cast<T>(number);
    } else {
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
      whole = error == std::errc{} && end == digits.data() + digits.size();
    }
    check(whole, Errc::bad_file, name_, " holds '", digits.substr(0, 40), "' as ", name,
          ", not a number of the type expected");
    return value;
  }

  /// A view of the mapped array; valid as long as this object or a copy of it exists.
  template <ModelElement T> [[nodiscard]] MatrixView<const T> array(const std::string& name) const {
    const auto& record = entry(name, model_impl::kind_of<T>);
    return {reinterpret_cast<const T*>(file_.bytes().data() + record.offset), record.rows, record.cols};
  }

  /// The array, which must have this shape; throws bad_file otherwise.
  template <ModelElement T>
  [[nodiscard]] MatrixView<const T> array(const std::string& name, Index rows, Index cols) const {
    const auto values = array<T>(name);
    check(values.rows == rows && values.cols == cols, Errc::bad_file, name_, " holds ", name, " as ",
          values.rows, " × ", values.cols, " where ", rows, " × ", cols, " is expected");
    return values;
  }

 private:
  void whole(bool ok) const {
    check(ok, Errc::bad_file, name_, " is damaged or cut short: restore it from a copy, or fit again");
  }
  const model_impl::Record& entry(const std::string& name, model_impl::Kind kind) const {
    const auto found = entries_.find(name);
    check(found != entries_.end() && found->second.kind == kind, Errc::bad_file, name_, " has no ", name,
          " of the type expected: it holds another kind of model");
    return found->second;
  }

  MappedFile file_;
  std::string name_;
  std::map<std::string, model_impl::Record> entries_;
};

}  // namespace shoal
