// Errors: one exception type, thrown at public entry before any work starts.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdio>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

#include <shoal/core/config.hpp>
#include <shoal/core/printable.hpp>

namespace shoal {

/// The kind of an error; the message has the details.
enum class Errc {
  invalid_argument,  ///< a setting or an argument out of its range, or shapes that do not match
  bad_data,          ///< NaN, infinite, or zero rows where they have no meaning
  bad_file,          ///< missing, truncated, damaged, or of another format, dtype or version
  too_large,         ///< does not fit the memory budget
  stopped,           ///< the progress hook asked to stop before there was a result
  not_finite,        ///< a computation diverged
  device,            ///< a GPU or library call failed
};

/// The exception that shoal throws. Its message names the function, the argument, its value and what was
/// expected, in one line that is safe to print: control characters, which may come from files and their
/// names, are escaped, and a message of more than 4,000 bytes is cut.
class error : public std::runtime_error {
 public:
  /// An error of that kind with that message.
  error(Errc code, const std::string& message)
      : std::runtime_error(shortened(printable(message), longest_message)), code_(code) {}
  /// The kind of the error.
  [[nodiscard]] Errc code() const noexcept { return code_; }

 private:
  static constexpr std::size_t longest_message = 4000;
  Errc code_;
};

/// A part of a message: text, a character or a number. A double has six significant digits; a float has as
/// many as tell it from all others, so that one just outside a range is seen to be.
class MessagePart {
 public:
  MessagePart(std::string_view text) : text_(text) {}               // NOLINT: whatever a message is made of
  MessagePart(const std::string& text) : text_(text) {}             // NOLINT
  MessagePart(const char* text) : text_(text) {}                    // NOLINT
  MessagePart(char letter) : kind_(Kind::letter), bits_(letter) {}  // NOLINT
  MessagePart(double value) : kind_(Kind::real), real_(value) {}    // NOLINT
  MessagePart(float value) : kind_(Kind::single), real_(value) {}   // NOLINT
  template <std::signed_integral T> MessagePart(T value) : kind_(Kind::whole), bits_(value) {}  // NOLINT
  template <std::unsigned_integral T>
  MessagePart(T value) : kind_(Kind::natural), bits_(static_cast<long long>(value)) {}  // NOLINT

  /// Appends the part as text.
  void append_to(std::string& message) const {
    char number[32];
    switch (kind_) {
      case Kind::text:
        message += text_;
        return;
      case Kind::letter:
        message += static_cast<char>(bits_);
        return;
      case Kind::whole:
        std::snprintf(number, sizeof number, "%lld", bits_);
        break;
      case Kind::natural:
        std::snprintf(number, sizeof number, "%llu", static_cast<unsigned long long>(bits_));
        break;
      case Kind::single:
        *std::to_chars(number, number + sizeof number - 1, static_cast<float>(real_),
                       std::chars_format::general)
             .ptr = 0;
        break;
      case Kind::real:
        *std::to_chars(number, number + sizeof number - 1, real_, std::chars_format::general, 6).ptr = 0;
        break;
    }
    message += number;
  }

 private:
  enum class Kind : char { text, letter, whole, natural, single, real };
  Kind kind_ = Kind::text;
  std::string_view text_;
  long long bits_ = 0;
  double real_ = 0;
};

/// Throws error(code), whose message is the concatenation of the parts. Marked as cold: compiled for size and
/// never inlined.
[[noreturn, gnu::cold, gnu::noinline]] inline void fail(Errc code, std::initializer_list<MessagePart> parts) {
  std::string message;
  for (const MessagePart& part : parts) part.append_to(message);
  throw error(code, message);
}
template <class... Parts> [[noreturn, gnu::cold, gnu::noinline]] void fail(Errc code, const Parts&... parts) {
  fail(code, std::initializer_list<MessagePart>{parts...});
}

/// Throws error(code) unless `ok`. The parts make the message, which is only composed on failure.
template <class... Parts> void check(bool ok, Errc code, const Parts&... parts) {
  if (!ok) [[unlikely]]
    fail(code, parts...);
}

}  // namespace shoal
