// Hierarchies and class lists as options, and class tables as results, of the verbs that work with them.
#pragma once

#include "verb.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <shoal/core/sha256.hpp>
#include <shoal/hierarchy/classes.hpp>

/// A hierarchy's file, how to read it, and the file that says which node each label is.
struct HierarchyInput {
  std::filesystem::path file, classes;
  std::string format = "auto", primary = "first";
  bool forest = false;

  [[nodiscard]] shoal::Hierarchy read() const;
  /// wordnet, tsv, pairs or reversed-pairs, found out where it isn't said.
  [[nodiscard]] std::string form() const;
  /// The node of each label; all nodes in their order where there is no class list, which WordNet needs.
  [[nodiscard]] std::vector<shoal::Node> class_nodes(const shoal::Hierarchy& h) const;

 private:
  [[nodiscard]] shoal::Hierarchy read_file() const;
};

/// What the file of a hierarchy is.
inline constexpr const char* hierarchy_file_meaning =
    "WordNet's data.noun, a TSV, pairs or ImageNet-21K-P's tree";

/// What --classes is.
inline constexpr const char* class_list_meaning =
    "The id of each label: one a line, or a table (number, id, …). Without it labels are nodes (never of "
    "WordNet)";

/// How the hierarchy was read, for a manifest.
nlohmann::ordered_json reading_json(const HierarchyInput& input);

/// All nodes in their order.
std::vector<shoal::Node> all_nodes(const shoal::Hierarchy& h);

/// Adds --format, --primary and --forest.
void add_reading(Verb& verb, HierarchyInput& input);
/// Adds --hierarchy and --classes besides.
void add_hierarchy_options(Verb& verb, HierarchyInput& input, bool required);

/// What a depth of a forest means, as the paper counts it: to be said where labels are cut; empty for a tree.
std::string depth_note(const shoal::Hierarchy& h, int depth);

/// The first lemma of a node's name.
std::string short_name(const shoal::Hierarchy& h, shoal::Node node);

/// Writes "number, id, name, samples" a line for each class.
void write_class_table(const std::filesystem::path& path, const shoal::Hierarchy& h,
                       std::span<const shoal::Node> classes, std::span<const shoal::Label> labels);

/// The SHA-256 of a file's bytes.
std::string file_digest(const std::filesystem::path& path);
/// {"name": {"file": …, "sha256": …}, …} for the files that are there, each named as seen from `folder`.
nlohmann::ordered_json file_digests(const std::vector<std::pair<std::string, std::filesystem::path>>& files,
                                    const std::filesystem::path& folder);
