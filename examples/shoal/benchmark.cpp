// shoal benchmark: the paper's constructors, each with a manifest from which the benchmark is made again and
// verified.
#include "hierarchy_cut.hpp"
#include "hierarchy_input.hpp"
#include "manifest_file.hpp"
#include "options.hpp"
#include "outputs.hpp"
#include "verbs.hpp"

#include <cstdio>
#include <fstream>
#include <memory>

#include <shoal/dataset/manifest.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/version.hpp>

namespace {

using nlohmann::ordered_json;
using shoal::Index;
using shoal::Label;
namespace fs = std::filesystem;

struct BenchmarkOptions {
  Path labels, validation, refined, validation_refined, accuracy, out;
  std::vector<Path> lists;
  HierarchyInput hierarchy;
  std::map<std::string, double> parameters;
  std::uint64_t seed = 0;
};

/// The arrays that the files hold, and the view of them that constructors read.
struct Loaded {
  std::vector<Label> labels, validation, refined, validation_refined;
  std::vector<float> accuracy;
  std::vector<std::vector<Label>> lists;
  shoal::Hierarchy hierarchy;
  std::vector<shoal::Node> class_nodes;

  explicit Loaded(const BenchmarkOptions& o) {
    const auto read = [](const Path& path) {
      return path.empty() ? std::vector<Label>{} : shoal::npy::read_vector<Label>(path);
    };
    labels = read(o.labels);
    validation = read(o.validation);
    refined = read(o.refined);
    validation_refined = read(o.validation_refined);
    if (!o.accuracy.empty()) accuracy = shoal::npy::read_vector<float>(o.accuracy);
    for (const Path& list : o.lists) lists.push_back(read(list));
    if (o.hierarchy.file.empty()) return;
    hierarchy = o.hierarchy.read();
    class_nodes = o.hierarchy.class_nodes(hierarchy);
  }

  [[nodiscard]] shoal::Sources sources() const {
    return {{labels, validation},
            hierarchy.size() > 0 ? &hierarchy : nullptr,
            class_nodes,
            {refined, validation_refined},
            accuracy,
            lists};
  }
};

/// Returns each file of the options under its name in the manifest; lists are numbered.
std::vector<std::pair<std::string, Path>> files_of(const BenchmarkOptions& o) {
  std::vector<std::pair<std::string, Path>> files{{"labels", o.labels},
                                                  {"validation_labels", o.validation},
                                                  {"refined", o.refined},
                                                  {"validation_refined", o.validation_refined},
                                                  {"accuracy", o.accuracy},
                                                  {"hierarchy", o.hierarchy.file},
                                                  {"classes", o.hierarchy.classes}};
  for (std::size_t k = 0; k < o.lists.size(); ++k)
    files.emplace_back("class_list_" + std::to_string(k), o.lists[k]);
  return files;
}

/// Returns the nodes of the benchmark's classes, or none if there is no hierarchy.
std::vector<shoal::Node> nodes_of(const shoal::Constructor& constructor, const Loaded& in,
                                  const shoal::Benchmark& b) {
  std::vector<shoal::Node> nodes;
  if (in.hierarchy.size() == 0) return nodes;
  for (const Label c : b.classes)
    nodes.push_back(constructor.nodes ? c : in.class_nodes[static_cast<std::size_t>(c)]);
  return nodes;
}

/// Returns the ids of the benchmark's classes if there is a hierarchy, else the labels themselves.
std::vector<std::string> class_ids(const Loaded& in, const std::vector<shoal::Node>& nodes,
                                   const shoal::Benchmark& b) {
  std::vector<std::string> ids;
  for (std::size_t c = 0; c < b.classes.size(); ++c)
    ids.push_back(nodes.empty() ? std::to_string(b.classes[c]) : in.hierarchy.id(nodes[c]));
  return ids;
}

ordered_json to_json(const shoal::Manifest& m, const BenchmarkOptions& o,
                     const std::vector<std::string>& classes) {
  ordered_json files = ordered_json::object();
  for (const auto& [name, path] : files_of(o))
    if (!path.empty()) files[name] = Path(fs::proximate(path, o.out)).generic_string();
  ordered_json all{{"shoal", SHOAL_VERSION_STRING},
                   {"constructor", m.recipe.constructor},
                   {"parameters", m.recipe.parameters},
                   {"seed", m.recipe.seed},
                   {"files", files}};
  if (!o.hierarchy.file.empty()) all["reading"] = reading_json(o.hierarchy);
  all["inputs_sha256"] = m.inputs;
  all["counts"] = {{"train", m.train_samples}, {"validation", m.validation_samples}, {"classes", m.classes}};
  all["result_sha256"] = m.result;
  all["classes"] = classes;
  return all;
}

const std::vector<std::string> benchmark_outputs{
    "manifest.json",         "rows.npy",    "labels.npy", "validation_rows.npy",
    "validation_labels.npy", "classes.npy", "classes.tsv"};

void create(const BenchmarkOptions& o, const shoal::Constructor& constructor) {
  const Loaded in(o);
  shoal::Recipe recipe{constructor.name, {}, o.seed};
  for (const std::string& name : constructor.parameters) recipe.parameters[name] = o.parameters.at(name);
  const shoal::Sources sources = in.sources();
  const shoal::Benchmark b = shoal::build(recipe, sources);
  shoal::check(!b.classes.empty(), shoal::Errc::invalid_argument,
               "no class of the labels is left by shoal benchmark ", constructor.name);
  Outputs outputs(o.out, benchmark_outputs);
  const Path& out = outputs.staging();
  shoal::npy::write(out / "rows.npy", b.train.rows);
  shoal::npy::write(out / "labels.npy", b.train.labels);
  shoal::npy::write(out / "validation_rows.npy", b.validation.rows);
  shoal::npy::write(out / "validation_labels.npy", b.validation.labels);
  shoal::npy::write(out / "classes.npy", b.classes);
  const std::vector<shoal::Node> nodes = nodes_of(constructor, in, b);
  if (!nodes.empty()) write_class_table(out / "classes.tsv", in.hierarchy, nodes, b.train.labels);
  const auto manifest = to_json(shoal::manifest_of(recipe, sources, b), o, class_ids(in, nodes, b));
  write_json(out / "manifest.json", manifest);
  const std::string wrote = outputs.publish();
  std::printf("%zu training and %zu validation samples in %zu classes\n", b.train.rows.size(),
              b.validation.rows.size(), b.classes.size());
  if (recipe.parameters.contains("depth"))
    if (const std::string note = depth_note(in.hierarchy, static_cast<int>(recipe.parameters["depth"]));
        !note.empty())
      say(note);
  say(wrote);
}

/// Returns the options with which the files of a manifest are read.
BenchmarkOptions options_of(const StoredManifest& stored) {
  BenchmarkOptions o;
  const auto file = [&](const std::string& name) {
    const auto found = stored.files.find(name);
    return found == stored.files.end() ? Path() : found->second;
  };
  o.labels = file("labels");
  o.validation = file("validation_labels");
  o.refined = file("refined");
  o.validation_refined = file("validation_refined");
  o.accuracy = file("accuracy");
  o.hierarchy = {file("hierarchy"), file("classes"), stored.format, stored.primary, stored.forest};
  while (!file("class_list_" + std::to_string(o.lists.size())).empty())
    o.lists.push_back(file("class_list_" + std::to_string(o.lists.size())));
  return o;
}

void verify(const Path& path, const Path& sources) {
  if (is_cut_manifest(path)) return verify_cut(path, sources);
  const StoredManifest of_file = read_manifest(path, sources);
  const shoal::Manifest& manifest = of_file.manifest;
  const Loaded in(options_of(of_file));
  const shoal::Benchmark b = shoal::rebuild(manifest, in.sources());
  const auto stored = [&](const char* rows, const char* labels) {
    return shoal::Split{shoal::npy::read_vector<Index>(path.parent_path() / rows),
                        shoal::npy::read_vector<Label>(path.parent_path() / labels)};
  };
  const shoal::Benchmark there{stored("rows.npy", "labels.npy"),
                               stored("validation_rows.npy", "validation_labels.npy"),
                               shoal::npy::read_vector<Label>(path.parent_path() / "classes.npy")};
  shoal::check(shoal::digest(there) == manifest.result, shoal::Errc::bad_data, "the files beside ",
               path.string(), " are not the benchmark of the manifest");
  std::printf("verified: %s of %zu training and %zu validation samples in %zu classes, SHA-256 %s\n",
              manifest.recipe.constructor.c_str(), b.train.rows.size(), b.validation.rows.size(),
              b.classes.size(), manifest.result.c_str());
}

/// A parameter of constructors: its meaning and its range.
struct Parameter {
  const char* meaning;
  Range<double> range;
  bool whole;
};
const std::map<std::string, Parameter> parameters{
    {"ratio", {"Samples of the largest class over those of the smallest", {1, 1e9}, false}},
    {"s", {"Half the width of the band in percent: 5, 15, 25, 35, 45 in the paper", {1, 50}, false}},
    {"depth",
     {"The greatest depth; a root has depth 0, which is the paper's d = 1 in its forest", {0, 1e6}, true}},
    {"minimum", {"The fewest training samples of a class's subtree", {0, 999'999'999}, true}},
    {"count", {"How many classes", {1, 999'999'999}, true}}};

void add_parameter(Verb& verb, const std::string& name, double& value) {
  const auto& [meaning, range, whole] = parameters.at(name);
  const Range<Index> steps{static_cast<Index>(range.least), static_cast<Index>(range.most)};
  (whole ? verb.number("--" + name, value, steps, meaning, "")
         : verb.number("--" + name, value, range, meaning, ""))
      .required();
}

void add_constructor(CLI::App& app, const shoal::Constructor& constructor) {
  const auto o = std::make_shared<BenchmarkOptions>();
  Verb verb(app, constructor.name, constructor.summary);
  verb.input("LABELS", o->labels, "Labels of the training split, n (.npy); -1 for none").required();
  verb.input("--validation", o->validation, "Labels of the validation split (.npy)");
  for (const std::string& name : constructor.parameters) add_parameter(verb, name, o->parameters[name]);
  using shoal::Needs;
  if (constructor.needs == Needs::seed) add_seed(verb, o->seed, "Of the choice");
  if (constructor.needs == Needs::hierarchy) add_hierarchy_options(verb, o->hierarchy, true);
  if (constructor.needs == Needs::accuracy)
    verb.input("--accuracy", o->accuracy, "Accuracy of each class, C (.npy), as shoal probe writes it")
        .required();
  if (constructor.needs == Needs::refined) {
    verb.input("--refined", o->refined, "Refined labels of the training split (.npy)").required();
    verb.input("--validation-refined", o->validation_refined, "And of the validation split (.npy)");
  }
  if (constructor.needs == Needs::class_lists)
    verb.inputs("--list", o->lists, "classes.npy of a benchmark; give it once for each").required();
  verb.output_folder("--out", o->out, benchmark_outputs, "Folder for rows, labels, classes and manifest.json")
      .required();
  verb.runs([o, &constructor] { create(*o, constructor); });
}

void add_verify(CLI::App& benchmark) {
  struct Files {
    Path manifest, sources;
  };
  const auto files = std::make_shared<Files>();
  Verb verb(benchmark, "verify", "Make a benchmark again from its manifest, and compare");
  verb.input("MANIFEST", files->manifest, "manifest.json beside the benchmark's files").required();
  verb.input_folder("--sources", files->sources,
                    "Folder of the files that the manifest names, where they do not lie beside it");
  verb.runs([files] { verify(files->manifest, files->sources); });
}

}  // namespace

void add_benchmark(CLI::App& app) {
  CLI::App& group =
      add_group(app, "benchmark", "Make a clustering benchmark of a labelled set, or verify one");
  for (const shoal::Constructor& constructor : shoal::constructors()) add_constructor(group, constructor);
  add_verify(group);
  add_examples(group,
               "  shoal benchmark frequency examples/data/labels.npy --s 25 --out out/base\n"
               "  shoal benchmark coarse examples/data/labels.npy --depth 4 --hierarchy "
               "examples/data/hierarchy.tsv --classes examples/data/classes.tsv --out out/coarse\n"
               "  shoal benchmark verify out/coarse/manifest.json --sources examples/data");
}
