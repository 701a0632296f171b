// shoal hierarchy: describes a label hierarchy and the place of a class in it. hierarchy_cut.cpp cuts labels.
#include "hierarchy_cut.hpp"
#include "hierarchy_input.hpp"
#include "options.hpp"
#include "outputs.hpp"
#include "printable.hpp"
#include "prompts.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>

#include <nlohmann/json.hpp>

#include <shoal/hierarchy/relations.hpp>
#include <shoal/hierarchy/wordnet.hpp>

namespace {

using shoal::Hierarchy;
using shoal::Index;
using shoal::Node;

struct HierarchyOptions {
  HierarchyInput input;
  std::vector<std::string> ids;
  Path out;
  std::string prompts;
  bool json = false;
};

void info(const HierarchyOptions& options) {
  const Hierarchy h = options.input.read();
  Index edges = 0, several = 0;
  std::vector<Index> depths;
  int deepest = 0;
  for (Node i = 0; i < h.size(); ++i) {
    edges += static_cast<Index>(h.parents(i).size());
    several += h.parents(i).size() > 1;
    const auto d = static_cast<std::size_t>(h.depth(i));
    if (d >= depths.size()) depths.resize(d + 1);
    ++depths[d];
    deepest = std::max(deepest, h.max_depth(i));
  }
  const nlohmann::ordered_json facts{{"nodes", h.size()},          {"edges", edges},
                                     {"roots", h.roots().size()},  {"leaves", shoal::leaves(h).size()},
                                     {"several_parents", several}, {"depth_of_the_dag", deepest},
                                     {"nodes_by_depth", depths}};
  if (options.json) {
    std::puts(json_text(facts).c_str());
    return;
  }
  for (const auto& [name, value] : facts.items())
    std::printf("%-18s%s\n", name.c_str(), value.dump().c_str());
}

Node find(const Hierarchy& h, const std::string& id) {
  const Node i = h.find(id);
  shoal::check(i != shoal::no_node, shoal::Errc::invalid_argument, id, " is not a node of the hierarchy");
  return i;
}

/// Finds the node with this id or lemma ("dog", "domestic dog"); a lemma that several nodes share is refused.
Node find_named(const Hierarchy& h, const std::string& name) {
  if (const Node i = h.find(name); i != shoal::no_node) return i;
  std::string lemma = name;
  std::ranges::replace(lemma, ' ', '_');
  std::vector<Node> found;
  for (Node i = 0; i < h.size(); ++i) {
    const std::vector<std::string_view> own = shoal::lemmas(h.name(i));
    if (std::ranges::find(own, lemma) != own.end()) found.push_back(i);
  }
  if (found.size() < 2) return found.empty() ? find(h, name) : found[0];
  std::string choice;
  for (const Node i : found) choice += (choice.empty() ? "" : "; ") + h.id(i) + " " + h.name(i);
  shoal::fail(shoal::Errc::invalid_argument, name, " is the name of ", found.size(),
              " nodes, say which by its id: ", choice);
}

/// The largest indent of a line, so that the printed length of a path is linear in its depth.
constexpr int deepest_indent = 40;

std::string described(const Hierarchy& h, Node i) { return printable(h.id(i) + " " + h.name(i)); }

void path(const HierarchyOptions& options) {
  const Hierarchy h = options.input.read();
  std::vector<Node> ends;
  for (const std::string& id : options.ids) {
    const Node i = ends.emplace_back(find_named(h, id));
    for (const Node step : shoal::path_from_root(h, i))
      std::printf("%*s%s\n", 2 * std::min(h.depth(step), deepest_indent), "", described(h, step).c_str());
    std::printf("depth %d, %d to %d over all parents; %zu children, %zu below in the tree\n", h.depth(i),
                h.min_depth(i), h.max_depth(i), h.children(i).size(), h.subtree(i).size() - 1);
    for (const Node p : h.parents(i))
      if (p != h.parent(i)) std::printf("also under %s\n", described(h, p).c_str());
  }
  if (options.ids.size() != 2) return;
  const Node top = shoal::lowest_common_ancestor(h, ends[0], ends[1]);
  if (top == shoal::no_node)
    std::puts("no common ancestor");
  else
    std::printf("lowest common ancestor %s, %d steps apart\n", described(h, top).c_str(),
                shoal::tree_distance(h, ends[0], ends[1]));
}

/// Writes one lemma a line, with its class; shoal zero-shot expects an embedding of each line. With prompts,
/// writes one text that contains the lemma a line.
void list_lemmas(const HierarchyOptions& options) {
  const Hierarchy h = options.input.read();
  const std::vector<Node> classes =
      options.input.classes.empty() ? all_nodes(h) : options.input.class_nodes(h);
  const Prompts prompts = options.prompts.empty() ? Prompts{} : read_prompts(options.prompts);
  shoal::Index lemmas = 0;
  std::string text;
  for (std::size_t c = 0; c < classes.size(); ++c)
    for (const std::string_view lemma : shoal::lemmas(h.name(classes[c]))) {
      std::string words(lemma);
      std::replace(words.begin(), words.end(), '_', ' ');
      const std::string line =
          std::to_string(c) + "\t" + table_cell(h.id(classes[c])) + "\t" + table_cell(words);
      if (prompts.empty()) text += line + "\n";
      for (const std::string& prompt : prompts)
        text += line + "\t" + text_of(prompt, table_cell(words)) + "\n";
      ++lemmas;
    }
  shoal::write_text(options.out, text);
  std::printf("%lld lemmas of %zu classes", static_cast<long long>(lemmas), classes.size());
  if (!prompts.empty()) std::printf(", each in %zu texts", prompts.size());
  std::puts("");
  say_written({options.out});
}

void add_info(CLI::App& hierarchy) {
  const auto options = std::make_shared<HierarchyOptions>();
  Verb verb(hierarchy, "info", "Count nodes, edges, roots, leaves and depths");
  verb.input("FILE", options->input.file, hierarchy_file_meaning).required();
  verb.flag("--json", options->json, "Print JSON");
  add_reading(verb, options->input);
  verb.runs([options] { info(*options); });
}

void add_path(CLI::App& hierarchy) {
  const auto options = std::make_shared<HierarchyOptions>();
  Verb verb(hierarchy, "path", "Show the way from the root to a class; of two, where they part");
  verb.input("FILE", options->input.file, hierarchy_file_meaning).required();
  verb.words("ID", options->ids, "Ids, such as 02084071 or n02084071, or names, such as mammal", "TEXT")
      .required();
  add_reading(verb, options->input);
  verb.examples(
      "  shoal hierarchy path examples/data/hierarchy.tsv relation change_of_state\n"
      "  shoal hierarchy path /usr/share/wordnet/data.noun n02084071 n02121620");
  verb.runs([options] { path(*options); });
}

void add_lemmas(CLI::App& hierarchy) {
  const auto options = std::make_shared<HierarchyOptions>();
  Verb verb(hierarchy, "lemmas", "List the lemmas of each class, to be embedded as texts");
  verb.input("FILE", options->input.file, hierarchy_file_meaning).required();
  verb.input("--classes", options->input.classes, class_list_meaning);
  verb.output("--out", options->out, "Table to write: class, id, lemma, and text with --prompts").required();
  verb.input(
      "--prompts", [options](const std::string& name) { options->prompts = name; },
      [options] { return options->prompts == "paper" ? Path() : Path(options->prompts); },
      "Put each lemma into these sentences, a line each: paper for the paper's seven, or a file of lines "
      "with {} where the lemma goes");
  add_reading(verb, options->input);
  verb.runs([options] { list_lemmas(*options); });
}

}  // namespace

void add_hierarchy(CLI::App& app) {
  CLI::App& group = add_group(app, "hierarchy", "Look into a label hierarchy, and cut labels with it");
  add_info(group);
  add_path(group);
  add_lemmas(group);
  add_cut(group);
}
