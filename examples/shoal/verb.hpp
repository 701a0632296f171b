// A verb of the command: its options with their ranges and defaults, the files that it reads and writes, and
// what is checked of them before work starts.
#pragma once

#include "command_line.hpp"
#include "listed.hpp"
#include "number.hpp"
#include "path.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

/// An option of a verb, for what few options need.
class Option {
 public:
  explicit Option(CLI::Option& option) : option_(option) {}
  Option& required(bool needed = true);
  /// Between `least` and `most` words follow it.
  Option& expected(int least, int most);
  /// Words after the first are its own as well.
  Option& takes_more();

 private:
  CLI::Option& option_;
};

/// Adds a verb of verbs to `parent`: it does nothing itself.
CLI::App& add_group(CLI::App& parent, const std::string& name, const std::string& description);

/// Examples at the end of the help of a verb, one command a line. Verbs added to it later would take them
/// over.
void add_examples(CLI::App& verb, const std::string& lines);

/// A verb under construction. What is bound to options must live as long as `work` does.
class Verb {
 public:
  Verb(CLI::App& parent, const std::string& name, const std::string& description);

  /// A file that the verb reads: it must be there before work starts.
  Option input(const std::string& name, Path& file, const std::string& meaning);
  /// The same, kept by `store` and asked for by `stored`, which gives an empty path where it was not given.
  Option input(const std::string& name, std::function<void(const std::string&)> store,
               std::function<Path()> stored, const std::string& meaning);
  /// A file of something for each row, or several of them that are one input, as parts_of(…, ending) finds
  /// them.
  Option parts(const std::string& name, Path& input, const std::string& meaning,
               const std::string& ending = ".npy");
  /// The same, kept by `store` and asked for by `stored`.
  Option parts(const std::string& name, std::function<void(const std::string&)> store,
               std::function<Path()> stored, const std::string& meaning, const std::string& ending = ".npy");
  /// Features: a file or several that are one input, or such inputs side by side, as feature_files finds
  /// them.
  Option features(const std::string& name, Path& features, const std::string& meaning);
  /// Several features, each after its own `name`, handed to `store` one by one.
  Option views(const std::string& name, std::function<void(const std::string&)> store,
               const std::string& meaning);
  /// Several files.
  Option inputs(const std::string& name, std::vector<Path>& files, const std::string& meaning);
  /// Several of them, each after its own `name`, handed to `store` one by one.
  Option inputs(const std::string& name, std::function<void(const std::string&)> store,
                const std::string& meaning);
  /// Files that the verb reads and that are known once options are read: those that `files` then gives.
  void reads(const std::string& name, std::function<std::vector<Path>()> files);
  /// A folder that the verb reads.
  Option input_folder(const std::string& name, Path& folder, const std::string& meaning);
  /// A file that the verb writes, in a folder that is there.
  Option output(const std::string& name, Path& file, const std::string& meaning);
  /// A folder in which the verb writes the files called `names`, the record of the run first. It is made
  /// where it is missing. One that holds another verb's record, or files of these names without the record,
  /// is refused.
  Option output_folder(const std::string& name, Path& folder, std::vector<std::string> names,
                       const std::string& meaning);
  /// Files that the verb writes into a folder which is there: in what `folder` is once options are read.
  void writes_into(const Path& folder, std::vector<std::string> names);

  /// A number in a range; what `value` holds now is the default.
  template <class T>
  Option number(const std::string& name, T& value, Range<T> range, const std::string& meaning) {
    return number(name, value, range, meaning, number_text(value));
  }
  /// The same with no default, or with another text for it; a required option has none.
  template <class T, class Into>
  Option number(const std::string& name, Into& value, Range<T> range, const std::string& meaning,
                const std::string& fallback) {
    return add(
        name,
        [name, range, &value](const std::string& text) {
          if constexpr (std::is_arithmetic_v<Into>)
            value = static_cast<Into>(number_in(name, text, range));
          else
            value = number_in(name, text, range);
        },
        meaning, range_text(range), fallback, std::integral<T> ? "INT" : "NUM");
  }
  /// Several numbers, each in the range.
  Option numbers(const std::string& name, std::vector<double>& values, Range<double> range,
                 const std::string& meaning);
  /// Words as they are, one or more.
  Option words(const std::string& name, std::vector<std::string>& values, const std::string& meaning,
               const std::string& type);
  /// One of some names.
  Option choice(const std::string& name, std::string& value, const std::vector<std::string>& names,
                const std::string& meaning);
  Option flag(const std::string& name, bool& value, const std::string& meaning);
  /// A flag that calls `set` where it is given.
  Option flag(const std::string& name, std::function<void()> set, const std::string& meaning);
  /// An option whose text is read by `read`; the help shows what it takes and its default.
  Option add(const std::string& name, std::function<void(const std::string&)> read,
             const std::string& meaning, const std::string& takes, const std::string& fallback,
             const std::string& type);

  /// The option has a meaning only beside one of `partners`; alone it is refused.
  void only_with(const std::string& option, const std::vector<std::string>& partners);
  /// The option has no meaning beside any of `others`; together they are refused.
  void not_with(const std::string& option, const std::vector<std::string>& others);
  /// The options have a meaning only where `holds`, which `condition` says in words, such as "--index ivf".
  void only_where(const std::vector<std::string>& options, const std::string& condition,
                  std::function<bool()> holds);
  /// Exactly one of these options is given.
  void one_of(const std::vector<std::string>& options);
  /// Another check of the options, which throws UsageError; it runs before files are looked at.
  void must(std::function<void()> check);
  /// Options that are added from here on stand under this heading of the help.
  void heading(const std::string& group) { group_ = group; }
  /// Examples at the end of the help, one command a line.
  void examples(const std::string& lines) { add_examples(*app_, lines); }
  /// What the verb does once all of its options and files have been checked.
  void runs(std::function<void()> work);

  /// What tells, once options are read, whether one was given.
  [[nodiscard]] std::function<bool()> given(const std::string& option) const;

 private:
  struct Rules;
  Option grouped(CLI::Option* option, const std::string& type);
  Option path(const std::string& name, std::function<void(const std::string&)> store,
              const std::string& meaning, const char* type);
  Option several(const std::string& name, std::function<void(const std::string&)> store,
                 std::function<std::vector<Path>(const Path&)> files_of, const std::string& meaning);
  void notes_folder(const std::string& name, std::function<Path()> stored);

  CLI::App* app_;
  std::shared_ptr<Rules> rules_;
  std::string group_;
};
