// shoal zero-shot: classifies rows by the text embeddings of the classes.
#include "device.hpp"
#include "feature_file.hpp"
#include "hierarchy_input.hpp"
#include "html.hpp"
#include "options.hpp"
#include "outputs.hpp"
#include "prompts.hpp"
#include "terminal.hpp"
#include "text_rows.hpp"
#include "verbs.hpp"

#include <cstdio>
#include <memory>

#include <nlohmann/json.hpp>

#include <shoal/hierarchy/prototypes.hpp>
#include <shoal/hierarchy/temperature.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/io/subset.hpp>
#include <shoal/metrics/calibration.hpp>
#include <shoal/version.hpp>

namespace {

using shoal::Index;
using shoal::Label;

struct ZeroShotOptions {
  Path features, labels, lemmas, out;
  TextRows texts;
  HierarchyInput hierarchy;
  RowOptions rows;
  std::string among = "all";
  Index prompts = 1;
  shoal::ZeroShotSettings settings;
  bool calibrate = false, json = false;
  Machine machine;
};

const std::vector<std::string> zero_shot_outputs{"manifest.json", "labels.npy", "top.npy", "confidence.npy",
                                                 "prototypes.npy"};

/// Returns the prototype of each class, from its text or from the lemma that its samples vote for. Sets the
/// number of prompts to the table's if the table has a line for each text.
shoal::Matrix<float> prototypes(ZeroShotOptions& o, shoal::AnyRows features, const std::vector<Label>& labels,
                                const Device& device) {
  const shoal::Matrix<float> texts = o.texts.read(o.hierarchy);
  const LemmaTable table = o.lemmas.empty() ? LemmaTable{} : read_lemma_table(o.lemmas);
  if (table.texts) o.prompts = table.prompts;
  const std::vector<Label>& owner = table.classes;
  shoal::check(o.lemmas.empty() || texts.rows() == std::ssize(owner) * o.prompts,
               shoal::Errc::invalid_argument, "zero-shot: ", o.texts.file.string(), " (", texts.rows(),
               " rows) must have ", o.prompts, " for each of the ", owner.size(), " lemmas of ",
               o.lemmas.string());
  shoal::Matrix<float> lemmas = shoal::lemma_prototypes(shoal::Rows(texts), o.prompts);
  if (o.lemmas.empty()) return lemmas;
  const Label last = owner.empty() ? -1 : *std::max_element(owner.begin(), owner.end());
  return shoal::lemma_vote(features, labels, lemmas, owner, last + 1, device, progress_bar("zero-shot"))
      .prototypes;
}

shoal::Candidates candidates(const ZeroShotOptions& o, Index classes) {
  if (o.among == "all") return shoal::every_class(classes);
  const shoal::Hierarchy h = o.hierarchy.read();
  const std::vector<shoal::Node> nodes = o.hierarchy.class_nodes(h);
  shoal::check(static_cast<Index>(nodes.size()) == classes, shoal::Errc::invalid_argument,
               "zero-shot: the texts are of ", classes, " classes, the hierarchy's class list has ",
               nodes.size());
  if (o.among == "level") return shoal::same_level(h, nodes);
  if (o.among == "siblings") return shoal::siblings_or_level(h, nodes);
  return shoal::hyponyms(shoal::restrict_to(h, nodes));
}

/// Every tenth row with its label, on which the temperature is fitted.
float fitted_temperature(shoal::AnyRows features, const shoal::Matrix<float>& prototypes,
                         const shoal::Candidates& among, const std::vector<Label>& labels,
                         const Device& device) {
  std::vector<Index> rows;
  std::vector<Label> held;
  for (std::size_t i = 0; i < labels.size(); i += 10) {
    rows.push_back(static_cast<Index>(i));
    held.push_back(labels[i]);
  }
  return shoal::fit_temperature(shoal::Subset(features, rows), prototypes, among, held, device,
                                progress_bar("zero-shot"));
}

/// Returns accuracy and calibration, without the rows on which the temperature was fitted.
nlohmann::ordered_json scores(const ZeroShotOptions& o, const shoal::ZeroShot& result,
                              const std::vector<Label>& labels) {
  std::vector<float> confidence;
  std::vector<std::uint8_t> right;
  double top = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (o.calibrate && i % 10 == 0) continue;
    confidence.push_back(result.confidence[i]);
    right.push_back(result.labels[i] == labels[i]);
    const auto best = result.top.view().span(static_cast<Index>(i));
    top += std::find(best.begin(), best.end(), labels[i]) != best.end();
  }
  const auto c = shoal::calibration(confidence, right);
  return {{"acc", c.accuracy},
          {"acc_top" + std::to_string(o.settings.top), top / static_cast<double>(confidence.size())},
          {"ece", c.expected_error},
          {"mean_confidence", c.confidence}};
}

void run_zero_shot(ZeroShotOptions o) {
  const Device device = open_device(o.machine, "zero-shot");
  const ChosenRows features(o.features, o.rows);
  const auto labels = o.labels.empty() ? std::vector<Label>{} : features.of(read_parts<Label>(o.labels));
  shoal::check(o.labels.empty() || std::ssize(labels) == features.rows(), shoal::Errc::invalid_argument,
               "--labels: ", o.labels.string(), " has ", labels.size(), " labels; ", o.features.string(),
               " has ", features.rows(), " rows");
  const shoal::Matrix<float> w = prototypes(o, features, labels, device);
  const shoal::Candidates among = candidates(o, w.rows());
  if (o.calibrate) o.settings.temperature = fitted_temperature(features, w, among, labels, device);
  const shoal::ZeroShot result =
      shoal::zero_shot(features, w, among, labels, o.settings, device, progress_bar("zero-shot"));

  Outputs outputs(o.out, zero_shot_outputs);
  const Path& out = outputs.staging();
  shoal::npy::write(out / "labels.npy", result.labels);
  shoal::npy::write(out / "top.npy", result.top);
  shoal::npy::write(out / "confidence.npy", result.confidence);
  shoal::npy::write(out / "prototypes.npy", w);
  nlohmann::ordered_json all{{"shoal", SHOAL_VERSION_STRING},
                             {"among", o.among},
                             {"prompts", o.prompts},
                             {"temperature", o.settings.temperature},
                             {"inputs", file_digests({{"features", o.features},
                                                      {"rows", o.rows.ids},
                                                      {"texts", o.texts.file},
                                                      {"text_ids", o.texts.ids},
                                                      {"lemmas", o.lemmas},
                                                      {"labels", o.labels},
                                                      {"hierarchy", o.hierarchy.file},
                                                      {"classes", o.hierarchy.classes}},
                                                     o.out)},
                             {"labels_sha256", file_digest(out / "labels.npy")}};
  if (!labels.empty() && o.among != "hyponyms") all["scores"] = scores(o, result, labels);
  write_json(out / "manifest.json", all);
  const std::string wrote = outputs.publish();
  if (o.json) {
    std::puts(json_text(all.contains("scores") ? all["scores"] : all).c_str());
    return;
  }
  say("Classified " + grouped(std::ssize(result.labels)) + " rows among " + grouped(w.rows()) + " classes");
  if (all.contains("scores"))
    for (const auto& [name, value] : all["scores"].items())
      say(name + " " + decimals(value.get<double>(), 4));
  say(wrote);
}

}  // namespace

void add_zero_shot(CLI::App& app) {
  const auto o = std::make_shared<ZeroShotOptions>();
  Verb verb(app, "zero-shot", "Classify by the text embeddings of the classes");
  add_features(verb, o->features, "Features, n × d " + feature_formats).required();
  add_rows(verb, o->rows);
  add_hierarchy_options(verb, o->hierarchy, false);
  add_texts(verb, o->texts);
  verb.only_where({"--hierarchy"}, "--text-ids or --among level, siblings or hyponyms",
                  [o] { return o->among != "all" || !o->texts.ids.empty(); });
  verb.parts("--labels", o->labels,
             "True labels, n (.npy): adds scores, and says the candidates of each row");
  verb.number("--prompts", o->prompts, Range<Index>{1, 1'000'000},
              "Rows of TEXTS for each class (or lemma): one a prompt");
  verb.input("--lemmas", o->lemmas,
             "TEXTS are of lemmas, by this table of shoal hierarchy lemmas: each class takes the lemma that "
             "its samples vote for. A table made with --prompts has a line for each row of TEXTS");
  verb.must([o, prompts_given = verb.given("--prompts")] {
    if (prompts_given() && !o->lemmas.empty() && read_lemma_table(o->lemmas).texts)
      throw UsageError("--prompts says what " + o->lemmas.string() + " says already");
  });
  verb.only_with("--lemmas", {"--labels"});
  verb.choice("--among", o->among, {"all", "level", "siblings", "hyponyms"},
              "Candidates of a row: all classes, or those of its label's level, siblings or hyponyms");
  verb.must([o] {
    if (o->among != "all" && (o->labels.empty() || o->hierarchy.file.empty()))
      throw UsageError("--among " + o->among + " needs --labels and --hierarchy");
  });
  verb.number("--top", o->settings.top, Range<Index>{1, most_things}, "Classes to keep for each row");
  verb.number("--temperature", o->settings.temperature, temperatures, "Of the softmax over cosines");
  verb.flag("--calibrate", o->calibrate, "Fit the temperature on every tenth row; score the others");
  verb.not_with("--calibrate", {"--temperature"});
  verb.only_with("--calibrate", {"--labels"});
  verb.output_folder("--out", o->out, zero_shot_outputs,
                     "Folder for labels, top, confidence, prototypes and manifest.json")
      .required();
  verb.flag("--json", o->json, "Print the scores as JSON; the manifest where there are none");
  add_machine(verb, o->machine);
  add_device(verb, o->machine, "What classifies");
  verb.examples(
      "  shoal zero-shot examples/data/features.npy examples/data/class_texts.npy --labels "
      "examples/data/labels.npy --out out/zero\n"
      "  shoal zero-shot examples/data/features.npy examples/data/class_texts.npy --labels "
      "examples/data/labels.npy --hierarchy examples/data/hierarchy.tsv --classes examples/data/classes.tsv "
      "--among siblings --out out/siblings");
  verb.runs([o] { run_zero_shot(*o); });
}
