// The options of a method, described once by the method itself and used by the command line, by --help and by
// the run. A method is a struct with each_option(visit), which calls visit.number, choice, flag, widths,
// file, parts or files once for each option.
#pragma once

#include "cluster_job.hpp"
#include "listed.hpp"
#include "number.hpp"
#include "path.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <shoal/io/table.hpp>

/// One option of a method as the command line sees it.
struct MethodOption {
  std::string name, meaning, type, takes;
  std::string fallback;                           ///< the default; empty for none
  std::function<void(const std::string&)> check;  ///< throws unless the text is a value
};

/// Separates the paths of an option that takes several; no path holds it.
inline constexpr char between_paths = '\0';

/// The names that a choice has, and what they stand for.
template <class T> using Choices = std::vector<std::pair<std::string, T>>;

namespace method_options_impl {

template <class T> std::string name_of_choice(const Choices<T>& choices, const T& value) {
  for (const auto& [name, meaning] : choices)
    if (meaning == value) return name;
  return "";
}
template <class T> T chosen(const std::string& option, const std::string& text, const Choices<T>& choices) {
  std::vector<std::string> names;
  for (const auto& [name, meaning] : choices) {
    if (name == text) return meaning;
    names.push_back(name);
  }
  throw UsageError(option + " (" + text + ") must be " + listed(names, "or"));
}

inline std::string widths_text(const std::vector<shoal::Index>& widths) {
  std::string text;
  for (const shoal::Index width : widths) text += (text.empty() ? "" : ",") + std::to_string(width);
  return text.empty() ? "none" : text;
}
inline std::vector<shoal::Index> widths_in(const std::string& option, const std::string& text,
                                           Range<shoal::Index> range) {
  std::vector<shoal::Index> widths;
  if (text == "none") return widths;
  for (const std::string_view width : shoal::split(text, ','))
    widths.push_back(number_in(option, std::string(width), range));
  return widths;
}

}  // namespace method_options_impl

/// Lists the options of a method with the defaults that it has now.
struct DescribeOptions {
  std::vector<MethodOption> options;

  template <class T>
  void number(const std::string& name, const T& value, Range<T> range, const std::string& meaning) {
    options.push_back({name, meaning, std::integral<T> ? "INT" : "NUM", range_text(range), number_text(value),
                       [name, range](const std::string& text) { number_in(name, text, range); }});
  }
  template <class T>
  void number(const std::string& name, const std::optional<T>&, Range<T> range, const std::string& meaning) {
    number(name, T{}, range, meaning);
    options.back().fallback.clear();
  }
  template <class T>
  void choice(const std::string& name, const T& value, const Choices<T>& choices,
              const std::string& meaning) {
    std::vector<std::string> names;
    for (const auto& [word, stands_for] : choices) names.push_back(word);
    options.push_back(
        {name, meaning, "NAME", listed(names, "or"), method_options_impl::name_of_choice(choices, value),
         [name, choices](const std::string& text) { method_options_impl::chosen(name, text, choices); }});
  }
  /// Whole numbers between commas; "none" for no number.
  void widths(const std::string& name, const std::vector<shoal::Index>& value, Range<shoal::Index> range,
              const std::string& meaning) {
    options.push_back({name, meaning, "LIST", "", method_options_impl::widths_text(value),
                       [name, range](const std::string& text) {
                         (void)method_options_impl::widths_in(name, text, range);
                       }});
  }
  void flag(const std::string& name, bool, const std::string& meaning) {
    options.push_back({name, meaning, "", "", "", {}});
  }
  void file(const std::string& name, const Path&, const std::string& meaning) {
    options.push_back({name, meaning, "FILE", "", "", {}});
  }
  void parts(const std::string& name, const Path&, const std::string& meaning) {
    options.push_back({name, meaning, "PARTS", "", "", {}});
  }
  void files(const std::string& name, const std::vector<Path>&, const std::string& meaning) {
    options.push_back({name, meaning, "FILES", "", "", {}});
  }
};

/// Sets the options of a method that were given; the others keep their values.
struct ApplyOptions {
  const GivenOptions& given;

  template <class T, class Into>
  void number(const std::string& name, Into& value, Range<T> range, const std::string&) {
    if (const std::string* text = find(name)) value = number_in(name, *text, range);
  }
  template <class T>
  void choice(const std::string& name, T& value, const Choices<T>& choices, const std::string&) {
    if (const std::string* text = find(name)) value = method_options_impl::chosen(name, *text, choices);
  }
  void widths(const std::string& name, std::vector<shoal::Index>& value, Range<shoal::Index> range,
              const std::string&) {
    if (const std::string* text = find(name)) value = method_options_impl::widths_in(name, *text, range);
  }
  void flag(const std::string& name, bool& value, const std::string&) { value = find(name) != nullptr; }
  void file(const std::string& name, Path& value, const std::string&) {
    const std::string* text = find(name);
    if (text == nullptr) return;
    if (text->find(between_paths) != std::string::npos)
      throw UsageError(name + " is given more than once: this method takes one");
    value = *text;
  }
  void parts(const std::string& name, Path& value, const std::string& meaning) { file(name, value, meaning); }
  void files(const std::string& name, std::vector<Path>& values, const std::string&) {
    const std::string* text = find(name);
    if (text == nullptr) return;
    values.clear();
    for (std::size_t first = 0; first <= text->size();) {
      const std::size_t last = std::min(text->find(between_paths, first), text->size());
      values.emplace_back(text->substr(first, last - first));
      first = last + 1;
    }
  }

 private:
  [[nodiscard]] const std::string* find(const std::string& name) const {
    const auto found = given.find(name);
    return found == given.end() ? nullptr : &found->second;
  }
};
