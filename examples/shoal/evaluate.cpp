// shoal evaluate: the scores of a clustering against a truth.
#include "options.hpp"
#include "verbs.hpp"

#include <cstdio>
#include <filesystem>
#include <memory>

#include <nlohmann/json.hpp>

#include <shoal/io/npy.hpp>
#include <shoal/metrics/calibration.hpp>
#include <shoal/metrics/evaluate.hpp>

namespace {

struct Options {
  std::filesystem::path labels, truth, confidence;
  bool json = false;
  Machine machine;
};

/// All scores that the inputs allow, in the order in which they are shown.
nlohmann::ordered_json scores(const Options& options) {
  const auto labels = shoal::npy::read_vector<shoal::Index>(options.labels);
  const auto truth = shoal::npy::read_vector<shoal::Index>(options.truth);
  const shoal::Cpu cpu = options.machine.cpu();
  const shoal::Quality q = shoal::evaluate(labels, truth, cpu);
  nlohmann::ordered_json all{{"acc", q.acc},
                             {"nmi", q.nmi},
                             {"ami", q.ami},
                             {"ari", q.ari},
                             {"purity", q.purity},
                             {"homogeneity", q.homogeneity},
                             {"completeness", q.completeness},
                             {"fowlkes_mallows", q.fowlkes_mallows}};
  if (!options.confidence.empty()) {
    const auto confidence = shoal::npy::read_vector<float>(options.confidence);
    const auto calibration = shoal::calibration(confidence, shoal::right_samples(labels, truth, cpu));
    all["ece"] = calibration.expected_error;
    all["mean_confidence"] = calibration.confidence;
  }
  all["samples"] = q.samples;
  all["unlabelled"] = q.unlabelled;
  all["clusters"] = q.clusters;
  all["classes"] = q.classes;
  return all;
}

void run(const Options& options) {
  const auto all = scores(options);
  if (options.json) {
    std::puts(all.dump(2).c_str());
    return;
  }
  for (const auto& [name, value] : all.items())
    if (value.is_number_float())
      std::printf("%-18s%8.4f\n", name.c_str(), value.get<double>());
    else
      std::printf("%-18s%8lld\n", name.c_str(), value.get<long long>());
}

}  // namespace

void add_evaluate(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("evaluate", "Score a clustering against true labels");
  verb->add_option("LABELS", options->labels, "Clusters, integers, n (.npy); -1 for none")->required();
  verb->add_option("TRUTH", options->truth, "Classes, integers, n (.npy); -1 for none")->required();
  verb->add_option("--confidence", options->confidence,
                   "Confidences in [0, 1], n (.npy): adds the calibration error");
  verb->add_flag("--json", options->json, "Print JSON, all scores as fractions");
  add_machine(*verb, options->machine);
  add_examples(*verb,
               "  shoal evaluate out/labels.npy examples/data/labels.npy\n"
               "  shoal evaluate out/labels.npy truth.npy --confidence out/confidence.npy --json");
  verb->callback([options] { run(*options); });
}
