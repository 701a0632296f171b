// shoal neighbors: the nearest rows of every row.
#include "chosen_rows.hpp"
#include "options.hpp"
#include "printable.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include <shoal/neighbors/exact.hpp>
#include <shoal/neighbors/inverted_lists.hpp>

namespace {

using shoal::Index;

struct Options {
  std::filesystem::path features, out;
  RowOptions rows;
  shoal::NeighborSettings settings;
  std::string similarity = "cosine", index = "exact";
  shoal::ListSettings lists;
  Index recall_rows = 1000;
  Machine machine;
};

void run(Options options) {
  if (options.similarity == "inner-product") options.settings.similarity = shoal::Similarity::inner_product;
  const ChosenRows chosen(options.features, options.rows);
  const shoal::AnyRows features = chosen;
  const shoal::Cpu cpu = options.machine.cpu();
  const bool exact = options.index == "exact";
  const auto found =
      exact ? shoal::exact_neighbors(features, options.settings, cpu, progress_bar())
            : shoal::approximate_neighbors(features, options.settings, options.lists, cpu, progress_bar());
  shoal::npy::write(options.out, found.ids);
  std::printf("%lld neighbours of each of %lld rows. %s\n", static_cast<long long>(options.settings.count),
              static_cast<long long>(features.rows()), printable(options.out.string()).c_str());
  if (exact || options.recall_rows == 0) return;
  const double recall =
      shoal::neighbor_recall(features, found, options.settings.similarity, options.recall_rows, cpu);
  std::printf("recall %.3f, against the exact neighbours of %lld rows\n", recall,
              static_cast<long long>(std::min(options.recall_rows, features.rows())));
}

}  // namespace

void add_neighbors(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  Verb verb(app, "neighbors", "Find the nearest neighbours of every row");
  verb.input("FEATURES", options->features, "Features, n × d (.npy)")->required();
  verb.output("--out", options->out, "Where the ids go: int32, n × count, nearest first (.npy)")->required();
  add_rows(verb, options->rows);
  verb.number("--count", options->settings.count, Range<Index>{1, 100'000},
              "Neighbours of each row, itself left out");
  verb.choice("--similarity", options->similarity, {"cosine", "inner-product"}, "What near means");
  verb.choice("--index", options->index, {"exact", "ivf"},
              "ivf divides the rows into lists, and is fast and nearly exact");
  verb.heading("Inverted lists (--index ivf)");
  verb.number("--lists", options->lists.lists, Range<Index>{0, most_things},
              "Lists that k-means divides the rows into; 0 for 2 √n");
  verb.number("--probes", options->lists.probes, Range<Index>{1, most_things},
              "Lists that a row is compared with");
  add_seed(verb, options->lists.seed, "Seed of the k-means");
  verb.number("--recall-rows", options->recall_rows, Range<Index>{0, most_things},
              "Rows searched exactly to measure the recall; 0 for none");
  verb.only_where({"--lists", "--probes", "--seed", "--recall-rows"}, "--index ivf",
                  [options] { return options->index == "ivf"; });
  verb.heading("");
  add_machine(verb, options->machine);
  verb.examples(
      "  shoal neighbors examples/data/features.npy --count 50 --out neighbors.npy\n"
      "  shoal neighbors large.npy --index ivf --probes 24 --memory 8 --out neighbors.npy");
  verb.runs([options] { run(*options); });
}
