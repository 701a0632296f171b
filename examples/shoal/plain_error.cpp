#include "plain_error.hpp"

#include "listed.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string_view>

#include <shoal/core/printable.hpp>
#include <shoal/io/open_features.hpp>

namespace {

using Names = std::vector<std::string>;

bool has(const Names& names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }

/// Returns the length of an identifier at the start of the text; 0 if there is none.
std::size_t identifier(std::string_view text) {
  const auto letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  const auto digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  if (text.empty() || !letter(text[0])) return 0;
  const auto end = std::ranges::find_if(text, [&](char c) { return !letter(c) && !digit(c); });
  return static_cast<std::size_t>(end - text.begin());
}

/// Returns the length of a function's name and the colon after it, as in "npy::map: " or "fit(KMeans): "; 0
/// if the text doesn't start with them. The names of positional arguments have no lower-case letter.
std::size_t function_name(std::string_view text) {
  std::size_t end = identifier(text);
  while (end > 0 && text.substr(end).starts_with("::")) {
    const std::size_t next = identifier(text.substr(end + 2));
    if (next == 0) return 0;
    end += 2 + next;
  }
  if (end > 0 && text.substr(end).starts_with('(')) {
    const std::size_t argument = identifier(text.substr(end + 1));
    if (argument == 0 || !text.substr(end + 1 + argument).starts_with(')')) return 0;
    end += argument + 2;
  }
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  if (end == 0 || !text.substr(end).starts_with(": ") || std::ranges::none_of(text.substr(0, end), lower))
    return 0;
  return end + 2;
}

/// Returns whether the text starts with a path, or with a file in that folder.
bool starts_with_path(std::string_view text, const std::string& path) {
  if (path.empty() || !text.starts_with(path)) return false;
  const std::string_view rest = text.substr(path.size());
  return rest.empty() || path.ends_with('/') || std::string_view(" :,;/").find(rest[0]) != std::string::npos;
}

/// Returns the options whose file the text starts with: of a file and its folder, those of the file.
Names options_of_file(std::string_view text, const VerbFiles& files) {
  Names names;
  std::size_t longest = 0;
  for (const auto* list : {&files.inputs, &files.input_folders, &files.outputs})
    for (const auto& [option, named] : *list) {
      const std::string path = shoal::printable(shoal::split_feature_path(named.string()).file);
      if (!starts_with_path(text, path) || path.size() < longest) continue;
      if (path.size() > longest) names.clear();
      longest = path.size();
      if (!has(names, option)) names.push_back(option);
    }
  return names;
}

/// What a message is about if it starts with certain words, and the options that such things come from.
struct Subject {
  std::string_view words;
  std::array<std::string_view, 5> options;
};
constexpr std::array<Subject, 9> subjects{{
    {"queries: row ", {"--queries"}},
    {"queries: row ", {"FEATURES"}},  // of a search for the verb's own rows
    {"features: row ", {"FEATURES", "--features"}},
    {"row ", {"FEATURES", "--features", "--view", "TEXTS"}},
    {"neighbour ", {"NEIGHBORS", "--neighbors"}},
    {"prototypes (", {"TEXTS"}},
    {"the view ", {"--view"}},
    {"view ", {"--view"}},
    {"a view ", {"--view"}},
}};

/// What the library says of the signal that asked for the end.
constexpr std::string_view by_the_hook = " by the hook";

/// Returns the options that the first words of the message speak of; cuts what only a library would say.
Names options_of_subject(std::string& message, const Names& given) {
  for (const char* one : {" of the view ", " of view "})
    if (has(given, "--view") && message.find(one) != std::string::npos) return {"--view"};
  for (const auto& [words, options] : subjects) {
    if (!message.starts_with(words)) continue;
    Names names;
    for (const std::string_view option : options)
      if (has(given, option)) names.emplace_back(option);
    if (names.empty()) continue;
    if (const std::size_t colon = words.find(": "); colon != std::string_view::npos)
      message.erase(0, colon + 2);
    return names;
  }
  return {};
}

/// Returns the option of an argument that the message starts with: --lists for "lists (100000) must be …".
std::optional<std::string> option_of_argument(const std::string& message, const Names& given) {
  const std::size_t end = identifier(message);
  if (end == 0 || !std::string_view(message).substr(end).starts_with(" (")) return {};
  std::string option = "--" + message.substr(0, end), positional = message.substr(0, end);
  std::ranges::replace(option, '_', '-');
  std::ranges::transform(positional, positional.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; });
  for (const std::string& name : {option, positional})
    if (has(given, name)) return name;
  return {};
}

/// "--view: other.npy: ", or without the file if there are several.
std::string in_front(const Names& options, const VerbFiles& files) {
  Names paths;
  for (const auto& [option, named] : files.inputs)
    if (has(options, option)) paths.push_back(shoal::printable(named.string()));
  return listed(options, "or") + ": " + (paths.size() == 1 ? paths[0] + ": " : "");
}

}  // namespace

std::string plain_message(const shoal::error& error, const GivenToVerb& given) {
  std::string message = error.what();
  if (error.code() == shoal::Errc::device) return message;  // names the call of the system that failed
  if (options_of_file(message, given.files).empty()) message.erase(0, function_name(message));
  if (const std::size_t at = message.find(by_the_hook); at != std::string::npos)
    message.erase(at, by_the_hook.size());
  if (message.starts_with("needs ")) return "--memory: the work " + message;
  if (const Names options = options_of_file(message, given.files); !options.empty())
    return listed(options, "or") + ": " + message;
  if (const Names options = options_of_subject(message, given.options); !options.empty())
    return in_front(options, given.files) + message;
  if (const auto option = option_of_argument(message, given.options)) {
    const bool file =
        std::ranges::find(given.files.inputs, *option, &NamedFile::option) != given.files.inputs.end();
    if (file) return in_front({*option}, given.files) + message;
    return *option + message.substr(identifier(message));
  }
  return message;
}
