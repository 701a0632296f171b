#include "completion.hpp"

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <shoal/io/atomic_file.hpp>

namespace {

/// A verb, or a verb and its sub-verb, with the words that may follow it.
struct Place {
  std::string words;  ///< "hierarchy cut"; empty for the command itself
  std::vector<std::pair<std::string, std::string>> options, verbs;  ///< with their meanings
};

std::string first_sentence(std::string text) {
  text = text.substr(0, text.find_first_of(";:(\n"));
  while (text.ends_with(' ')) text.pop_back();
  std::string plain;
  for (const char c : text)
    if (c != '\'' && c != '"' && c != '[' && c != ']' && c != '\\') plain += c;
  return plain;
}

void collect(const CLI::App& app, const std::string& words, std::vector<Place>& places) {
  Place place{words, {}, {}};
  for (const CLI::Option* option : app.get_options())
    if (!option->get_lnames().empty())
      place.options.emplace_back("--" + option->get_lnames()[0], first_sentence(option->get_description()));
  const auto verbs = app.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* verb : verbs)
    place.verbs.emplace_back(verb->get_name(), first_sentence(verb->get_description()));
  places.push_back(place);
  for (const CLI::App* verb : verbs)
    collect(*verb, words + (words.empty() ? "" : " ") + verb->get_name(), places);
}

std::string names(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string all;
  for (const auto& [name, meaning] : entries) all += (all.empty() ? "" : " ") + name;
  return all;
}

/// The verbs before the cursor determine what may follow; the loop is the same in bash and zsh.
std::string bash(const std::vector<Place>& places) {
  std::string text =
      "# Completion of shoal for bash\n"
      "_shoal() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} place= verbs options k\n"
      "  for ((k = 1; k <= COMP_CWORD; ++k)); do\n"
      "    case $place in\n";
  for (const Place& p : places)
    text += "      '" + p.words + "') verbs='" + names(p.verbs) + "' options='" + names(p.options) + "' ;;\n";
  text +=
      "    esac\n"
      "    ((k < COMP_CWORD)) || break\n"
      "    [[ \" $verbs \" != *\" ${COMP_WORDS[k]} \"* ]] || place=\"${place:+$place }${COMP_WORDS[k]}\"\n"
      "  done\n"
      "  if [[ $word == -* ]]; then\n"
      "    mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\")\n"
      "  elif [[ -n $verbs ]]; then\n"
      "    mapfile -t COMPREPLY < <(compgen -W \"$verbs\" -- \"$word\")\n"
      "  else\n"
      "    mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
      "  fi\n"
      "}\n"
      "complete -o filenames -F _shoal shoal\n";
  return text;
}

std::string zsh(const std::vector<Place>& places) {
  std::string text =
      "#compdef shoal\n"
      "local place= word k\n"
      "local -a verbs options\n"
      "for ((k = 2; k <= CURRENT; ++k)); do\n"
      "  case $place in\n";
  const auto entries = [](const std::vector<std::pair<std::string, std::string>>& all) {
    std::string list;
    for (const auto& [name, meaning] : all) list += " '" + name + ":" + meaning + "'";
    return list;
  };
  for (const Place& p : places)
    text +=
        "    '" + p.words + "') verbs=(" + entries(p.verbs) + ") options=(" + entries(p.options) + ") ;;\n";
  text +=
      "  esac\n"
      "  ((k < CURRENT)) || break\n"
      "  [[ ${verbs[(r)$words[k]:*]} == '' ]] || place=\"${place:+$place }$words[k]\"\n"
      "done\n"
      "if [[ $words[CURRENT] == -* ]]; then _describe option options\n"
      "elif (($#verbs)); then _describe verb verbs\n"
      "else _files\n"
      "fi\n";
  return text;
}

std::string fish(const std::vector<Place>& places) {
  std::string text = "# Completion of shoal for fish\n";
  for (const Place& p : places) {
    std::string seen = "__fish_use_subcommand";
    if (!p.words.empty()) {
      seen.clear();
      std::string rest = p.words;
      for (std::size_t end; !rest.empty(); rest.erase(0, std::min(end, rest.size() - 1) + 1)) {
        end = rest.find(' ');
        seen += (seen.empty() ? "" : "; and ") + ("__fish_seen_subcommand_from " + rest.substr(0, end));
      }
    }
    for (const auto& [name, meaning] : p.verbs)
      text += "complete -c shoal -f -n '" + seen + "' -a " + name + " -d '" + meaning + "'\n";
    for (const auto& [name, meaning] : p.options)
      text += "complete -c shoal -n '" + seen + "' -l " + name.substr(2) + " -d '" + meaning + "'\n";
  }
  return text;
}

}  // namespace

void write_completions(const CLI::App& app, const Path& folder) {
  std::vector<Place> places;
  collect(app, "", places);
  shoal::write_text((folder / "shoal.bash").string(), bash(places));
  shoal::write_text((folder / "shoal.zsh").string(), zsh(places));
  shoal::write_text((folder / "shoal.fish").string(), fish(places));
}
