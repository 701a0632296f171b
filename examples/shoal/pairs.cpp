// shoal pairs: measures how often neighbours share a class, by rank, and how a model's heads weigh them.
#include "chosen_rows.hpp"
#include "options.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>

#include <nlohmann/json.hpp>

#include <shoal/heads/head_blocks.hpp>
#include <shoal/io/subset.hpp>
#include <shoal/model/saved_model.hpp>
#include <shoal/neighbors/mapped_neighbors.hpp>
#include <shoal/sampling/true_positive_pairs.hpp>

namespace {

using nlohmann::ordered_json;
using shoal::Index;
using shoal::Label;

using Ids = shoal::MatrixView<const std::int32_t>;

struct PairsOptions {
  Path neighbors, labels, model, features;
  RowOptions rows;
  Index sample = 10'000;
  std::uint64_t seed = 0;
  bool json = false;
  Machine machine;
};

/// The k-th neighbour of row i. It is checked where it is used: its file is mapped, and may change.
Index neighbor(Ids ids, Index i, Index k) {
  const std::int32_t id = ids(i, k);
  shoal::check(id >= 0 && id < ids.rows, shoal::Errc::bad_data, "pairs: neighbour ", id, " of row ", i,
               " must be a row, 0 to ", ids.rows - 1);
  return id;
}

/// Returns, for each k, the share of rows with a class whose k-th neighbour has the same class.
std::vector<double> shares(Ids ids, const std::vector<Label>& labels) {
  std::vector<double> shared(static_cast<std::size_t>(ids.cols), 0.);
  Index rows = 0;
  for (Index i = 0; i < ids.rows; ++i) {
    const Label own = labels[static_cast<std::size_t>(i)];
    rows += own >= 0 ? 1 : 0;
    for (Index k = 0; k < ids.cols; ++k) {
      const Label other = labels[static_cast<std::size_t>(neighbor(ids, i, k))];
      shared[static_cast<std::size_t>(k)] += own >= 0 && other == own ? 1 : 0;
    }
  }
  shoal::check(rows > 0, shoal::Errc::bad_data, "pairs: no row has a class");
  for (double& s : shared) s /= static_cast<double>(rows);
  return shared;
}

/// The mean weight w of true-positive pairs, and that of the other pairs.
ordered_json weights(const PairsOptions& o, Ids ids, const std::vector<Label>& labels) {
  const shoal::SavedModel saved = shoal::load_model(o.model);
  const auto* model = std::get_if<shoal::HeadModel>(&saved.model);
  shoal::check(model != nullptr, shoal::Errc::invalid_argument, "pairs: ", o.model.string(),
               " is a model of ", saved.method, "; weights are those of trained heads");
  const ChosenRows features(o.features, o.rows);
  shoal::check(features.rows() == ids.rows, shoal::Errc::invalid_argument, "pairs: ", o.features.string(),
               " has ", features.rows(), " rows taken; the neighbours are of ", ids.rows);
  const shoal::Draw draw{o.seed, 0};
  std::vector<Index> own, other;
  const Index pairs = std::min(o.sample, ids.rows);
  for (Index k = 0; k < pairs; ++k) {
    const Index i = k * ids.rows / pairs;
    if (labels[static_cast<std::size_t>(i)] < 0) continue;
    own.push_back(i);
    other.push_back(neighbor(ids, i, draw.below(ids.cols, i)));
  }
  const shoal::Cpu cpu = o.machine.cpu();
  const shoal::AnyRows rows = features;
  const shoal::Subset x(rows, own), partners(rows, other);
  const std::vector<double> w = shoal::pair_weights(*model, x, partners, cpu);
  double sum[2] = {0, 0};
  Index count[2] = {0, 0};
  for (std::size_t k = 0; k < w.size(); ++k) {
    const bool same = labels[static_cast<std::size_t>(own[k])] == labels[static_cast<std::size_t>(other[k])];
    sum[same] += w[k];
    ++count[same];
  }
  const auto mean = [&](bool same) {
    return count[same] > 0 ? ordered_json(sum[same] / static_cast<double>(count[same])) : ordered_json();
  };
  return {{"true_positives", count[true]},
          {"mean_weight_true_positives", mean(true)},
          {"false_positives", count[false]},
          {"mean_weight_false_positives", mean(false)}};
}

void run_pairs(const PairsOptions& o) {
  const shoal::MappedNeighbors mapped(o.neighbors);
  const auto ids = mapped.ids();
  const auto labels = shoal::npy::read_vector<Label>(o.labels);
  shoal::check(std::ssize(labels) == ids.rows, shoal::Errc::invalid_argument, "pairs: ", o.labels.string(),
               " has ", labels.size(), " labels; ", o.neighbors.string(), " has ", ids.rows, " rows");
  shoal::check(ids.cols > 0, shoal::Errc::bad_data, "pairs: ", o.neighbors.string(), " has no neighbours");
  const std::vector<double> by_rank = shares(ids, labels);
  double all = 0;
  for (const double s : by_rank) all += s / static_cast<double>(by_rank.size());
  ordered_json found{
      {"uses_labels", true}, {"true_positive_share", all}, {"true_positive_share_by_rank", by_rank}};
  if (!o.model.empty()) found["weights"] = weights(o, ids, labels);
  if (o.json) {
    std::puts(json_text(found).c_str());
    return;
  }
  std::printf("%.4f of the neighbours have the row's class; by rank:\n", all);
  for (std::size_t k = 0; k < by_rank.size(); ++k) std::printf("%6zu %.4f\n", k + 1, by_rank[k]);
  if (found.contains("weights"))
    for (const auto& [name, value] : found["weights"].items())
      std::printf("%-28s%s\n", name.c_str(), value.dump().c_str());
}

}  // namespace

void add_pairs(CLI::App& app) {
  const auto o = std::make_shared<PairsOptions>();
  Verb verb(app, "pairs", "Measure, by true classes, the pairs that neighbours make");
  verb.input("NEIGHBORS", o->neighbors, "Neighbours of each row, int32, n × m (shoal neighbors)").required();
  verb.input("LABELS", o->labels, "Their classes, integers, n (.npy), -1 for none").required();
  verb.input(
      "--model", o->model,
      "A model of heads (model.shoal): the mean weight that its heads give to true and to false positives");
  verb.features("--features", o->features, "The features that it was fitted on " + feature_formats);
  add_rows(verb, o->rows);
  verb.only_with("--model", {"--features"});
  verb.only_with("--features", {"--model"});
  for (const char* option : {"--rows", "--no-map"}) verb.only_with(option, {"--features"});
  verb.number("--sample", o->sample, Range<Index>{1, most_things}, "Pairs to weigh, of rows spread evenly");
  add_seed(verb, o->seed, "Of the neighbour of each such row");
  for (const char* option : {"--sample", "--seed"}) verb.only_with(option, {"--model"});
  verb.flag("--json", o->json, "Print JSON");
  add_threads(verb, o->machine);
  verb.examples("  shoal pairs neighbors.npy examples/data/labels.npy");
  verb.runs([o] { run_pairs(*o); });
}
