// Errors: one exception type, thrown at public entry before any work starts.
#pragma once

#include <charconv>
#include <concepts>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

#include <shoal/core/printable.hpp>

namespace shoal {

/// What kind of thing went wrong; the message says the rest.
enum class Errc {
  invalid_argument,  ///< a setting or an argument out of its range, or shapes that do not match
  bad_data,          ///< NaN, infinite, or zero rows where they have no meaning
  bad_file,          ///< missing, truncated, damaged, or of another format, dtype or version
  too_large,         ///< does not fit the memory budget
  stopped,           ///< the progress hook asked to stop before there was a result
  not_finite,        ///< a computation diverged
  device,            ///< a GPU or library call failed
};

/// The exception of shoal. Its message names the function, the argument, its value and what was expected, in
/// one line that is safe to print: control characters, which file names and files may bring, are escaped, and
/// what is longer than a screen is cut.
class error : public std::runtime_error {
 public:
  error(Errc code, const std::string& message)
      : std::runtime_error(shortened(printable(message), longest_message)), code_(code) {}
  [[nodiscard]] Errc code() const noexcept { return code_; }

 private:
  static constexpr std::size_t longest_message = 4000;
  Errc code_;
};

/// A part of a message: text, a character or a number. A floating-point number has six significant digits.
class MessagePart {
 public:
  MessagePart(std::string_view text) : text_(text) {}               // NOLINT: whatever a message is made of
  MessagePart(const std::string& text) : text_(text) {}             // NOLINT
  MessagePart(const char* text) : text_(text) {}                    // NOLINT
  MessagePart(char letter) : number_{letter}, text_(number_, 1) {}  // NOLINT
  template <std::integral T> MessagePart(T value) {                 // NOLINT
    if constexpr (std::unsigned_integral<T>)
      print(static_cast<unsigned long long>(value));
    else
      print(static_cast<long long>(value));
  }
  MessagePart(double value) {  // NOLINT
    text_ = {number_,
             std::to_chars(number_, number_ + sizeof(number_), value, std::chars_format::general, 6).ptr};
  }
  MessagePart(const MessagePart&) = delete;
  MessagePart& operator=(const MessagePart&) = delete;

  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  template <class T> void print(T value) {
    text_ = {number_, std::to_chars(number_, number_ + sizeof(number_), value).ptr};
  }

  char number_[24];
  std::string_view text_;
};

/// Throws error(code) whose message is the parts, one after the other.
[[noreturn]] inline void fail(Errc code, std::initializer_list<MessagePart> parts) {
  std::string message;
  for (const MessagePart& part : parts) message += part.text();
  throw error(code, message);
}
template <class... Parts> [[noreturn]] void fail(Errc code, const Parts&... parts) {
  fail(code, std::initializer_list<MessagePart>{parts...});
}

/// Throws error(code) with the parts as message unless `ok`. The parts are only put together on failure.
template <class... Parts> void check(bool ok, Errc code, const Parts&... parts) {
  if (!ok) [[unlikely]]
    fail(code, std::initializer_list<MessagePart>{parts...});
}

}  // namespace shoal
