#include "bench.hpp"

#include <algorithm>

#include <shoal/core/prediction.hpp>
#include <shoal/hierarchy/classes.hpp>
#include <shoal/hierarchy/relations.hpp>
#include <shoal/hierarchy/zero_shot.hpp>
#include <shoal/metrics/alignment.hpp>
#include <shoal/metrics/calibration.hpp>
#include <shoal/metrics/evaluate.hpp>
#include <shoal/metrics/multilabel.hpp>
#include <shoal/metrics/separability.hpp>
#include <shoal/metrics/silhouette.hpp>

using nlohmann::ordered_json;
using shoal::Index;
using shoal::Label;

namespace {

shoal::LabelSets ancestors_of(const Data& data, const Plan& plan, const shoal::Benchmark& b) {
  const auto classes = static_cast<Label>(b.classes.size());
  if (!data.hierarchy) return shoal::ancestor_sets(classes, [](Label) { return std::vector<Label>{}; });
  const std::vector<shoal::Node> nodes = nodes_of(data, plan, b);
  const shoal::Hierarchy among = shoal::restrict_to(*data.hierarchy, nodes);
  return shoal::ancestor_sets(classes,
                              [&](Label c) { return shoal::ancestors(among, c, shoal::Along::dag); });
}

ordered_json reliability(const shoal::Calibration& calibration, const shoal::ConfidenceHistogram& histogram) {
  ordered_json bins = ordered_json::array();
  for (const auto& bin : calibration.bins)
    bins.push_back({{"low", bin.low},
                    {"high", bin.high},
                    {"samples", bin.samples},
                    {"confidence", bin.confidence},
                    {"accuracy", bin.accuracy}});
  return {{"bins", bins}, {"right", histogram.right}, {"wrong", histogram.wrong}};
}

/// A measured zero-shot classification of the held-out rows among the candidates.
ordered_json zero_shot_scores(const Data& data, const Bench& bench, const shoal::Candidates& among,
                              const Device& device) {
  const shoal::Subset rows(data.beside_texts().validation(), bench.validation_rows);
  const std::vector<Label>& truth = bench.benchmark.validation.labels;
  std::vector<Label> labels;  // those of the data: the prototypes are of all classes
  for (const Label c : truth) labels.push_back(bench.benchmark.classes[static_cast<std::size_t>(c)]);
  const auto said = shoal::zero_shot(rows, data.prototypes, among, labels, {}, device);
  const std::vector<std::uint8_t> right = shoal::right_classes(said.labels, labels);
  const auto calibration = shoal::calibration(said.confidence, right);
  return {{"acc", calibration.accuracy},
          {"ece", calibration.expected_error},
          {"confidence", calibration.confidence},
          {"reliability", reliability(calibration, shoal::confidence_histogram(said.confidence, right, 20))}};
}

}  // namespace

Bench::Bench(const Data& data, const Features& features, const Plan& plan, const shoal::Benchmark& b)
    : benchmark(b),
      training_rows(Data::rows_at(data.split.training, b.train.rows)),
      validation_rows(Data::rows_at(data.split.validation, b.validation.rows)),
      training(features.training, training_rows),
      validation(features.validation(), validation_rows),
      sets(ancestors_of(data, plan, b)) {}

ordered_json agreement(const Bench& bench, const shoal::Matrix<Label>& top, const Device& device) {
  const shoal::Quality q =
      shoal::evaluate(shoal::first_column(top), bench.benchmark.validation.labels, device);
  return {{"acc", q.acc}, {"nmi", q.nmi},       {"ami", q.ami},
          {"ari", q.ari}, {"purity", q.purity}, {"clusters", q.clusters}};
}

ordered_json scores(const Bench& bench, const shoal::Matrix<Label>& top, std::span<const float> confidence,
                    bool classes_known, const Device& device) {
  const auto& truth = bench.benchmark.validation.labels;
  ordered_json out;
  if (!classes_known) out = agreement(bench, top, device);
  const auto several =
      shoal::multilabel_accuracy(top, truth, bench.sets, device, shoal::no_label,
                                 classes_known ? shoal::Guesses::classes : shoal::Guesses::clusters);
  out["top1_to_1"] = several.top1_to_1;
  out["top1_to_L"] = several.top1_to_L;
  out["top5_to_1"] = several.topk_to_1;
  out["top5_to_L"] = several.topk_to_L;
  if (confidence.empty()) return out;
  const std::vector<Label> first = shoal::first_column(top);
  const std::vector<std::uint8_t> right =
      classes_known ? shoal::right_classes(first, truth) : shoal::right_samples(first, truth, device);
  const auto calibration = shoal::calibration(confidence, right);
  out["ece"] = calibration.expected_error;
  out["confidence"] = calibration.confidence;
  out["reliability"] = reliability(calibration, shoal::confidence_histogram(confidence, right, 20));
  return out;
}

ordered_json separability(const Bench& bench, shoal::MatrixView<const std::int32_t> neighbors,
                          const TrialSettings& settings, const Device& device) {
  const auto& labels = bench.benchmark.train.labels;
  const auto aligned = shoal::alignment(bench.training, neighbors, labels, device);
  const auto parted =
      shoal::separability(bench.training, labels, {.distance = shoal::Distance::cosine}, device);
  const auto silhouette =
      shoal::silhouette(bench.training, labels,
                        {.distance = shoal::Distance::cosine,
                         .sample = std::min(settings.silhouette_sample, bench.training.rows())},
                        device);
  return {{"alignment", aligned.alignment},
          {"neighbor_purity", aligned.purity},
          {"davies_bouldin", parted.davies_bouldin},
          {"silhouette", silhouette.mean},
          {"silhouette_error", silhouette.standard_error}};
}

ordered_json zero_shot(const Data& data, const Bench& bench, const Device& device) {
  ordered_json out{{"all", zero_shot_scores(data, bench, shoal::every_class(data.classes), device)}};
  if (!data.hierarchy) return out;
  out["level"] = zero_shot_scores(data, bench, shoal::same_level(*data.hierarchy, data.class_nodes), device);
  out["siblings"] =
      zero_shot_scores(data, bench, shoal::siblings_or_level(*data.hierarchy, data.class_nodes), device);
  return out;
}

ordered_json sizes(const Bench& bench) {
  const auto counts = shoal::label_counts(bench.benchmark.train.labels);
  const auto [smallest, most] = std::ranges::minmax(counts.counts);
  const Index least = std::ssize(counts.counts) < bench.classes() ? 0 : smallest;
  return {{"classes", bench.classes()},
          {"training", bench.training.rows()},
          {"validation", bench.validation.rows()},
          {"smallest_class", least},
          {"largest_class", most}};
}
