#include "verb.hpp"

#include "feature_file.hpp"
#include "files.hpp"
#include "launch.hpp"
#include "name_order.hpp"
#include "parts.hpp"
#include "plain_error.hpp"
#include "printable.hpp"

#include <algorithm>
#include <cstdio>

#include <CLI/CLI.hpp>

#include <shoal/backend/communicator.hpp>
#include <shoal/core/check.hpp>

/// The checks between reading the command line and the work.
struct Verb::Rules {
  struct Partner {
    std::vector<std::string> options;
    std::string condition;
    std::function<bool()> holds;
  };
  std::vector<Partner> partners;
  std::vector<std::function<void()>> checks;
  std::vector<std::function<void(VerbFiles&)>> files;  // each function adds its files to the list
};

Option& Option::required(bool needed) {
  option_.required(needed);
  return *this;
}

Option& Option::expected(int least, int most) {
  option_.expected(least, most);
  return *this;
}

Option& Option::takes_more() {
  option_.allow_extra_args();
  return *this;
}

CLI::App& add_group(CLI::App& parent, const std::string& name, const std::string& description) {
  CLI::App& group = *parent.add_subcommand(name, description);
  group.require_subcommand(1);
  return group;
}

void add_examples(CLI::App& verb, const std::string& lines) { verb.footer("Examples:\n" + lines); }

Verb::Verb(CLI::App& parent, const std::string& name, const std::string& description)
    : app_(parent.add_subcommand(name, description)), rules_(std::make_shared<Rules>()) {}

Option Verb::add(const std::string& name, std::function<void(const std::string&)> read,
                 const std::string& meaning, const std::string& takes, const std::string& fallback,
                 const std::string& type) {
  const std::string notes = takes + (takes.empty() || fallback.empty() ? "" : "; ") +
                            (fallback.empty() ? "" : "default " + fallback);
  return grouped(app_->add_option_function<std::string>(name, std::move(read),
                                                        meaning + (notes.empty() ? "" : " (" + notes + ")")),
                 type);
}

/// The option, under the heading that stands now.
Option Verb::grouped(CLI::Option* option, const std::string& type) {
  if (!type.empty()) option->type_name(type);
  if (!group_.empty()) option->group(group_);
  return Option(*option);
}

Option Verb::path(const std::string& name, std::function<void(const std::string&)> store,
                  const std::string& meaning, const char* type) {
  return add(
      name,
      [name, store = std::move(store)](const std::string& text) {
        if (text.empty()) throw UsageError(name + " is empty: it must be a path");
        store(text);
      },
      meaning, "", "", type);
}

namespace {

/// Returns a function that stores a path; the path must outlive the command line.
auto into(Path& path) {
  return [&path](const std::string& text) { path = text; };
}

}  // namespace

Option Verb::input(const std::string& name, Path& file, const std::string& meaning) {
  return input(
      name, into(file), [&file] { return file; }, meaning);
}

Option Verb::input(const std::string& name, std::function<void(const std::string&)> store,
                   std::function<Path()> stored, const std::string& meaning) {
  reads(name, [stored = std::move(stored)] {
    const Path file = stored();
    return file.empty() ? std::vector<Path>{} : side_by_side(file);
  });
  return path(name, std::move(store), meaning, "FILE");
}

Option Verb::parts(const std::string& name, Path& input, const std::string& meaning,
                   const std::string& ending) {
  return parts(
      name, into(input), [&input] { return input; }, meaning, ending);
}

Option Verb::parts(const std::string& name, std::function<void(const std::string&)> store,
                   std::function<Path()> stored, const std::string& meaning, const std::string& ending) {
  reads(name, [stored, ending] {
    const Path input = stored();
    const auto files = input.empty() ? std::vector<std::string>{} : parts_of(input, ending);
    return std::vector<Path>(files.begin(), files.end());
  });
  notes_folder(name, std::move(stored));
  return path(name, std::move(store), meaning, "FILE");
}

Option Verb::features(const std::string& name, Path& features, const std::string& meaning) {
  reads(name, [&features] { return features.empty() ? std::vector<Path>{} : feature_files(features); });
  notes_folder(name, [&features] { return features; });
  return path(name, into(features), meaning, "FILE");
}

Option Verb::inputs(const std::string& name, std::vector<Path>& paths, const std::string& meaning) {
  return inputs(
             name, [&paths](const std::string& text) { paths.emplace_back(text); }, meaning)
      .takes_more();
}

Option Verb::inputs(const std::string& name, std::function<void(const std::string&)> store,
                    const std::string& meaning) {
  return several(
      name, std::move(store), [](const Path& file) { return std::vector<Path>{file}; }, meaning);
}

Option Verb::views(const std::string& name, std::function<void(const std::string&)> store,
                   const std::string& meaning) {
  return several(name, std::move(store), feature_files, meaning);
}

Option Verb::several(const std::string& name, std::function<void(const std::string&)> store,
                     std::function<std::vector<Path>(const Path&)> files_of, const std::string& meaning) {
  const auto paths = std::make_shared<std::vector<Path>>();
  reads(name, [paths, files_of = std::move(files_of)] {
    std::vector<Path> files;
    for (const Path& path : *paths)
      for (Path& file : files_of(path)) files.push_back(std::move(file));
    return files;
  });
  CLI::Option* option = app_->add_option_function<std::vector<std::string>>(
      name,
      [name, paths, store = std::move(store)](const std::vector<std::string>& texts) {
        for (const std::string& text : texts) {
          if (text.empty()) throw UsageError(name + " is empty: it must be a path");
          paths->emplace_back(text);
          store(text);
        }
      },
      meaning);
  option->allow_extra_args(false);
  return grouped(option, "FILE");
}

void Verb::reads(const std::string& name, std::function<std::vector<Path>()> files) {
  rules_->files.push_back([name, list = std::move(files)](VerbFiles& all) {
    try {
      for (const Path& file : list()) all.inputs.push_back({name, file});
    } catch (const shoal::error& e) {  // no file is known yet from which the option could be told
      throw shoal::error(e.code(), name + ": " + plain_message(e, {}));
    }
  });
}

/// Notes the folder in which the files of an input are, if it is one: a verb must not write there. Says it
/// if the order of their names is not that of the numbers in them.
void Verb::notes_folder(const std::string& name, std::function<Path()> stored) {
  rules_->files.push_back([name, stored = std::move(stored)](VerbFiles& files) {
    const Path input = stored();
    const Path folder = shoal::split_feature_path(input.string()).file;
    if (is_folder(folder)) files.input_folders.push_back({name, folder});
    if (const std::string note = order_note(name, input, files.inputs); !note.empty() && rank() == 0)
      std::fprintf(stderr, "shoal: note: %s\n", printable(note).c_str());
  });
}

Option Verb::input_folder(const std::string& name, Path& folder, const std::string& meaning) {
  rules_->files.push_back([name, &folder](VerbFiles& files) {
    if (!folder.empty()) files.input_folders.push_back({name, folder});
  });
  return path(name, into(folder), meaning, "DIR");
}

Option Verb::output(const std::string& name, Path& file, const std::string& meaning) {
  rules_->files.push_back([name, &file](VerbFiles& files) {
    if (!file.empty()) files.outputs.push_back({name, file});
  });
  return path(name, into(file), meaning, "FILE");
}

Option Verb::output_folder(const std::string& name, Path& folder, std::vector<std::string> names,
                           const std::string& meaning) {
  rules_->files.push_back([name, &folder, names = std::move(names)](VerbFiles& files) {
    if (!folder.empty()) files.output_folders.push_back({{name, folder}, names});
  });
  return path(name, into(folder), meaning, "DIR");
}

void Verb::writes_into(const Path& folder, std::vector<std::string> names) {
  rules_->files.push_back([&folder, names = std::move(names)](VerbFiles& files) {
    files.output_folders.push_back({{"output", folder}, names, true});
  });
}

Option Verb::numbers(const std::string& name, std::vector<double>& values, Range<double> range,
                     const std::string& meaning) {
  std::string fallback;
  for (const double x : values) fallback += (fallback.empty() ? "" : " ") + number_text(x);
  CLI::Option* option = app_->add_option_function<std::vector<std::string>>(
      name,
      [name, range, &values](const std::vector<std::string>& texts) {
        values.clear();
        for (const std::string& text : texts) values.push_back(number_in(name, text, range));
      },
      meaning + " (" + range_text(range) + "; default " + fallback + ")");
  return grouped(option, "NUM");
}

Option Verb::words(const std::string& name, std::vector<std::string>& values, const std::string& meaning,
                   const std::string& type) {
  return grouped(app_->add_option(name, values, meaning), type);
}

Option Verb::choice(const std::string& name, std::string& value, const std::vector<std::string>& names,
                    const std::string& meaning) {
  const std::string all = listed(names, "or");
  return add(
      name,
      [name, names, all, &value](const std::string& text) {
        if (std::ranges::find(names, text) == names.end())
          throw UsageError(name + " (" + text + ") must be " + all);
        value = text;
      },
      meaning, all, value, "NAME");
}

Option Verb::flag(const std::string& name, bool& value, const std::string& meaning) {
  return flag(
      name, [&value] { value = true; }, meaning);
}

Option Verb::flag(const std::string& name, std::function<void()> set, const std::string& meaning) {
  return grouped(app_->add_flag_callback(name, std::move(set), meaning)->disable_flag_override(), "");
}

void Verb::only_with(const std::string& option, const std::vector<std::string>& partners) {
  only_where({option}, listed(partners, "or"), [app = app_, partners] {
    return std::ranges::any_of(
        partners, [&](const std::string& partner) { return app->get_option(partner)->count() > 0; });
  });
}

void Verb::not_with(const std::string& option, const std::vector<std::string>& others) {
  must([app = app_, option, others] {
    if (app->get_option(option)->count() == 0) return;
    for (const std::string& other : others)
      if (app->get_option(other)->count() > 0) throw UsageError(option + " has no meaning beside " + other);
  });
}

void Verb::only_where(const std::vector<std::string>& options, const std::string& condition,
                      std::function<bool()> holds) {
  rules_->partners.push_back({options, condition, std::move(holds)});
}

void Verb::one_of(const std::vector<std::string>& options) {
  must([app = app_, options] {
    const auto given = std::ranges::count_if(
        options, [&](const std::string& option) { return app->get_option(option)->count() > 0; });
    if (given != 1)
      throw UsageError("exactly one of " + listed(options, "and") + " is needed; " + std::to_string(given) +
                       " are given");
  });
}

std::function<bool()> Verb::given(const std::string& option) const {
  return [added = app_->get_option(option)] { return added->count() > 0; };
}

void Verb::must(std::function<void()> check) { rules_->checks.push_back(std::move(check)); }

void Verb::runs(std::function<void()> work) {
  app_->callback([rules = rules_, app = app_, work = std::move(work)] {
    for (const auto& [options, condition, holds] : rules->partners)
      for (const std::string& option : options)
        if (app->get_option(option)->count() > 0 && !holds())
          throw UsageError(option + " has no meaning without " + condition);
    for (const auto& check : rules->checks) check();
    shoal::check(ranks() == 1 || app->get_name() == "cluster", shoal::Errc::invalid_argument, "shoal ",
                 app->get_name(), " runs in one process; mpirun is for shoal cluster");
    VerbFiles files;
    for (const auto& list : rules->files) list(files);
    if (rank() != 0) files.outputs.clear(), files.output_folders.clear();  // only the first rank writes
    check_files(files);
    try {
      work();
    } catch (const shoal::SharedError&) {
      throw;  // all ranks have it, and must know that they do
    } catch (const shoal::error& e) {
      std::vector<std::string> options;
      for (const CLI::Option* option : app->get_options())
        if (option->count() > 0) options.push_back(option->get_name());
      throw shoal::error(e.code(), plain_message(e, {files, options}));
    }
  });
}
