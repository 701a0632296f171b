// The header of a .safetensors file: the names, dtypes, shapes and places of its tensors.
#pragma once

#include <charconv>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/config.hpp>

namespace shoal::safetensors {

/// A tensor of a file, as its header has it.
struct Tensor {
  std::string name;
  std::string dtype;               ///< "F32", "BF16", …
  std::vector<Index> shape;        ///< its product times 16 fits 63 bits
  std::size_t begin = 0, end = 0;  ///< bytes, from the end of the header on

  [[nodiscard]] Index size() const {
    Index product = 1;
    for (const Index length : shape) product *= length;
    return product;
  }
};

/// The longest header that is read, in bytes: that of the format's own library.
inline constexpr std::size_t longest_header = 100'000'000;

namespace header_impl {

/// Reads the JSON that such headers are made of, from its beginning to its end. Throws bad_file for anything
/// else.
class Cursor {
 public:
  Cursor(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  /// Whether `c` comes next, which is then passed.
  bool take(char c) {
    at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) { require(take(c)); }
  /// Whether nothing but space is left.
  [[nodiscard]] bool done() const {
    return text_.find_first_not_of(" \t\r\n", at_) == std::string_view::npos;
  }
  void require(bool ok) const {
    check(ok, Errc::bad_file, name_, " has a damaged header (byte ", at_,
          "): save it again with safetensors");
  }

  /// A string, with \u escapes as UTF-8.
  std::string string() {
    std::string value;
    for (expect('"'); require(at_ < text_.size()), text_[at_] != '"';) {
      const char c = text_[at_++];
      require(static_cast<unsigned char>(c) >= 0x20);
      if (c == '\\')
        escape(value);
      else
        value += c;
    }
    ++at_;
    return value;
  }
  /// A whole number that is not negative.
  Index natural() {
    at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
    Index value = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    require(error == std::errc{} && value >= 0);
    at_ = static_cast<std::size_t>(end - text_.data());
    return value;
  }
  /// f() for each element between `open` and `close`.
  template <class F> void each(char open, char close, F&& f) {
    expect(open);
    if (take(close)) return;
    do f();
    while (take(','));
    expect(close);
  }

 private:
  void escape(std::string& value) {
    require(at_ < text_.size());
    const char c = text_[at_++];
    if (c == 'u') return unicode(value);
    constexpr std::string_view codes = "\"\\/bfnrt", meant = "\"\\/\b\f\n\r\t";
    const std::size_t k = codes.find(c);
    require(k != std::string_view::npos);
    value += meant[k];
  }
  /// The character behind \u; each half of a surrogate pair by itself, which no name needs.
  void unicode(std::string& value) {
    unsigned code = 0;
    const char* begin = text_.data() + at_;
    require(text_.size() - at_ >= 4 && std::from_chars(begin, begin + 4, code, 16).ptr == begin + 4);
    at_ += 4;
    if (code < 0x80) {
      value += static_cast<char>(code);
      return;
    }
    if (code >= 0x800) {
      value += static_cast<char>(0xE0 | code >> 12);
      value += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    } else {
      value += static_cast<char>(0xC0 | code >> 6);
    }
    value += static_cast<char>(0x80 | (code & 0x3F));
  }

  std::string_view text_;
  const std::string& name_;
  std::size_t at_ = 0;
};

inline Tensor tensor(Cursor& json, std::string name) {
  Tensor t{.name = std::move(name), .dtype = {}, .shape = {}};
  std::vector<Index> places;
  constexpr Index limit = std::numeric_limits<Index>::max() / 16;
  Index product = 1;
  json.each('{', '}', [&] {
    const std::string key = json.string();
    json.expect(':');
    if (key == "dtype") {
      t.dtype = json.string();
    } else if (key == "shape") {
      json.each('[', ']', [&] {
        const Index length = json.natural();
        json.require(length == 0 || product <= limit / length);
        product *= std::max<Index>(length, 1);
        t.shape.push_back(length);
      });
    } else {
      json.require(key == "data_offsets");
      json.each('[', ']', [&] { places.push_back(json.natural()); });
    }
  });
  json.require(places.size() == 2 && places[0] <= places[1] && !t.dtype.empty());
  t.begin = static_cast<std::size_t>(places[0]);
  t.end = static_cast<std::size_t>(places[1]);
  return t;
}

}  // namespace header_impl

/// The tensors that the JSON text of a header names, in its order; `name` begins messages. Throws bad_file
/// for what is no such text.
[[nodiscard]] inline std::vector<Tensor> parse_header(std::string_view text, const std::string& name) {
  std::vector<Tensor> tensors;
  header_impl::Cursor json(text, name);
  json.each('{', '}', [&] {
    std::string key = json.string();
    json.expect(':');
    if (key != "__metadata__") return tensors.push_back(header_impl::tensor(json, std::move(key)));
    json.each('{', '}', [&] {
      (void)json.string();
      json.expect(':');
      (void)json.string();
    });
  });
  json.require(json.done());
  return tensors;
}

}  // namespace shoal::safetensors
