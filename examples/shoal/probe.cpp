// shoal probe: measures how well a linear classifier separates the classes, an upper bound for clusterings.
#include "device.hpp"
#include "feature_file.hpp"
#include "options.hpp"
#include "outputs.hpp"
#include "printable.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

#include <cmath>
#include <cstdio>
#include <memory>

#include <nlohmann/json.hpp>

#include <shoal/core/prediction.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/io/standardize.hpp>
#include <shoal/io/subset.hpp>
#include <shoal/probe/linear.hpp>
#include <shoal/probe/split.hpp>

namespace {

using nlohmann::ordered_json;
using shoal::Index;
using shoal::Label;

struct ProbeOptions {
  Path features, labels, validation_features, validation_labels, out;
  RowOptions rows, validation_rows;
  double share = 0.2;
  bool raw = false, whole_grid = false, probabilities = false, json = false;
  shoal::LinearProbe probe;
  Machine machine;
};

const std::vector<std::string> probe_outputs{"probe.json",     "class_accuracy.npy", "weights.npy",
                                             "labels.npy",     "truth.npy",          "top5.npy",
                                             "confidence.npy", "probabilities.npy",  "validation.npy"};

/// Returns the labels of the given rows.
std::vector<Label> pick(const std::vector<Label>& labels, const std::vector<Index>& rows) {
  std::vector<Label> picked;
  for (const Index i : rows) picked.push_back(labels[static_cast<std::size_t>(i)]);
  return picked;
}

ordered_json report(const ProbeOptions& options, const shoal::ProbeResult& result, Index training,
                    Index validation) {
  const auto& best = result.points[static_cast<std::size_t>(result.best)];
  const auto& highest = result.points[static_cast<std::size_t>(result.highest)];
  ordered_json all{{"accuracy", result.accuracy},
                   {"macro_accuracy", result.macro_accuracy},
                   {"learning_rate", best.learning_rate},
                   {"weight_decay", best.weight_decay},
                   {"epochs", best.epochs},
                   {"highest_accuracy", highest.best_accuracy},
                   {"highest_at",
                    {{"epoch", highest.best_epoch},
                     {"learning_rate", highest.learning_rate},
                     {"weight_decay", highest.weight_decay},
                     {"of_every_epoch", options.probe.score_epochs}}},
                   {"training", training},
                   {"validation", validation},
                   {"classes", result.classifier.classes()},
                   {"standardized", !options.raw},
                   {"batch", options.probe.batch},
                   {"momentum", options.probe.momentum},
                   {"seed", options.probe.seed},
                   {"stopped", result.stopped}};
  for (const auto& p : result.points)
    all["grid"].push_back({{"learning_rate", p.learning_rate},
                           {"weight_decay", p.weight_decay},
                           {"epochs", p.epochs},
                           {"loss", p.loss},
                           {"accuracy", p.accuracy},
                           {"best_accuracy", p.best_accuracy},
                           {"best_epoch", p.best_epoch}});
  return all;
}

/// Trains, writes the files, and prints the results.
void probe(const ProbeOptions& options, shoal::AnyRows rows, const std::vector<Label>& labels,
           shoal::AnyRows held_out, const std::vector<Label>& truth, const Device& device, Outputs& outputs) {
  const auto scaling =
      options.raw ? shoal::ColumnScaling{std::vector<float>(static_cast<std::size_t>(rows.cols()), 0.f),
                                         std::vector<float>(static_cast<std::size_t>(rows.cols()), 1.f)}
                  : shoal::column_scaling(rows, device);
  const shoal::Standardized training(rows, scaling), validation(held_out, scaling);
  const auto result = fit(options.probe, training, labels, validation, truth, device, progress_bar("probe"));
  const auto said =
      shoal::classify(result.classifier, validation, std::min<Index>(5, result.classifier.classes()), device);

  const Path& out = outputs.staging();
  const std::vector<float> by_class(result.class_accuracy.begin(), result.class_accuracy.end());
  shoal::npy::write(out / "class_accuracy.npy", by_class);
  shoal::npy::write(out / "weights.npy", shoal::for_raw_rows(result.classifier, scaling).weights);
  shoal::npy::write(out / "labels.npy", shoal::first_column(said.top));
  shoal::npy::write(out / "truth.npy", truth);
  shoal::npy::write(out / "top5.npy", said.top);
  shoal::npy::write(out / "confidence.npy", said.confidence);
  if (options.probabilities)
    shoal::npy::write(out / "probabilities.npy", shoal::probabilities(result.classifier, validation, device));
  const ordered_json all = report(options, result, rows.rows(), held_out.rows());
  write_json(out / "probe.json", all);
  const std::string wrote = outputs.publish();
  if (options.json) {
    std::puts(json_text(all).c_str());
    return;
  }
  std::printf(
      "accuracy %.4f, macro accuracy %.4f (learning rate %g, weight decay %g; %lld training rows, %lld held "
      "out)\n",
      result.accuracy, result.macro_accuracy, all["learning_rate"].get<double>(),
      all["weight_decay"].get<double>(), static_cast<long long>(rows.rows()),
      static_cast<long long>(held_out.rows()));
  const auto& highest = result.points[static_cast<std::size_t>(result.highest)];
  std::printf("highest accuracy %.4f, after epoch %d of %d%s\n", highest.best_accuracy, highest.best_epoch,
              options.probe.epochs,
              options.probe.score_epochs ? "" : ", of the epochs that were scored (--score-epochs for all)");
  say(wrote);
}

/// Throws if a label is so large that a column of weights for every class up to it can't be intended.
void check_labels(const std::vector<Label>& labels, const Path& file, Index given) {
  constexpr Index most = 1'000'000;
  if (given > 0) return;  // the library checks labels against the given number of classes
  for (std::size_t i = 0; i < labels.size(); ++i)
    shoal::check(
        labels[i] < most, shoal::Errc::bad_data, "probe: the class of sample ", i, " of ", file.string(),
        " (", labels[i], ") must be below ", most,
        ", as a probe has weights for every class from 0 to the largest; number the classes from 0, or "
        "name --classes if so many are meant");
}

void run_probe(ProbeOptions options) {
  options.probe.race = !options.whole_grid;
  const Device device = open_device(options.machine, "probe");
  const ChosenRows features(options.features, options.rows);
  // This check precedes the split, after which rows have other numbers.
  shoal::check_finite_rows(("probe: " + options.features.string()).c_str(), features, device);
  const std::vector<Label> labels = features.of(read_parts<Label>(options.labels));
  check_labels(labels, options.labels, options.probe.classes);
  Outputs outputs(options.out, probe_outputs);
  if (!options.validation_features.empty()) {
    options.validation_rows.read = options.rows.read;
    const ChosenRows held_out(options.validation_features, options.validation_rows);
    shoal::check_finite_rows(("probe: " + options.validation_features.string()).c_str(), held_out, device);
    probe(options, features, labels, held_out, held_out.of(read_parts<Label>(options.validation_labels)),
          device, outputs);
    return;
  }
  shoal::check(std::ssize(labels) == features.rows(), shoal::Errc::invalid_argument,
               "probe: ", options.labels.string(), " (", labels.size(),
               " labels) must have a label for each of the ", features.rows(), " rows of ",
               options.features.string());
  const shoal::StratifiedSplit split = shoal::stratified_split(labels, options.share, options.probe.seed);
  shoal::check(!split.validation.empty(), shoal::Errc::invalid_argument, "probe: ", options.labels.string(),
               " has no class with rows enough to set ", options.share,
               " of them aside (--validation-share); give --validation-features");
  if (options.probe.classes == 0)
    for (const Label y : labels) options.probe.classes = std::max<Index>(options.probe.classes, y + 1);
  shoal::npy::write(outputs.staging() / "validation.npy", split.validation);
  probe(options, shoal::Subset(features, split.training), pick(labels, split.training),
        shoal::Subset(features, split.validation), pick(labels, split.validation), device, outputs);
}

}  // namespace

void add_probe(CLI::App& app) {
  const auto options = std::make_shared<ProbeOptions>();
  auto& p = options->probe;
  Verb verb(app, "probe", "Train a linear probe over a grid of settings: accuracy by class");
  add_features(verb, options->features, "Training features, n × d " + feature_formats).required();
  verb.parts("LABELS", options->labels, "Their classes, integers, n (.npy)").required();
  add_rows(verb, options->rows);
  verb.output_folder("--out", options->out, probe_outputs,
                     "Folder for probe.json, class_accuracy.npy, weights.npy and, of the held-out rows, "
                     "labels.npy, truth.npy, top5.npy, confidence.npy")
      .required();
  verb.features("--validation-features", options->validation_features,
                "Held-out features " + feature_formats);
  verb.parts("--validation-labels", options->validation_labels, "Their classes (.npy)");
  verb.only_with("--validation-features", {"--validation-labels"});
  verb.only_with("--validation-labels", {"--validation-features"});
  verb.input("--validation-rows", options->validation_rows.ids,
             "Numbers of the held-out rows to take, as shoal benchmark's validation_rows.npy (.npy)");
  verb.only_with("--validation-rows", {"--validation-features"});
  verb.number("--validation-share", options->share, Range<double>{0.001, 0.999},
              "Without held-out features: the share of each class set aside; validation.npy names the rows");
  verb.not_with("--validation-share", {"--validation-features"});
  verb.flag("--raw", options->raw, "Train on the features as they are, not on standardised columns");
  verb.flag("--whole-grid", options->whole_grid, "Train every grid point to the end, with no race");
  verb.flag(
      "--score-epochs", p.score_epochs,
      "Score the held-out rows after every epoch, to report the highest accuracy obtained, as the paper");
  verb.flag("--probabilities", options->probabilities,
            "Write probabilities.npy too, those of all classes for the held-out rows, n × classes");
  verb.numbers("--learning-rates", p.learning_rates, {0, 1e6, true}, "The grid's learning rates");
  verb.numbers("--weight-decays", p.weight_decays, {0, 1e6}, "The grid's weight decays");
  verb.number("--classes", p.classes, Range<Index>{0, most_things},
              "Number of classes; 0 for one more than the largest label");
  verb.number("--epochs", p.epochs, Range<int>{1, 1'000'000}, "Passes over the training rows");
  verb.number("--batch", p.batch, Range<Index>{1, 100'000'000}, "Rows in a step");
  verb.number("--momentum", p.momentum, Range<double>{0, 0.9999}, "Momentum of SGD");
  add_seed(verb, p.seed, "Seed of the split and the order of rows");
  verb.flag("--json", options->json, "Print JSON, accuracies as fractions");
  add_threads(verb, options->machine);
  add_device(verb, options->machine, "What trains the probe");
  verb.examples(
      "  shoal probe examples/data/features.npy examples/data/labels.npy --out out/probe\n"
      "  shoal probe train.npy y.npy --validation-features val.npy --validation-labels vy.npy --out "
      "out/probe");
  verb.runs([options] { run_probe(*options); });
}
