// Errors: one exception type, thrown at public entry before any work starts.
#pragma once

#include <sstream>
#include <stdexcept>
#include <string>

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

/// Throws error(code) whose message is the parts, one after the other.
template <class... Parts> [[noreturn]] void fail(Errc code, const Parts&... parts) {
  std::ostringstream message;
  (message << ... << parts);
  throw error(code, message.str());
}

/// Throws error(code) with the parts as message unless `ok`. The parts are only put together on failure.
template <class... Parts> void check(bool ok, Errc code, const Parts&... parts) {
  if (!ok) [[unlikely]]
    fail(code, parts...);
}

}  // namespace shoal
