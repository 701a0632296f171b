// shoal evaluate: computes all scores of a clustering that the given files allow.
#include "cluster_names.hpp"
#include "device.hpp"
#include "feature_file.hpp"
#include "hierarchy_input.hpp"
#include "options.hpp"
#include "outputs.hpp"
#include "picture_sets.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

#include <cstdio>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>

#include <nlohmann/json.hpp>

#include <shoal/hierarchy/relations.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/io/subset.hpp>
#include <shoal/metrics/alignment.hpp>
#include <shoal/metrics/bootstrap.hpp>
#include <shoal/metrics/classwise_calibration.hpp>
#include <shoal/metrics/evaluate.hpp>
#include <shoal/metrics/multilabel.hpp>
#include <shoal/metrics/separability.hpp>
#include <shoal/metrics/silhouette.hpp>

namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;
using shoal::Index;
using shoal::Label;

struct EvaluateOptions {
  Path labels, truth, confidence, probabilities, top, coarse, train, features, neighbors, compare, pictures;
  std::vector<Path> sets;
  HierarchyInput hierarchy;
  RowOptions rows;
  Index none = -1, silhouette = 10'000;
  shoal::FrequencyBounds frequency;
  shoal::DrawSettings draws;
  shoal::CalibrationSettings calibration;
  shoal::BootstrapSettings bootstrap{.replicates = 0};
  std::string distance = "euclidean";
  Path report;
  ReportExtras extras;
  std::string ancestors = "tree";
  bool classifier = false, json = false;
  Machine machine;
};

/// Returns other labels of the same samples.
std::vector<Index> labels_of(std::span<const Index> samples, const Path& samples_file, const Path& file) {
  std::vector<Index> labels = read_parts<Index>(file);
  shoal::check(labels.size() == samples.size(), shoal::Errc::invalid_argument, file.string(), " holds ",
               labels.size(), " labels; ", samples_file.string(), " holds ", samples.size());
  return labels;
}

/// Both labellings, their contingency table, and the class that each cluster stands for.
struct Scored {
  std::vector<Index> labels, truth;
  std::vector<Index> other;  ///< another clustering, or nothing
  shoal::Cpu cpu;
  shoal::Contingency table;
  std::vector<Label> map;   ///< by cluster of the table
  std::vector<Index> rows;  ///< the samples that have both labels

  explicit Scored(const EvaluateOptions& o)
      : labels(read_parts<Index>(o.labels)),
        truth(labels_of(labels, o.labels, o.truth)),
        other(o.compare.empty() ? std::vector<Index>{} : labels_of(labels, o.labels, o.compare)),
        cpu(o.machine.cpu()),
        table(shoal::contingency(labels, truth, cpu, o.none)) {
    shoal::check(table.samples > 0, shoal::Errc::bad_data, "evaluate: no sample of ", o.labels.string(), " (",
                 labels.size(), " labels) has a label there and in ", o.truth.string());
    map = o.classifier ? shoal::same_ids(table) : shoal::assign(table).row_to_col;
    for (std::size_t i = 0; i < labels.size(); ++i)
      if (labels[i] != o.none && truth[i] != o.none) rows.push_back(static_cast<Index>(i));
  }

  /// Returns the entries of an array (one value a sample) for those samples.
  template <class T> std::vector<T> at_rows(const std::vector<T>& values, const Path& file) const {
    check_rows(std::ssize(values), file);
    std::vector<T> picked;
    for (const Index i : rows) picked.push_back(values[static_cast<std::size_t>(i)]);
    return picked;
  }
  void check_rows(Index n, const Path& file) const {
    shoal::check(n == std::ssize(labels), shoal::Errc::invalid_argument, "evaluate: ", file.string(), " (", n,
                 " rows) must have one for each of the ", labels.size(), " labels");
  }
};

void add_frequency(const EvaluateOptions& o, const Scored& s, ordered_json& all) {
  std::map<Index, Index> count;
  for (const Index y : shoal::npy::read_vector<Index>(o.train)) ++count[y];
  std::vector<Index> frequency;
  for (const Index id : s.table.class_ids) frequency.push_back(count[id]);
  const auto bins = shoal::accuracy_by_frequency(s.table, s.map, o.frequency, frequency);
  for (const auto& [name, bin] : {std::pair("many", bins.many), {"medium", bins.medium}, {"few", bins.few}}) {
    if (bin.samples > 0) all[std::string("acc_") + name] = bin.accuracy;
    all[std::string("classes_") + name] = bin.classes;
  }
}

void add_coarse(const EvaluateOptions& o, const Scored& s, ordered_json& all) {
  const auto coarse_of = shoal::npy::read_vector<Label>(o.coarse);
  std::vector<Label> coarse;
  for (const Index id : s.table.class_ids) {
    shoal::check(id >= 0 && id < std::ssize(coarse_of), shoal::Errc::invalid_argument, "evaluate: class ", id,
                 " has no entry in ", o.coarse.string(), " (", coarse_of.size(), " classes)");
    coarse.push_back(coarse_of[static_cast<std::size_t>(id)]);
  }
  all["acc_coarse"] = shoal::coarse_accuracy(s.table, s.map, coarse);
}

/// Reads the confidences from the file and checks them here, where an error can name file and sample.
std::vector<float> read_confidence(const Path& file) {
  auto confidence = shoal::npy::read_vector<float>(file);
  for (std::size_t i = 0; i < confidence.size(); ++i)
    shoal::check(confidence[i] >= 0 && confidence[i] <= 1, shoal::Errc::bad_data, "--confidence: sample ", i,
                 " of ", file.string(), " (", number_text(confidence[i]), ") must be in [0, 1]");
  return confidence;
}

/// Which samples have the class of their cluster, or, of a classifier, the class that it says.
std::vector<std::uint8_t> right_samples(const EvaluateOptions& o, const Scored& s) {
  return o.classifier ? shoal::right_classes(s.labels, s.truth)
                      : shoal::right_samples(s.labels, s.truth, s.cpu, o.none);
}

void add_calibration(const EvaluateOptions& o, const Scored& s, ordered_json& all) {
  const auto confidence = s.at_rows(read_confidence(o.confidence), o.confidence);
  const auto right = s.at_rows(right_samples(o, s), o.labels);
  const auto width = shoal::calibration(confidence, right, o.calibration);
  all["ece"] = width.expected_error;
  all["ece_equal_mass"] =
      shoal::calibration(confidence, right, {o.calibration.bins, shoal::Binning::equal_mass}).expected_error;
  all["mce"] = width.maximum_error;
  all["mean_confidence"] = width.confidence;
  if (!o.json) return;
  for (const auto& bin : width.bins)
    all["reliability"].push_back({{"low", bin.low},
                                  {"high", bin.high},
                                  {"samples", bin.samples},
                                  {"confidence", bin.confidence},
                                  {"accuracy", bin.accuracy}});
  const auto spread = shoal::confidence_histogram(confidence, right);
  all["confidence_histogram"] = {{"right", spread.right}, {"wrong", spread.wrong}};
}

void add_classwise(const EvaluateOptions& o, const Scored& s, ordered_json& all) {
  const auto probabilities = shoal::npy::map(o.probabilities);
  s.check_rows(probabilities.rows(), o.probabilities);
  std::map<Index, Index> cluster_of;  // class → the cluster that stands for it: its column
  for (std::size_t k = 0; k < s.map.size(); ++k)
    if (s.map[k] >= 0)
      cluster_of[s.table.class_ids[static_cast<std::size_t>(s.map[k])]] = s.table.cluster_ids[k];
  std::vector<Index> column;
  for (const Index i : s.rows) {
    const auto found = cluster_of.find(s.truth[static_cast<std::size_t>(i)]);
    column.push_back(found == cluster_of.end() ? -1 : found->second);
  }
  all["ece_classwise"] =
      shoal::classwise_calibration(shoal::Subset(probabilities, s.rows), column, o.calibration.bins, s.cpu)
          .expected_error;
}

/// Reads the label set of each sample from a JSON list of lists or from two arrays of compressed rows; in the
/// order of the rows' pictures if their names are given.
shoal::LabelSets read_sets(const EvaluateOptions& o) {
  const auto& files = o.sets;
  shoal::LabelSets sets = files.size() == 1 ? shoal::read_label_sets(files[0])
                                            : shoal::label_sets(shoal::npy::read_vector<Index>(files[0]),
                                                                shoal::npy::read_vector<Label>(files[1]));
  if (!o.pictures.empty()) return sets_of_pictures(sets, o.pictures);
  std::fprintf(
      stderr,
      "shoal: note: label set i is taken as that of row i; --pictures finds it by the picture's name\n");
  return sets;
}

/// Replaces a classifier's guesses by the numbers of the classes that occur; others get numbers of no class.
void renumber(shoal::Matrix<Label>& top, const shoal::NumberedSets& known) {
  for (Index i = 0; i < top.rows(); ++i)
    for (Index j = 0; j < top.cols(); ++j) {
      const Index number = known.number_of(top(i, j));
      top(i, j) = static_cast<Label>(number == shoal::no_label ? known.sets.size() : number);
    }
}

void add_multilabel(const EvaluateOptions& o, const Scored& s, ordered_json& all) {
  shoal::Matrix<Label> top = shoal::npy::read_matrix<Label>(o.top);
  s.check_rows(top.rows(), o.top);
  const std::string k = "top" + std::to_string(top.cols());
  const auto guesses = o.classifier ? shoal::Guesses::classes : shoal::Guesses::clusters;
  if (!o.sets.empty()) {
    const auto a = shoal::multilabel_accuracy_drawn(top, read_sets(o), o.draws, s.cpu, guesses);
    for (const auto& [name, spread] : {std::pair("top1_to_1", a.top1_to_1), {"top1_to_L", a.top1_to_L}}) {
      all[std::string("drawn_") + name] = spread.mean;
      all[std::string("drawn_") + name + "_deviation"] = spread.deviation;
    }
    for (const auto& [name, spread] : {std::pair("_to_1", a.topk_to_1), {"_to_L", a.topk_to_L}}) {
      all["drawn_" + k + name] = spread.mean;
      all["drawn_" + k + name + "_deviation"] = spread.deviation;
    }
    all["multi_label_samples"] = a.samples;
    return;
  }
  shoal::Hierarchy among;
  if (!o.hierarchy.file.empty()) {
    const shoal::Hierarchy h = o.hierarchy.read();
    among = shoal::restrict_to(h, o.hierarchy.class_nodes(h));
  }
  const auto above = [&](Index id) {
    if (o.hierarchy.file.empty()) return std::vector<shoal::Node>{};
    shoal::check(id >= 0 && id < among.size(), shoal::Errc::invalid_argument, "evaluate: class ", id, " in ",
                 o.truth.string(), " must be in [0, ", among.size(), "), the classes of the hierarchy");
    return shoal::ancestors(among, static_cast<shoal::Node>(id),
                            o.ancestors == "dag" ? shoal::Along::dag : shoal::Along::tree);
  };
  const auto known = shoal::numbered_ancestor_sets(s.truth, above, o.none);
  if (o.classifier) renumber(top, known);
  const auto a = shoal::multilabel_accuracy(top, known.labels, known.sets, s.cpu, shoal::no_label, guesses);
  all[k + "_to_1"] = a.topk_to_1;
  if (o.hierarchy.file.empty()) return;
  all["top1_to_L"] = a.top1_to_L;
  all[k + "_to_L"] = a.topk_to_L;
}

/// Adds scores of how well the clusters, and the true classes, separate the features.
void add_separability(const EvaluateOptions& o, const Scored& s, const shoal::Hook& hook, ordered_json& all) {
  const Device device = open_device(o.machine, "evaluate");
  show_phase(hook, "distances");
  const ChosenRows features(o.features, o.rows);
  s.check_rows(features.rows(), o.features);
  const auto distance = o.distance == "cosine" ? shoal::Distance::cosine : shoal::Distance::euclidean;
  auto labels = s.labels;
  auto truth = s.truth;  // rows without a label in either file are left out of both
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] == o.none || truth[i] == o.none) labels[i] = truth[i] = o.none;
  for (const auto& [prefix, sides] : {std::pair("", &labels), {"truth_", &truth}}) {
    const auto key = [&, prefix = prefix](const char* name) { return std::string(prefix) + name; };
    if (!shoal::is_separable(*sides, s.cpu, o.none)) {  // the other scores are still useful
      for (const char* name : {"davies_bouldin", "calinski_harabasz", "simplified_silhouette", "silhouette"})
        all[key(name)] = nullptr;
      continue;
    }
    const auto parted = shoal::separability(features, *sides, {distance, o.none}, device);
    all[key("davies_bouldin")] = parted.davies_bouldin;
    all[key("calinski_harabasz")] = parted.calinski_harabasz;
    all[key("simplified_silhouette")] = parted.simplified_silhouette;
    const Index sample = o.silhouette >= parted.rows ? 0 : o.silhouette;
    const auto silhouette = shoal::silhouette(
        features, *sides, {.distance = distance, .sample = sample, .seed = o.draws.seed, .none = o.none},
        device, hook);
    all[key("silhouette")] = silhouette.mean;
    if (sample > 0) all[key("silhouette_error")] = silhouette.standard_error;
  }
  if (o.neighbors.empty()) return;
  const auto near =
      shoal::alignment(features, shoal::npy::read_matrix<Label>(o.neighbors), s.truth, device, o.none);
  if (near.pairs > 0) all["alignment"] = near.alignment;
  all["neighbor_purity"] = near.purity;
}

ordered_json as_json(const shoal::Interval& i) {
  return {{"value", i.value}, {"low", i.low}, {"high", i.high}, {"error", i.standard_error}};
}

double accuracy(const EvaluateOptions& o, const shoal::Contingency& t) {
  return o.classifier ? shoal::accuracy(t, shoal::same_ids(t)) : shoal::accuracy(t);
}

/// Adds intervals of the four main scores, or of their differences from another clustering.
void add_uncertainty(const EvaluateOptions& o, const Scored& s, const shoal::Hook& hook, ordered_json& all) {
  if (!s.other.empty()) {
    const shoal::Quality alike = shoal::evaluate(s.labels, s.other, s.cpu, o.none);
    all["agreement"] = {{"acc", alike.acc}, {"nmi", alike.nmi}, {"ami", alike.ami}, {"ari", alike.ari}};
  }
  const auto add = [&](const char* name, double least, auto score) {
    shoal::BootstrapSettings how = o.bootstrap;
    how.least = least;
    if (s.other.empty()) {
      all["intervals"][name] = as_json(shoal::bootstrap(s.labels, s.truth, score, how, s.cpu, o.none));
      return;
    }
    const auto c = shoal::compare(s.labels, s.other, s.truth, score, how, s.cpu, o.none);
    all["intervals"][name] = as_json(c.first);
    all["differences"][name] = as_json(c.difference);
    all["differences"][name]["first_is_better"] = c.first_is_better;
  };
  if (o.bootstrap.replicates == 0) return;
  show_phase(hook, "intervals");
  add("acc", 0, [&](const shoal::Contingency& t) { return accuracy(o, t); });
  add("nmi", 0, [&](const shoal::Contingency& t) {
    return shoal::normalized_information(shoal::information(t, s.cpu));
  });
  add("ami", -1, [&](const shoal::Contingency& t) { return shoal::adjusted_information(t, s.cpu); });
  add("ari", -1,
      [&](const shoal::Contingency& t) { return shoal::adjusted_rand_index(shoal::pair_counts(t)); });
}

/// Returns all scores that the inputs allow, in display order.
ordered_json scores(const EvaluateOptions& o, const shoal::Hook& hook) {
  const Scored s(o);
  const shoal::Quality q = shoal::evaluate(s.table, s.cpu);
  ordered_json all{{"acc", o.classifier ? accuracy(o, s.table) : q.acc},
                   {"nmi", q.nmi},
                   {"ami", q.ami},
                   {"ari", q.ari},
                   {"purity", q.purity},
                   {"homogeneity", q.homogeneity},
                   {"completeness", q.completeness},
                   {"fowlkes_mallows", q.fowlkes_mallows},
                   {"rand", shoal::rand_index(q.pairs)},
                   {"pair_precision", shoal::pair_precision(q.pairs)},
                   {"pair_recall", shoal::pair_recall(q.pairs)},
                   {"pair_f1", shoal::pair_f1(q.pairs)}};
  if (!o.train.empty()) add_frequency(o, s, all);
  if (!o.coarse.empty()) add_coarse(o, s, all);
  if (!o.top.empty()) add_multilabel(o, s, all);
  if (!o.confidence.empty()) add_calibration(o, s, all);
  if (!o.probabilities.empty()) add_classwise(o, s, all);
  if (!o.features.empty()) add_separability(o, s, hook, all);
  add_uncertainty(o, s, hook, all);
  all["samples"] = q.samples;
  all["unlabelled"] = q.unlabelled;
  all["clusters"] = q.clusters;
  all["classes"] = q.classes;
  return all;
}

void print_table(const ordered_json& all, const std::string& prefix) {
  for (const auto& [key, value] : all.items()) {
    const std::string name = prefix + key;
    if (value.is_object() && value.contains("low"))
      std::printf("%-28s%9.4f  in [%.4f, %.4f]\n", name.c_str(), value["value"].get<double>(),
                  value["low"].get<double>(), value["high"].get<double>());
    else if (value.is_object())
      print_table(value, name + " ");
    else if (value.is_null())
      std::printf("%-28sundefined\n", name.c_str());
    else if (value.is_number_float())
      std::printf("%-28s%9.4f\n", name.c_str(), value.get<double>());
    else
      std::printf("%-28s%9lld\n", name.c_str(), value.get<long long>());
  }
}

/// Draws the report of labels from elsewhere.
void draw_report(const EvaluateOptions& o) {
  ReportInput input;
  input.home = fs::absolute(o.report).parent_path();
  const auto labels = read_parts<Index>(o.labels);
  const Index none = o.none;
  constexpr Index most = Index{std::numeric_limits<Label>::max()} + 1;
  std::set<Index> used;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    shoal::check(labels[i] == none || (labels[i] >= 0 && labels[i] < most), shoal::Errc::bad_data,
                 "--report: label ", i, " of ", o.labels.string(), " (", labels[i], ") must be from 0 to ",
                 most - 1);
    input.labels.push_back(labels[i] == none ? Label{-1} : static_cast<Label>(labels[i]));
    if (labels[i] != none) used.insert(labels[i]);
  }
  // Of names that are no numbers from 0 on, those that occur are all clusters that there are.
  const Index last = used.empty() ? -1 : *used.rbegin();
  const Index clusters = last < std::ssize(labels) ? last + 1 : std::ssize(used);
  static_cast<ReportTexts&>(input) = read_extras(o.extras, std::ssize(labels));
  input.truth = read_parts<Index>(o.truth);
  for (Index& y : input.truth)
    if (y == none) y = -1;
  if (!o.confidence.empty()) input.confidence = read_confidence(o.confidence);
  input.run = {{"method", "Labels"}, {"features", o.labels.string()}, {"clusters", clusters}};
  const shoal::Cpu cpu = o.machine.cpu();
  std::optional<ChosenRows> chosen;
  std::optional<shoal::AnyRows> features;
  if (!o.features.empty()) features.emplace(chosen.emplace(o.features, o.rows));
  std::vector<Card> cards = cards_of(features ? &*features : nullptr, input.labels, input.confidence, 5, 0);
  name_clusters(cards, input.labels, input);
  shoal::write_text(o.report, report_page(input, cards, features ? &*features : nullptr, cpu));
}

void run_evaluate(const EvaluateOptions& o) {
  if (!o.report.empty())  // checks all files of the report before the work starts
    (void)read_extras(o.extras, std::ssize(read_parts<Index>(o.labels)));
  shoal::Hook hook = progress_bar("scores");
  const ordered_json all = scores(o, hook);
  show_phase(hook, "report");
  if (!o.report.empty()) draw_report(o);
  hook = {};  // the terminal is free again
  if (o.json)
    std::puts(json_text(all).c_str());
  else
    print_table(all, "");
  if (!o.report.empty() && !o.json) say_written({o.report});
}

/// Adds the options that add scores beyond those of the labels alone.
void add_label_options(Verb& verb, EvaluateOptions& o) {
  verb.number("--no-label", o.none,
              Range<Index>{std::numeric_limits<Label>::min(), std::numeric_limits<Label>::max()},
              "Samples with this label in either file are left out");
  verb.flag("--classifier", o.classifier,
            "LABELS are classes, such as those of shoal probe: no cluster is assigned to a class");
  verb.input("--confidence", o.confidence, "Confidences in [0, 1], n (.npy): calibration errors");
  verb.input("--probabilities", o.probabilities,
             "Probabilities of all clusters, n × clusters (.npy): classwise calibration error");
  verb.number("--bins", o.calibration.bins, Range<Index>{1, 1'000'000}, "Bins of confidence");
  verb.only_with("--bins", {"--confidence", "--probabilities"});
  verb.input("--top5", o.top, "Clusters of each sample, the likeliest first, n × k (.npy)");
  verb.inputs(
          "--multi-label", o.sets,
          "Label sets of the samples: a JSON list of lists (ImageNet ReaL's real.json), or two .npy files, "
          "offsets and labels")
      .expected(1, 2);
  verb.only_with("--multi-label", {"--top5"});
  verb.input(
      "--pictures", o.pictures,
      "The name of each sample's picture, a line each: sample i takes the label set of the number at its "
      "end, as in ILSVRC2012_val_00000293.JPEG");
  verb.only_with("--pictures", {"--multi-label"});
  add_hierarchy_options(verb, o.hierarchy, false);
  verb.not_with("--hierarchy", {"--multi-label"});
  verb.only_with("--hierarchy", {"--top5"});
  verb.choice("--ancestors", o.ancestors, {"tree", "dag"},
              "Which classes are above a class: those on its way up by primary parents, or by all parents");
  verb.only_with("--ancestors", {"--hierarchy"});
  verb.number("--draws", o.draws.draws, Range<Index>{1, 1'000'000}, "Labels drawn from each sample's set");
  verb.only_with("--draws", {"--multi-label"});
  verb.input("--coarse", o.coarse, "Coarse class of each class 0, 1, … (.npy): ACC on coarse classes");
  verb.input("--train-truth", o.train, "Classes of the training samples (.npy): ACC by their frequency");
  verb.number("--many", o.frequency.many, Range<Index>{1, most_things},
              "Classes with so many training samples or more are frequent");
  verb.number("--few", o.frequency.few, Range<Index>{0, most_things},
              "Classes with so few or fewer are rare");
  verb.only_with("--many", {"--train-truth"});
  verb.only_with("--few", {"--train-truth"});
}

void add_feature_options(Verb& verb, EvaluateOptions& o) {
  verb.features("--features", o.features,
                "Features, n × d " + feature_formats + ": Davies-Bouldin, Calinski-Harabasz, silhouettes");
  add_rows(verb, o.rows);
  verb.choice("--distance", o.distance, {"euclidean", "cosine"}, "Between features");
  verb.number("--silhouette", o.silhouette, Range<Index>{1, most_things},
              "Rows to draw for the silhouette, where there are more");
  verb.input("--neighbors", o.neighbors, "Nearest rows, n × m (.npy): alignment, neighbour purity");
  for (const char* option : {"--rows", "--no-map", "--distance", "--silhouette", "--neighbors"})
    verb.only_with(option, {"--features"});
}

}  // namespace

void add_evaluate(CLI::App& app) {
  const auto o = std::make_shared<EvaluateOptions>();
  Verb verb(app, "evaluate", "Score a clustering against true labels");
  verb.parts("LABELS", o->labels, "Clusters, integers, n (.npy)").required();
  verb.parts("TRUTH", o->truth, "Classes, integers, n (.npy)").required();
  add_label_options(verb, *o);
  add_feature_options(verb, *o);
  verb.number("--bootstrap", o->bootstrap.replicates, Range<Index>{0, 1'000'000},
              "Replicates for 95 % intervals; 0 for none");
  verb.input("--compare", o->compare, "Another clustering (.npy): agreement, and differences by --bootstrap");
  add_seed(verb, o->draws.seed, "Seed of all drawing");
  verb.only_with("--seed", {"--multi-label", "--features", "--bootstrap"});
  verb.flag("--json", o->json, "Print JSON, all scores as fractions");
  verb.output("--report", o->report, "Where a page of the labels goes, as shoal cluster's report (.html)");
  verb.parts("--samples", o->extras.samples,
             "A line of text or the path of a picture for each sample (.tsv), for the report", ".tsv");
  verb.input("--class-names", o->extras.class_names, "Lines of class, tab and name (.tsv), for the report");
  verb.only_with("--samples", {"--report"});
  verb.only_with("--class-names", {"--report"});
  add_threads(verb, o->machine);
  add_device(verb, o->machine, "What computes distances");
  verb.only_with("--device", {"--features"});
  verb.examples(
      "  shoal evaluate out/kmeans/labels.npy examples/data/labels.npy\n"
      "  shoal evaluate out/kmeans/labels.npy examples/data/labels.npy --features examples/data/features.npy "
      "--samples examples/data/samples.tsv --report page.html\n"
      "  shoal evaluate out/kmeans/labels.npy examples/data/labels.npy --confidence "
      "out/kmeans/confidence.npy --json\n"
      "  shoal evaluate out/kmeans/labels.npy examples/data/labels.npy --compare out/temi/labels.npy "
      "--bootstrap 200\n"
      "  shoal evaluate out/labels.npy truth.npy --top5 out/top5.npy --multi-label real.json");
  verb.runs([o] {
    o->bootstrap.seed = o->draws.seed;
    run_evaluate(*o);
  });
}
