#include "hierarchy_input.hpp"

#include "html.hpp"
#include "printable.hpp"
#include "semantic_tree.hpp"

#include <fstream>

#include <shoal/hierarchy/cut.hpp>
#include <shoal/hierarchy/wordnet.hpp>
#include <shoal/io/atomic_file.hpp>

namespace {

/// Detects the format from the first line that is not empty: the released semantic tree is a JSON object,
/// WordNet's data.noun starts with its licence or a synset, a TSV has tabs, and anything else is pairs.
std::string sniff(const Path& path) {
  refuse_pth(path);
  std::string found;
  shoal::each_line(path, [&](const shoal::Line& line) {
    if (!found.empty() || line.text.empty() || line.text.front() == '#') return;
    if (line.text.starts_with("{"))
      found = "semantic-tree";
    else if (line.text.starts_with("  ") || line.text.find(" | ") != std::string_view::npos)
      found = "wordnet";
    else
      found = line.text.find('\t') != std::string_view::npos ? "tsv" : "pairs";
  });
  return found.empty() ? "tsv" : found;
}

}  // namespace

std::string HierarchyInput::form() const { return format == "auto" ? sniff(file) : format; }

shoal::Hierarchy HierarchyInput::read() const {
  try {
    return read_file();
  } catch (const shoal::error& e) {  // the library names its setting; the user knows the option
    std::string message = e.what();
    const std::string setting = "several_roots, --forest";
    if (const auto at = message.find(setting); at != std::string::npos)
      message.replace(at, setting.size(), "--forest");
    throw shoal::error(e.code(), message);
  }
}

shoal::Hierarchy HierarchyInput::read_file() const {
  shoal::HierarchySettings settings{.several_roots = forest};
  if (primary == "shallowest") settings.primary = shoal::Primary::shallowest;
  if (primary == "deepest") settings.primary = shoal::Primary::deepest;
  const std::string how = form();
  if (how == "wordnet") return shoal::read_wordnet(file, settings);
  if (how == "semantic-tree") return read_semantic_tree(file, settings.primary);
  if (how == "tsv") return shoal::read_hierarchy_tsv(file, settings);
  const auto order = format == "auto" ? shoal::PairOrder::by_roots
                     : how == "pairs" ? shoal::PairOrder::child_parent
                                      : shoal::PairOrder::parent_child;
  return shoal::read_hierarchy_pairs(file, order, settings);
}

std::vector<shoal::Node> HierarchyInput::class_nodes(const shoal::Hierarchy& h) const {
  if (!classes.empty()) return shoal::read_classes(classes, h);
  shoal::check(form() != "wordnet", shoal::Errc::invalid_argument,
               "--classes is needed with WordNet: it says which synset each label is");
  return all_nodes(h);
}

nlohmann::ordered_json reading_json(const HierarchyInput& input) {
  return {{"format", input.format}, {"primary", input.primary}, {"forest", input.forest}};
}

std::vector<shoal::Node> all_nodes(const shoal::Hierarchy& h) {
  std::vector<shoal::Node> all(static_cast<std::size_t>(h.size()));
  std::iota(all.begin(), all.end(), shoal::Node{0});
  return all;
}

void add_reading(Verb& verb, HierarchyInput& input) {
  verb.choice(
      "--format", input.format, {"auto", "wordnet", "tsv", "pairs", "reversed-pairs", "semantic-tree"},
      "Of the hierarchy: WordNet's data.noun, a table of id, parents and name, or pairs of child and "
      "parent, reversed-pairs of parent and child; auto tells these by their roots; or ImageNet-21K-P's "
      "tree as JSON");
  verb.choice("--primary", input.primary, {"first", "shallowest", "deepest"}, "Which parent makes the tree");
  verb.flag("--forest", input.forest, "Let the hierarchy have several roots");
}

void add_hierarchy_options(Verb& verb, HierarchyInput& input, bool required) {
  verb.input("--hierarchy", input.file, hierarchy_file_meaning).required(required);
  verb.input("--classes", input.classes, class_list_meaning);
  add_reading(verb, input);
  for (const char* option : {"--classes", "--format", "--primary", "--forest"})
    verb.only_with(option, {"--hierarchy"});
}

std::string depth_note(const shoal::Hierarchy& h, int depth) {
  if (h.roots().size() < 2) return "";
  return "The hierarchy is a forest of " + grouped(std::ssize(h.roots())) +
         " roots, which have depth 0: counted from 1, as the paper does, this is d = " +
         std::to_string(depth + 1);
}

std::string short_name(const shoal::Hierarchy& h, shoal::Node node) {
  return std::string(shoal::lemmas(h.name(node))[0]);
}

void write_class_table(const Path& path, const shoal::Hierarchy& h, std::span<const shoal::Node> classes,
                       std::span<const shoal::Label> labels) {
  const auto counts = shoal::count_samples(labels, static_cast<shoal::Index>(classes.size()));
  std::string text;
  for (std::size_t c = 0; c < classes.size(); ++c)
    text += std::to_string(c) + "\t" + table_cell(h.id(classes[c])) + "\t" +
            table_cell(short_name(h, classes[c])) + "\t" + std::to_string(counts[c]) + "\n";
  shoal::write_text(path, text);
}

std::string file_digest(const Path& path) {
  std::ifstream in(path, std::ios::binary);
  shoal::check(in.good(), shoal::Errc::bad_file, "file ", path.string(), " must exist and be readable");
  shoal::Sha256 sha;
  std::vector<char> piece(1 << 20);
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())), in.gcount() > 0)
    sha.update(piece.data(), static_cast<std::size_t>(in.gcount()));
  return sha.hex();
}

nlohmann::ordered_json file_digests(const std::vector<std::pair<std::string, Path>>& files,
                                    const Path& folder) {
  nlohmann::ordered_json all = nlohmann::ordered_json::object();
  for (const auto& [name, path] : files)
    if (!path.empty())
      all[name] = {{"file", Path(std::filesystem::proximate(path, folder)).generic_string()},
                   {"sha256", file_digest(path)}};
  return all;
}
