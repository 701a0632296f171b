// Hierarchies and class lists as inputs, and class tables as outputs, of the verbs that use them.
#pragma once

#include "path.hpp"
#include "verb.hpp"

#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <shoal/core/sha256.hpp>
#include <shoal/hierarchy/classes.hpp>

/// The file of a hierarchy, its format, and the file that maps labels to nodes.
struct HierarchyInput {
  Path file, classes;
  std::string format = "auto", primary = "first";
  bool forest = false;

  [[nodiscard]] shoal::Hierarchy read() const;
  /// wordnet, tsv, pairs or reversed-pairs; detected if not given.
  [[nodiscard]] std::string form() const;
  /// The node of each label; all nodes in order if there is no class list, which WordNet requires.
  [[nodiscard]] std::vector<shoal::Node> class_nodes(const shoal::Hierarchy& h) const;

 private:
  [[nodiscard]] shoal::Hierarchy read_file() const;
};

/// What the file of a hierarchy is.
inline constexpr const char* hierarchy_file_meaning =
    "WordNet's data.noun, a TSV, pairs or ImageNet-21K-P's tree";

/// The description of --classes.
inline constexpr const char* class_list_meaning =
    "The id of each label: one a line, or a table (number, id, …). Without it labels are nodes (never of "
    "WordNet)";

/// How the hierarchy was read, for a manifest.
nlohmann::ordered_json reading_json(const HierarchyInput& input);

/// All nodes in order.
std::vector<shoal::Node> all_nodes(const shoal::Hierarchy& h);

/// Adds --format, --primary and --forest.
void add_reading(Verb& verb, HierarchyInput& input);
/// Adds --hierarchy and --classes as well.
void add_hierarchy_options(Verb& verb, HierarchyInput& input, bool required);

/// What a depth of a forest means, as the paper counts it: to be said where labels are cut; empty for a tree.
std::string depth_note(const shoal::Hierarchy& h, int depth);

/// The first lemma of a node's name.
std::string short_name(const shoal::Hierarchy& h, shoal::Node node);

/// Writes one line for each class: number, id, name, samples.
void write_class_table(const Path& path, const shoal::Hierarchy& h, std::span<const shoal::Node> classes,
                       std::span<const shoal::Label> labels);

/// The SHA-256 of a file's bytes.
std::string file_digest(const Path& path);
/// {"name": {"file": …, "sha256": …}, …} for the files that exist, with paths relative to `folder`.
nlohmann::ordered_json file_digests(const std::vector<std::pair<std::string, Path>>& files,
                                    const Path& folder);
