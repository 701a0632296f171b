#include "man_pages.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <shoal/io/atomic_file.hpp>
#include <shoal/version.hpp>

namespace {

/// Escapes text for roff, so that hyphens stay hyphens and no line is taken for a request.
std::string roff(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '\\') {
      safe += "\\e";
    } else if (c == '-') {
      safe += "\\-";
    } else {
      if ((c == '.' || c == '\'') && (safe.empty() || safe.back() == '\n')) safe += "\\&";
      safe += c;
    }
  }
  return safe;
}

std::vector<const CLI::App*> verbs_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

/// Writes the options of a verb in order, those of a group under its heading.
std::string options_of(const CLI::App& app) {
  std::string text;
  std::vector<std::string> groups;
  for (const CLI::Option* option : app.get_options())
    if (std::ranges::find(groups, option->get_group()) == groups.end()) groups.push_back(option->get_group());
  for (const std::string& group : groups) {
    if (group.empty()) continue;  // hidden
    text += text.empty() ? ".SH OPTIONS\n" : "";
    text += ".SS " + roff(group) + "\n";
    for (const CLI::Option* option : app.get_options())
      if (option->get_group() == group)
        text += ".TP\n\\fB" + roff(option->get_name(option->get_positional(), true)) + "\\fR " +
                (option->get_type_size() == 0 ? "" : "\\fI" + roff(option->get_type_name()) + "\\fR") + "\n" +
                roff(option->get_description()) + "\n";
  }
  return text;
}

std::string page(const CLI::App& app, const std::string& name) {
  std::string title = name;
  std::ranges::replace(title, ' ', '-');
  std::string upper = title;
  std::ranges::transform(upper, upper.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? char(c - 32) : c; });
  std::string text = ".TH " + roff(upper) + " 1 \"\" \"shoal " SHOAL_VERSION_STRING "\"\n.SH NAME\n" +
                     roff(title) + " \\- " + roff(app.get_description()) + "\n.SH SYNOPSIS\n.B " + roff(name);
  const auto verbs = verbs_of(app);
  if (!verbs.empty()) text += " \\fIVERB\\fR";
  for (const CLI::Option* option : app.get_options())
    if (option->get_positional()) text += " \\fI" + roff(option->get_name(true)) + "\\fR";
  text += " [\\fIOPTIONS\\fR]\n" + options_of(app);
  if (!verbs.empty()) text += ".SH VERBS\n";
  for (const CLI::App* verb : verbs)
    text += ".TP\n\\fB" + roff(title + "-" + verb->get_name()) + "\\fR(1)\n" + roff(verb->get_description()) +
            "\n";
  if (const std::string examples = app.get_footer(); examples.starts_with("Examples:\n"))
    text += ".SH EXAMPLES\n.nf\n" + roff(examples.substr(examples.find('\n') + 1)) + "\n.fi\n";
  return text;
}

void write(const CLI::App& app, const std::string& name, const Path& folder) {
  std::string title = name;
  std::ranges::replace(title, ' ', '-');
  shoal::write_text(folder / (title + ".1"), page(app, name));
  for (const CLI::App* verb : verbs_of(app)) write(*verb, name + " " + verb->get_name(), folder);
}

}  // namespace

void write_man_pages(const CLI::App& app, const Path& folder) { write(app, "shoal", folder); }
