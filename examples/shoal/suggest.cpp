#include "suggest.hpp"

#include "listed.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

namespace {

/// Returns the least number of insertions, deletions and replacements between two words (Levenshtein, 1966).
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

/// Returns the name nearest to `word`; empty if none is near.
std::string nearest(const std::string& word, const std::vector<std::string>& names) {
  std::string best;
  std::size_t least = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string& name : names) {
    const bool begins = word.size() > 3 && name.starts_with(word);
    const std::size_t distance = begins ? 1 : edits(word, name);
    if (distance < least) least = distance, best = name;
  }
  return best;
}

std::vector<std::string> verb_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(verb->get_name());
  return names;
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

/// Returns what the parser says of a command line in plain words.
std::string in_plain_words(const std::string& said) {
  const auto around = [&](const std::string& middle) {
    const std::size_t at = said.find(middle);
    return at == std::string::npos ? std::pair<std::string, std::string>()
                                   : std::pair(said.substr(0, at), said.substr(at + middle.size()));
  };
  const auto values = [](const std::string& count) {
    return count + (count == "1" ? " value" : " values") + " and not ";
  };
  if (const auto [option, type] = around(": 1 required "); !option.empty()) return option + " needs a value";
  for (const auto& [middle, takes] :
       {std::pair(": At Most ", " takes at most "), {": At least ", " takes at least "}})
    if (const auto [option, rest] = around(middle); !option.empty()) {
      const std::size_t end = rest.find(' '), last = rest.rfind(' ');
      return option + takes + values(rest.substr(0, end)) + rest.substr(last + 1);
    }
  if (const auto [option, rest] = around(" was given a disallowed flag override"); !option.empty())
    return (option.starts_with("-") ? "" : "--") + option + " takes no value";
  return said;
}

/// Returns what to say of arguments that a verb doesn't take, as a shell leaves them from a pattern.
std::string too_many(const CLI::App& verb, const std::string& called) {
  const std::vector<std::string> words = verb.remaining();
  const bool one = words.size() == 1;
  return words.front() +
         (one ? " is one argument" : " and " + std::to_string(words.size() - 1) + " more are arguments") +
         " too many for " + called +
         (verb.get_option_no_throw("FEATURES") != nullptr
              ? "; features in several files are one argument: a folder, a list a,b or a pattern in quotes"
              : "");
}

}  // namespace

std::string usage_problem(const CLI::App& app, int argc, const char* const* argv,
                          const std::exception& error) {
  const CLI::App* verb = &app;
  std::string called = "shoal", problem = error.what();
  const bool needs_verb = problem == "A subcommand is required";
  const bool unknown = needs_verb || dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  for (int i = 1; i < argc; ++i) {
    const std::string whole = argv[i], word = whole.substr(0, whole.find('='));
    const auto verbs = verb_names(*verb), options = option_names(*verb);
    if (std::ranges::find(verbs, word) != verbs.end()) {
      verb = verb->get_subcommand(word);
      called += " " + word;
      continue;
    }
    const bool option = word.size() > 1 && word[0] == '-' && (word[1] < '0' || word[1] > '9');
    if ((!option && verbs.empty()) || std::ranges::find(options, word) != options.end()) continue;
    const std::string meant = word == "help" ? "--help" : nearest(word, option ? options : verbs);
    if (unknown) problem = word + (option ? " is no option of " : " is no verb of ") + called;
    if (unknown || !meant.empty())
      return in_plain_words(problem) + (meant.empty() ? "" : "; did you mean " + meant + "?");
  }
  if (needs_verb)
    return (verb == &app ? "a verb is needed: " : called + " needs a verb: ") +
           listed(verb_names(*verb), "or");
  if (unknown && !verb->remaining().empty()) return too_many(*verb, called);
  return in_plain_words(problem);
}
