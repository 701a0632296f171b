#include "method_table.hpp"

#include <algorithm>
#include <utility>

namespace {

template <std::size_t I> MethodEntry entry() {
  MethodType<I> method;
  DescribeOptions describe;
  method.each_option(describe);
  return {std::get<I>(methods).name, MethodType<I>::group, std::move(describe.options), cluster_on_cpu<I>};
}

template <std::size_t... I> std::vector<MethodEntry> entries(std::index_sequence<I...>) {
  return {entry<I>()...};
}

const MethodOption* find(const MethodEntry& method, const std::string& option) {
  const auto found = std::ranges::find(method.options, option, &MethodOption::name);
  return found == method.options.end() ? nullptr : &*found;
}

/// Returns whether any method takes several files with this option.
bool takes_files(const std::string& option) {
  return std::ranges::any_of(method_table(), [&](const MethodEntry& method) {
    const MethodOption* own = find(method, option);
    return own != nullptr && own->type == "FILES";
  });
}

std::vector<std::string> methods_with(const std::string& option) {
  std::vector<std::string> names;
  for (const MethodEntry& method : method_table())
    if (find(method, option) != nullptr) names.push_back(method.name);
  return names;
}

/// Returns the default that most methods share, and those that differ: "100; scp 30".
std::string defaults_of(const std::string& option) {
  std::vector<std::pair<std::string, std::vector<std::string>>> by_value;  // value → methods
  for (const MethodEntry& method : method_table()) {
    const MethodOption* own = find(method, option);
    if (own == nullptr || own->fallback.empty()) continue;
    const auto found =
        std::ranges::find(by_value, own->fallback, [](const auto& pair) { return pair.first; });
    if (found == by_value.end())
      by_value.push_back({own->fallback, {method.name}});
    else
      found->second.push_back(method.name);
  }
  std::ranges::stable_sort(by_value, {}, [](const auto& pair) { return -std::ssize(pair.second); });
  std::string text;
  for (const auto& [value, names] : by_value)
    text += text.empty() ? value : ", for " + listed(names, "and") + " " + value;
  return text;
}

}  // namespace

const std::vector<MethodEntry>& method_table() {
  static const std::vector<MethodEntry> all = entries(std::make_index_sequence<method_count>{});
  return all;
}

void add_method_options(Verb& verb, GivenOptions& given) {
  std::vector<std::string> added;
  for (const MethodEntry& method : method_table())
    for (const MethodOption& option : method.options) {
      if (std::ranges::find(added, option.name) != added.end()) continue;
      added.push_back(option.name);
      std::vector<std::string> having = methods_with(option.name);
      std::vector<std::string> of_group;
      for (const MethodEntry& other : method_table())
        if (std::string(other.group) == method.group) of_group.push_back(other.name);
      verb.heading(std::string(method.group) + " (--method " + listed(of_group, "or") + ")");
      const std::string meaning = (having == of_group ? "" : listed(having, "and") + ": ") + option.meaning;
      const auto store = [name = option.name, &given](const std::string& text) { given[name] = text; };
      const auto stored = [name = option.name, &given] {
        const auto found = given.find(name);
        return Path(found == given.end() ? "" : found->second);
      };
      if (option.type.empty()) {
        verb.flag(
            option.name, [store] { store(""); }, meaning);
      } else if (takes_files(option.name)) {
        verb.views(
            option.name,
            [name = option.name, &given](const std::string& path) {
              const auto [entry, first] = given.try_emplace(name, path);
              if (!first) entry->second += between_paths + path;
            },
            meaning);
      } else if (option.type == "FILE") {
        verb.input(option.name, store, stored, meaning);
      } else if (option.type == "PARTS") {
        verb.parts(option.name, store, stored, meaning);
      } else {
        verb.add(
            option.name,
            [check = option.check, store](const std::string& text) {
              check(text);
              store(text);
            },
            meaning, option.takes, defaults_of(option.name), option.type);
      }
    }
  verb.heading("");
}

void check_method_options(const std::string& method, const GivenOptions& given) {
  const auto& table = method_table();
  const auto own = std::ranges::find(table, method, &MethodEntry::name);
  for (const auto& [option, text] : given)
    if (find(*own, option) == nullptr) {
      const auto having = methods_with(option);
      throw UsageError(option + (text.empty() ? "" : " (" + text + ")") + " has no meaning for " + method +
                       "; " + listed(having, "and") + (having.size() == 1 ? " has it" : " have it"));
    }
}
