// shoal neighbors: the nearest rows of every row.
#include "options.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

#include <filesystem>
#include <map>
#include <memory>

#include <shoal/io/npy.hpp>
#include <shoal/neighbors/exact.hpp>

namespace {

struct Options {
  std::filesystem::path features, out;
  shoal::NeighborSettings settings;
  Machine machine;
};

void run(const Options& options) {
  const auto features = shoal::npy::map(options.features);
  const auto found =
      shoal::exact_neighbors(features, options.settings, options.machine.cpu(), progress_bar());
  shoal::npy::write(options.out, found.ids);
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
  add_machine(*verb, options->machine);
  add_examples(*verb, "  shoal neighbors examples/data/features.npy --count 50 --out neighbors.npy");
  verb->callback([options] { run(*options); });
}
