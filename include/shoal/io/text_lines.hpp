// Lines of a text file, one after the other from any place in it, without the whole file in memory.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include <shoal/core/check.hpp>
#include <shoal/core/sizes.hpp>
#include <shoal/io/input_file.hpp>

namespace shoal {

/// The longest line that is read, in bytes.
inline constexpr std::size_t longest_line = std::size_t{1} << 26;

/// Reads a file line by line. Lines end in a line feed, or a carriage return before one; the last may lack
/// its end. Throws bad_file for a line of more than longest_line bytes.
class TextLines {
 public:
  /// From byte `offset` on. The file must outlive the lines. `piece` bytes are read at once.
  explicit TextLines(const InputFile& file, std::size_t offset = 0, std::size_t piece = std::size_t{1} << 16)
      : file_(file), read_(offset), piece_(piece) {}

  /// The next line, without its end; false where there is none. It is valid until the next call.
  bool next(std::string_view& line) {
    std::size_t end = held_.find('\n', at_);
    while (end == std::string::npos && read_ < file_.size()) {
      const std::size_t seen = held_.size() - at_;
      check(seen <= longest_line, Errc::bad_file, file_.path(), ": the line at byte ", offset(),
            " is longer than ", longest_line, " bytes");
      read_more();
      end = held_.find('\n', seen);
    }
    if (at_ == held_.size()) return false;
    const std::size_t stop = std::min(end, held_.size());
    line = std::string_view(held_).substr(at_, stop - at_);
    if (line.ends_with('\r')) line.remove_suffix(1);
    at_ = std::min(stop + 1, held_.size());
    return true;
  }
  /// Where the next line begins in the file.
  [[nodiscard]] std::size_t offset() const { return read_ - (held_.size() - at_); }

 private:
  void read_more() {
    held_.erase(0, at_);
    at_ = 0;
    const std::size_t before = held_.size(), more = std::min(piece_, file_.size() - read_);
    allocating([&] { held_.resize(before + more); }, file_.path(), ": a line");
    file_.read(read_, more, held_.data() + before);
    read_ += more;
  }

  const InputFile& file_;
  std::string held_;
  std::size_t at_ = 0;    // in held_
  std::size_t read_ = 0;  // in the file: what held_ ends with
  std::size_t piece_;
};

}  // namespace shoal
