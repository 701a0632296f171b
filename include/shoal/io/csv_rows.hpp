// Tables of numbers as text, CSV and TSV, as rows: read where they are asked for, never held as a whole.
#pragma once

#include <cmath>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <shoal/core/parse_double.hpp>
#include <shoal/io/input_file.hpp>
#include <shoal/io/row_source.hpp>
#include <shoal/io/text_lines.hpp>

namespace shoal {

namespace csv_rows_impl {

inline std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// The float32 nearest to the number that a field is; false where it is none. Numbers beyond float32 become
/// infinite.
inline bool parse(std::string_view field, float& value) {
  field = trimmed(field);
  if (field.starts_with('+')) field.remove_prefix(1);
  double number = 0;
  const bool whole = parse_double(field, number);
  value = static_cast<float>(number);
  return whole;
}

/// f(k, field) for each field of a line; returns the number of them.
template <class F> Index each_field(std::string_view line, char separator, F&& f) {
  for (Index k = 0;; ++k) {
    const std::size_t end = line.find(separator);
    f(k, line.substr(0, end));
    if (end == std::string_view::npos) return k + 1;
    line.remove_prefix(end + 1);
  }
}

/// Whether a line has a row: it is not empty and no comment ('#', as numpy.savetxt writes its header).
inline bool is_row(std::string_view line) { return !trimmed(line).empty() && line.front() != '#'; }

}  // namespace csv_rows_impl

/// The rows of a text file of numbers: a row a line, with commas between them (.csv; semicolons where a file
/// has them instead) or tabs (.tsv). A first line without any number names the columns. Empty lines and those
/// that begin with '#' are passed over. The file is parsed once when it is opened, to check and count its
/// rows, and again wherever rows are read: a .npy file is read some hundred times faster. Memory is 8 bytes
/// for each 64 rows. Copies share the open file.
class CsvRows {
 public:
  /// Throws bad_file, with the line, for fields that are no numbers or beyond float32 and rows of several
  /// lengths.
  explicit CsvRows(const std::string& path, char separator = ',')
      : file_(std::make_shared<InputFile>(path)), separator_(separator) {
    TextLines lines(*file_);
    std::string_view line;
    bool first = true;
    for (Index number = 1;; ++number) {
      const std::size_t begin = lines.offset();
      if (!lines.next(line)) break;
      if (begin == 0 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
      if (!csv_rows_impl::is_row(line)) continue;
      if (!std::exchange(first, false) || !names_columns(line, number)) add_row(line, number, begin);
    }
    check(rows_ > 0, Errc::bad_file, path, " has no rows of numbers");
    file_->check_unchanged();
  }

  [[nodiscard]] Index rows() const { return rows_; }
  [[nodiscard]] Index cols() const { return cols_; }
  void read(Index first, MatrixView<float> out) const {
    if (out.rows == 0) return;
    TextLines lines(*file_, starts_[static_cast<std::size_t>(first / rows_apart)]);
    std::string_view line;
    for (Index row = first / rows_apart * rows_apart; row < first + out.rows;) {
      check(lines.next(line), Errc::bad_file, file_->path(), " has fewer rows than when it was opened");
      if (row == 0 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
      if (!csv_rows_impl::is_row(line)) continue;
      if (row >= first) parse_row(line, out.row(row - first));
      ++row;
    }
  }
  void gather(std::span<const Index> ids, MatrixView<float> out) const {
    for (std::size_t i = 0; i < ids.size(); ++i) read(ids[i], out.block(static_cast<Index>(i), 1));
  }
  /// Throws bad_file where the file has been written to or cut since it was opened.
  void will_need(Index, Index) const { file_->check_unchanged(); }

 private:
  static constexpr Index rows_apart = 64;  // whose places are known

  /// Whether the first line names columns. Chooses the separator and counts the columns.
  bool names_columns(std::string_view line, Index number) {
    if (separator_ == ',' && line.find(',') == std::string_view::npos &&
        line.find(';') != std::string_view::npos)
      separator_ = ';';
    Index numbers = 0;
    bool unnamed = false;
    cols_ = csv_rows_impl::each_field(line, separator_, [&](Index k, std::string_view field) {
      float value;
      numbers += csv_rows_impl::parse(field, value) ? 1 : 0;
      unnamed = unnamed || (k == 0 && csv_rows_impl::trimmed(field).empty());
    });
    check(numbers > 0 || !unnamed, Errc::bad_file, file_->path(), ":", number,
          ": the first column has no name, as the row numbers that pandas writes: save it with index=False");
    return numbers == 0;
  }
  void add_row(std::string_view line, Index number, std::size_t begin) {
    const Index fields = csv_rows_impl::each_field(line, separator_, [&](Index k, std::string_view field) {
      float value = 0;
      check(csv_rows_impl::parse(field, value), Errc::bad_file, file_->path(), ":", number, ": column ", k,
            " (", field.substr(0, 40), ") is no number");
      check(!std::isinf(value) || field.find_first_of("iI") != std::string_view::npos, Errc::bad_file,
            file_->path(), ":", number, ": column ", k, " (", field.substr(0, 40), ") is beyond float32");
    });
    check(fields == cols_, Errc::bad_file, file_->path(), ":", number, ": there are ", fields,
          " columns where the first line has ", cols_);
    if (rows_ % rows_apart == 0) starts_.push_back(begin);
    ++rows_;
  }
  void parse_row(std::string_view line, float* to) const {
    const Index fields = csv_rows_impl::each_field(line, separator_, [&](Index k, std::string_view field) {
      check(k < cols_ && csv_rows_impl::parse(field, to[k]), Errc::bad_file, file_->path(),
            " was written to while it was in use");
    });
    check(fields == cols_, Errc::bad_file, file_->path(), " was written to while it was in use");
  }

  std::shared_ptr<const InputFile> file_;
  char separator_;
  Index rows_ = 0, cols_ = 0;
  std::vector<std::size_t> starts_;  // of each 64th row, in bytes
};
static_assert(RowSource<CsvRows>);

}  // namespace shoal
