// shoal relabel: refines coarse labels step by step down a hierarchy (HZR, p-HZR).
#include "device.hpp"
#include "feature_file.hpp"
#include "hierarchy_input.hpp"
#include "html.hpp"
#include "options.hpp"
#include "outputs.hpp"
#include "terminal.hpp"
#include "text_rows.hpp"
#include "verbs.hpp"

#include <cstdio>
#include <memory>

#include <nlohmann/json.hpp>

#include <shoal/hierarchy/relabel.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/version.hpp>

namespace {

using shoal::Index;
using shoal::Label;

struct RelabelOptions {
  Path features, labels, out;
  TextRows texts;
  HierarchyInput hierarchy;
  RowOptions rows;
  shoal::RelabelSettings settings;
  bool leaf = false, json = false;
  Machine machine;
};

const std::vector<std::string> relabel_outputs{"manifest.json", "labels.npy", "confidence.npy",
                                               "path_offsets.npy", "paths.npy"};

void run_relabel(RelabelOptions o) {
  o.settings.parent = !o.leaf;
  const Device device = open_device(o.machine, "relabel");
  const shoal::Hierarchy whole = o.hierarchy.read();
  const shoal::Hierarchy h = shoal::restrict_to(whole, o.hierarchy.class_nodes(whole));
  const ChosenRows features(o.features, o.rows);
  const std::vector<Label> labels = features.of(read_parts<Label>(o.labels));
  const shoal::Matrix<float> prototypes = o.texts.read(o.hierarchy);
  shoal::check(prototypes.rows() == h.size(), shoal::Errc::invalid_argument, "TEXTS: ", o.texts.file.string(),
               " has ", prototypes.rows(), " rows; there are ", h.size(), " classes",
               o.hierarchy.classes.empty() ? ": without --classes, all nodes of the hierarchy" : "");
  const shoal::Relabeled result =
      shoal::relabel(h, features, labels, prototypes, o.settings, device, progress_bar("relabel"));
  const shoal::RelabelStatistics s = shoal::relabel_statistics(h, result);

  Outputs outputs(o.out, relabel_outputs);
  const Path& out = outputs.staging();
  shoal::npy::write(out / "labels.npy", result.labels);
  shoal::npy::write(out / "confidence.npy", result.confidence);
  shoal::npy::write(out / "path_offsets.npy", result.paths.offsets);
  shoal::npy::write(out / "paths.npy", result.paths.values);
  const nlohmann::ordered_json statistics{{"samples", labels.size()},
                                          {"samples_of_inner_classes", s.inner},
                                          {"moved", s.moved},
                                          {"samples_by_steps", s.by_steps},
                                          {"classes_before", s.classes},
                                          {"classes_that_keep_samples", s.kept_classes},
                                          {"classes_after", s.classes_after}};
  const nlohmann::ordered_json manifest{{"shoal", SHOAL_VERSION_STRING},
                                        {"method", o.leaf ? "HZR" : "p-HZR"},
                                        {"temperature", o.settings.temperature},
                                        {"inputs", file_digests({{"features", o.features},
                                                                 {"labels", o.labels},
                                                                 {"rows", o.rows.ids},
                                                                 {"texts", o.texts.file},
                                                                 {"text_ids", o.texts.ids},
                                                                 {"hierarchy", o.hierarchy.file},
                                                                 {"classes", o.hierarchy.classes}},
                                                                o.out)},
                                        {"statistics", statistics},
                                        {"labels_sha256", file_digest(out / "labels.npy")}};
  write_json(out / "manifest.json", manifest);
  const std::string wrote = outputs.publish();
  if (o.json) {
    std::puts(json_text(statistics).c_str());
    return;
  }
  say("Moved " + grouped(s.moved) + " of " + grouped(s.inner) + " samples of inner classes (" +
      grouped(std::ssize(labels)) + " samples); " + grouped(s.classes) + " classes before, " +
      grouped(s.classes_after) + " after");
  say(wrote);
}

}  // namespace

void add_relabel(CLI::App& app) {
  const auto o = std::make_shared<RelabelOptions>();
  Verb verb(app, "relabel", "Refine labels down a hierarchy by zero-shot classification");
  add_features(verb, o->features, "Features, n × d " + feature_formats).required();
  verb.parts("LABELS", o->labels, "Labels, n (.npy)").required();
  add_rows(verb, o->rows);
  add_hierarchy_options(verb, o->hierarchy, true);
  add_texts(verb, o->texts);
  verb.flag("--leaf", o->leaf,
            "HZR: descend until a leaf. Without it p-HZR: a class competes with its children, and may win");
  verb.number("--temperature", o->settings.temperature, temperatures,
              "Of the softmax over cosines, for confidences");
  verb.output_folder("--out", o->out, relabel_outputs,
                     "Folder for labels, confidence, paths and manifest.json")
      .required();
  verb.flag("--json", o->json, "Print the statistics as JSON");
  add_machine(verb, o->machine);
  add_device(verb, o->machine, "What classifies");
  verb.examples(
      "  shoal relabel examples/data/features.npy examples/data/labels.npy examples/data/class_texts.npy "
      "--hierarchy examples/data/hierarchy.tsv --classes examples/data/classes.tsv --out out/refined\n"
      "  shoal benchmark relabeled examples/data/labels.npy --refined out/refined/labels.npy --out "
      "out/p-hzr");
  verb.runs([o] { run_relabel(*o); });
}
