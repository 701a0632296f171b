// shoal neighbors: finds the nearest rows of every row, or of other rows.
#include "chosen_rows.hpp"
#include "device.hpp"
#include "html.hpp"
#include "listed.hpp"
#include "neighbor_search.hpp"
#include "options.hpp"
#include "outputs.hpp"
#include "plan_line.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

#include <memory>
#include <string>

namespace {

using shoal::Index;

struct NeighborOptions {
  Path features, queries, out, distances;
  RowOptions rows;
  shoal::NeighborSettings settings;
  std::string similarity = "cosine", index = "exact";
  shoal::ListSettings lists;
  Index recall_rows = 1000;
  Machine machine;
};

shoal::Similarity similarity_of(const std::string& name) {
  if (name == "inner-product") return shoal::Similarity::inner_product;
  return name == "euclidean" ? shoal::Similarity::euclidean : shoal::Similarity::cosine;
}

NeighborIndex index_of(const std::string& name) {
  if (name == "auto") return NeighborIndex::automatic;
  return name == "ivf" ? NeighborIndex::ivf : NeighborIndex::exact;
}

/// Returns the plan of a search for the neighbours of the rows themselves, or of `queries` other rows.
WorkPlan plan_of(const NeighborOptions& o, shoal::AnyRows features, std::optional<Index> queries,
                 const Device& device) {
  const NeighborIndex index = index_of(o.index);
  const auto n = static_cast<double>(features.rows()), d = static_cast<double>(features.cols());
  const shoal::NeighborShape shape{features.rows(), features.cols(), queries};
  WorkPlan plan;
  const bool exact = searched_exactly(index, features.rows());
  plan.work = "rows, " + counted(grouped(o.settings.count), "neighbour") + " of each" +
              (queries ? " of " + grouped(*queries) + " queries" : "") + ", " +
              (exact ? "exact" : "by inverted lists");
  plan.bytes = neighbor_plan(o.settings, index, o.lists, shape, device).total();
  if (exact) plan.products = queries ? n * d * static_cast<double>(*queries) : n * n * d / 2;
  if (o.machine.device == "cpu")
    plan.seconds = neighbor_seconds(features, o.settings, index, o.lists, o.machine.cpu());
  if (queries) plan.seconds *= 2 * static_cast<double>(*queries) / n;
  if (exact && !queries && plan.seconds > 3600)
    plan.advice = "--index ivf takes a fraction of that, nearly exact";
  return plan;
}

void run_neighbors(NeighborOptions o) {
  const Device device = open_device(o.machine, "neighbors");
  o.settings.similarity = similarity_of(o.similarity);
  o.settings.keep_similarities = !o.distances.empty();
  const ChosenRows chosen(o.features, o.rows);
  const shoal::AnyRows features = chosen;
  std::optional<shoal::FeatureFile> queries;
  if (!o.queries.empty()) queries = read_features(o.queries);
  const Index asking = queries ? queries->rows() : features.rows();
  shoal::check(!queries || queries->cols() == features.cols(), shoal::Errc::invalid_argument,
               "--queries: ", o.queries.string(), " has ", queries ? queries->cols() : 0, " columns, ",
               o.features.string(), " ", features.cols());
  const Index others = features.rows() - (queries ? 0 : 1);
  shoal::check(o.settings.count <= others, shoal::Errc::invalid_argument, "--count (", o.settings.count,
               ") must be at most ", others, ", the rows that there are to choose from");
  print_plan(features, plan_of(o, features, queries ? std::optional(asking) : std::nullopt, device),
             o.machine);
  FoundNeighbors found;
  {
    const shoal::Hook hook = progress_bar("neighbors");
    if (queries)
      found.neighbors = shoal::exact_neighbors(*queries, features, o.settings, device, hook);
    else
      found = find_neighbors(features, features.rows(), o.settings, index_of(o.index), o.lists, o.recall_rows,
                             device, hook);
    show_phase(hook, "writing");
    shoal::npy::write(o.out, found.neighbors.ids);
    if (!o.distances.empty()) shoal::npy::write(o.distances, found.neighbors.similarities);
  }
  say("Found " + counted(grouped(o.settings.count), "neighbour") + " of each of " + grouped(asking) +
      " rows, " + found.how() + ".");
  say_written(o.distances.empty() ? std::vector{o.out} : std::vector{o.out, o.distances});
}

void add_list_options(Verb& verb, NeighborOptions& options) {
  verb.heading("Inverted lists (--index ivf or auto)");
  verb.number("--lists", options.lists.lists, Range<Index>{0, most_things},
              "Lists that k-means divides the rows into; 0 for 2 √n");
  verb.number("--probes", options.lists.probes, Range<Index>{1, most_things},
              "Lists that a row is compared with");
  add_seed(verb, options.lists.seed, "Seed of the k-means");
  verb.number("--recall-rows", options.recall_rows, Range<Index>{0, most_things},
              "Rows searched exactly to measure the recall; 0 for none");
  verb.only_where({"--lists", "--probes", "--seed", "--recall-rows"}, "--index ivf or auto",
                  [&options] { return options.index != "exact"; });
  verb.heading("");
}

}  // namespace

void add_neighbors(CLI::App& app) {
  const auto options = std::make_shared<NeighborOptions>();
  Verb verb(app, "neighbors", "Find the nearest neighbours of every row, or of other rows");
  add_features(verb, options->features, "Features, n × d " + feature_formats).required();
  verb.output("--out", options->out, "Where the ids go: int32, n × count, nearest first (.npy)").required();
  verb.output("--distances", options->distances,
              "Where the cosines, inner products or Euclidean distances go: float32, n × count (.npy)");
  verb.features("--queries", options->queries,
                "Other rows, as wide, whose neighbours among FEATURES are wanted " + feature_formats);
  add_rows(verb, options->rows);
  verb.number("--count", options->settings.count, Range<Index>{1, 100'000},
              "Neighbours of each row, itself left out");
  verb.choice("--similarity", options->similarity, {"cosine", "inner-product", "euclidean"},
              "What near means");
  verb.choice(
      "--index", options->index, {"exact", "ivf", "auto"},
      "ivf divides the rows into lists, and is fast and nearly exact; auto takes it above 100,000 rows");
  verb.must([options] {
    if (!options->queries.empty() && options->index != "exact")
      throw UsageError("--queries are searched exactly: --index (" + options->index +
                       ") has no meaning beside them");
  });
  add_list_options(verb, *options);
  add_machine(verb, options->machine);
  add_device(verb, options->machine, "What searches");
  verb.examples(
      "  shoal neighbors examples/data/features.npy --count 50 --out neighbors.npy\n"
      "  shoal neighbors examples/data/features.npy --queries examples/data/class_texts.npy --distances "
      "cosines.npy --out nearest.npy\n"
      "  shoal neighbors examples/data/features.npy --index ivf --probes 48 --memory 8 --out lists.npy");
  verb.runs([options] { run_neighbors(*options); });
}
