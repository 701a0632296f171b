// shoal neighbors: the nearest rows of every row.
#include "options.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include <shoal/io/npy.hpp>
#include <shoal/neighbors/exact.hpp>
#include <shoal/neighbors/inverted_lists.hpp>

namespace {

struct Options {
  std::filesystem::path features, out;
  shoal::NeighborSettings settings;
  std::string index = "exact";
  shoal::ListSettings lists;
  shoal::Index recall_rows = 1000;
  Machine machine;
};

void run(const Options& options) {
  const auto features = shoal::npy::map(options.features);
  const shoal::Cpu cpu = options.machine.cpu();
  const bool exact = options.index == "exact";
  const auto found =
      exact ? shoal::exact_neighbors(features, options.settings, cpu, progress_bar())
            : shoal::approximate_neighbors(features, options.settings, options.lists, cpu, progress_bar());
  shoal::npy::write(options.out, found.ids);
  if (exact || options.recall_rows == 0) return;
  const double recall =
      shoal::neighbor_recall(features, found, options.settings.similarity, options.recall_rows, cpu);
  std::printf("recall %.3f, against the exact neighbours of %lld rows\n", recall,
              static_cast<long long>(std::min(options.recall_rows, features.rows())));
}

}  // namespace

void add_neighbors(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("neighbors", "Find the nearest neighbours of every row");
  verb->add_option("FEATURES", options->features, "Features, n × d (.npy)")->required();
  verb->add_option("--out", options->out, "Where the ids go: int32, n × count, nearest first (.npy)")
      ->required();
  verb->add_option("--count", options->settings.count, "Neighbours of each row, itself left out")
      ->capture_default_str();
  const std::map<std::string, shoal::Similarity> names{{"cosine", shoal::Similarity::cosine},
                                                       {"inner-product", shoal::Similarity::inner_product}};
  verb->add_option("--similarity", options->settings.similarity, "What near means: cosine or inner-product")
      ->transform(CLI::CheckedTransformer(names))
      ->option_text("TEXT [cosine]");
  verb->add_option("--index", options->index, "exact, or ivf: inverted lists, fast and nearly exact")
      ->check(CLI::IsMember({"exact", "ivf"}))
      ->capture_default_str();
  verb->add_option("--lists", options->lists.lists, "ivf: lists that k-means divides the rows into; 0: 2 √n")
      ->capture_default_str();
  verb->add_option("--probes", options->lists.probes, "ivf: lists that a row is compared with")
      ->capture_default_str();
  verb->add_option("--seed", options->lists.seed, "ivf: of the k-means")->capture_default_str();
  verb->add_option("--recall-rows", options->recall_rows,
                   "ivf: rows searched exactly to tell the recall; 0: none")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  add_machine(*verb, options->machine);
  add_examples(*verb,
               "  shoal neighbors examples/data/features.npy --count 50 --out neighbors.npy\n"
               "  shoal neighbors large.npy --index ivf --probes 24 --memory 8 --out neighbors.npy");
  verb->callback([options] { run(*options); });
}
