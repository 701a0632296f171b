#include "hierarchy_cut.hpp"

#include "hierarchy_input.hpp"
#include "manifest_file.hpp"
#include "options.hpp"
#include "outputs.hpp"

#include <cstdio>
#include <memory>
#include <optional>

#include <nlohmann/json.hpp>

#include <shoal/hierarchy/balanced_cut.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/version.hpp>

namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;
using shoal::Hierarchy;
using shoal::Index;
using shoal::Label;
using shoal::Node;

struct CutOptions {
  HierarchyInput input;
  Path labels, row_ids, list, out;
  std::optional<int> depth;
  std::optional<Index> support, count;
  bool above = false, leaves = false;
};

/// Returns the node of each row, by its own id or by the class of its label; no_node if it has none.
std::vector<Node> row_nodes(const CutOptions& options, const Hierarchy& h) {
  std::vector<Node> nodes;
  if (!options.row_ids.empty()) {
    for (const Index id : shoal::npy::read_vector<Index>(options.row_ids)) {
      nodes.push_back(h.find(std::to_string(id)));
      shoal::check(nodes.back() != shoal::no_node, shoal::Errc::invalid_argument, "--ids: ", id,
                   " is not a node of the hierarchy");
    }
    return nodes;
  }
  const std::vector<Node> classes = options.input.class_nodes(h);
  for (const Label l : shoal::npy::read_vector<Label>(options.labels)) {
    shoal::check(l < static_cast<Label>(classes.size()), shoal::Errc::invalid_argument,
                 "--labels: ", options.labels.string(), ": label ", l, " must be below ", classes.size(),
                 ", the number of classes");
    nodes.push_back(l < 0 ? shoal::no_node : classes[static_cast<std::size_t>(l)]);
  }
  return nodes;
}

shoal::Cut make_cut(const CutOptions& options, const Hierarchy& h, const std::vector<Index>& samples) {
  if (options.depth) return shoal::cut_to_depth(h, *options.depth);
  if (options.support)
    return shoal::cut_by_support(h, samples, *options.support,
                                 options.above ? shoal::Reach::above : shoal::Reach::self_or_above);
  if (options.count) return shoal::cut_to_classes(h, samples, *options.count);
  if (!options.list.empty()) return shoal::cut_to_list(h, shoal::read_classes(options.list, h));
  return shoal::cut_to_leaves(h);
}

/// Returns the rows that the cut keeps and their new labels; the classes are nodes.
shoal::Benchmark cut_rows(const CutOptions& options, const Hierarchy& h) {
  const std::vector<Node> nodes = row_nodes(options, h);
  std::vector<Index> samples(static_cast<std::size_t>(h.size()));
  for (const Node i : nodes)
    if (i != shoal::no_node) ++samples[static_cast<std::size_t>(i)];
  return shoal::map_labels({nodes, {}}, make_cut(options, h, samples));
}

std::vector<std::pair<std::string, Path>> files_of(const CutOptions& o) {
  return {{"hierarchy", o.input.file},
          {"classes", o.input.classes},
          {"labels", o.labels},
          {"ids", o.row_ids},
          {"list", o.list}};
}

/// Returns the numbers that describe the cut.
ordered_json parameters_of(const CutOptions& o) {
  ordered_json all = ordered_json::object();
  if (o.depth) all["depth"] = *o.depth;
  if (o.support) all["support"] = *o.support;
  if (o.support && o.above) all["above"] = 1;
  if (o.count) all["count"] = *o.count;
  if (o.leaves) all["leaves"] = 1;
  return all;
}

const std::vector<std::string> cut_names{"manifest.json", "rows.npy", "labels.npy", "classes.npy",
                                         "classes.tsv"};
constexpr const char* constructor_name = "cut";

void cut(const CutOptions& options) {
  const Hierarchy h = options.input.read();
  const shoal::Benchmark result = cut_rows(options, h);
  Outputs outputs(options.out, cut_names);
  const Path& out = outputs.staging();
  shoal::npy::write(out / "rows.npy", result.train.rows);
  shoal::npy::write(out / "labels.npy", result.train.labels);
  shoal::npy::write(out / "classes.npy", result.classes);
  write_class_table(out / "classes.tsv", h, result.classes, result.train.labels);
  ordered_json files = ordered_json::object(), inputs = ordered_json::object();
  for (const auto& [name, path] : files_of(options)) {
    if (path.empty()) continue;
    files[name] = Path(fs::proximate(path, options.out)).generic_string();
    inputs[name] = file_digest(path);
  }
  write_json(out / "manifest.json",
             {{"shoal", SHOAL_VERSION_STRING},
              {"constructor", constructor_name},
              {"parameters", parameters_of(options)},
              {"seed", 0},
              {"files", files},
              {"reading", reading_json(options.input)},
              {"inputs_sha256", inputs},
              {"counts", {{"train", result.train.rows.size()}, {"classes", result.classes.size()}}},
              {"result_sha256", shoal::digest(result)}});
  const std::string wrote = outputs.publish();
  std::printf("%zu samples in %zu classes\n", result.train.rows.size(), result.classes.size());
  if (const std::string note = options.depth ? depth_note(h, *options.depth) : ""; !note.empty()) say(note);
  say(wrote);
}

/// Returns the options that the manifest records.
CutOptions cut_of(const StoredManifest& stored) {
  CutOptions o;
  const auto file = [&](const char* name) {
    const auto found = stored.files.find(name);
    return found == stored.files.end() ? Path() : found->second;
  };
  const auto parameter = [&](const char* name) -> std::optional<Index> {
    const auto found = stored.manifest.recipe.parameters.find(name);
    if (found == stored.manifest.recipe.parameters.end()) return {};
    return static_cast<Index>(std::clamp(found->second, 0.0, 1e9));
  };
  o.input = {file("hierarchy"), file("classes"), stored.format, stored.primary, stored.forest};
  o.labels = file("labels");
  o.row_ids = file("ids");
  o.list = file("list");
  o.support = parameter("support");
  o.count = parameter("count");
  if (const auto depth = parameter("depth")) o.depth = static_cast<int>(*depth);
  o.above = parameter("above").has_value();
  o.leaves = parameter("leaves").has_value();
  return o;
}

}  // namespace

bool is_cut_manifest(const Path& path) {
  const ManifestFile all(path);
  return all.has("constructor") && all.get<ordered_json>("constructor") == constructor_name;
}

void verify_cut(const Path& path, const Path& sources) {
  const StoredManifest stored = read_manifest(path, sources);
  for (const auto& [name, expected] : stored.manifest.inputs) {
    const auto file = stored.files.find(name);
    shoal::check(file != stored.files.end() && file_digest(file->second) == expected, shoal::Errc::bad_data,
                 name, " is not the file of the manifest");
  }
  const CutOptions options = cut_of(stored);
  shoal::check(!options.input.file.empty() && (options.labels.empty() != options.row_ids.empty()),
               shoal::Errc::bad_file, path.string(), " names no hierarchy, or neither labels nor ids");
  const shoal::Benchmark made = cut_rows(options, options.input.read());
  const Path folder = path.parent_path();
  const shoal::Benchmark there{{shoal::npy::read_vector<Index>(folder / "rows.npy"),
                                shoal::npy::read_vector<Label>(folder / "labels.npy")},
                               {},
                               shoal::npy::read_vector<Label>(folder / "classes.npy")};
  shoal::check(shoal::digest(made) == stored.manifest.result, shoal::Errc::bad_data,
               "the cut is not the one of the manifest");
  shoal::check(shoal::digest(there) == stored.manifest.result, shoal::Errc::bad_data, "the files beside ",
               path.string(), " are not the cut of the manifest");
  std::printf("verified: cut of %zu samples in %zu classes, SHA-256 %s\n", made.train.rows.size(),
              made.classes.size(), stored.manifest.result.c_str());
}

void add_cut(CLI::App& hierarchy) {
  const auto options = std::make_shared<CutOptions>();
  Verb verb(hierarchy, "cut", "Coarser labels: rows, labels, classes and a manifest");
  verb.input("FILE", options->input.file, hierarchy_file_meaning).required();
  verb.heading("What the samples are (one of)");
  verb.input("--labels", options->labels, "Their labels, n (.npy)");
  verb.input("--ids", options->row_ids, "Their own nodes' ids, n (.npy)");
  verb.one_of({"--labels", "--ids"});
  verb.heading("");
  verb.input("--classes", options->input.classes, class_list_meaning);
  verb.only_with("--classes", {"--labels"});
  verb.heading("How to cut (one of)");
  verb.number("--depth", options->depth, Range<int>{0, 1'000'000},
              "No class deeper than this; a root has depth 0, which is the paper's d = 1 in its forest", "");
  verb.number("--support", options->support, Range<Index>{0, most_things},
              "Classes whose subtree has at least this many samples", "");
  verb.number("--count", options->count, Range<Index>{1, most_things},
              "At most this many classes, the largest as small as can be", "");
  verb.input("--list", options->list, "Only these classes, each for all below it");
  verb.flag("--leaves", options->leaves,
            "Only leaves, instances among them (shoal benchmark leaves has the paper's); samples of other "
            "classes drop out");
  verb.one_of({"--depth", "--support", "--count", "--list", "--leaves"});
  verb.heading("");
  verb.flag("--above", options->above, "A class is always above the sample's own node");
  verb.only_with("--above", {"--support"});
  verb.output_folder("--out", options->out, cut_names, "Folder for the results").required();
  add_reading(verb, options->input);
  verb.examples(
      "  shoal hierarchy cut /usr/share/wordnet/data.noun --ids ids.npy --support 50 --above --out out/m50\n"
      "  shoal hierarchy cut examples/data/hierarchy.tsv --labels examples/data/labels.npy "
      "--classes examples/data/classes.tsv --depth 3 --out out/cut");
  verb.runs([options] { cut(*options); });
}
