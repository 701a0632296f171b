// shoal refine: improves labels from any source on the graph of the rows' neighbours.
#include "options.hpp"
#include "outputs.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

#include <cstdio>
#include <memory>
#include <string>

#include <shoal/graph/neighbor_graph.hpp>
#include <shoal/graph/refine.hpp>
#include <shoal/io/npy.hpp>

namespace {

using shoal::Index;

struct RefineOptions {
  Path labels, neighbors, out;
  std::string objective = "pmi";
  double resolution = 1;
  shoal::RefineSettings settings;
  Machine machine;
};

void run_refine(const RefineOptions& options) {
  const auto labels = shoal::npy::read_vector<shoal::Label>(options.labels);
  const shoal::MappedNeighbors neighbors(options.neighbors);
  shoal::check(std::ssize(labels) == neighbors.ids().rows, shoal::Errc::invalid_argument,
               "refine: ", options.labels.string(), " has ", labels.size(), " labels; ",
               options.neighbors.string(), " has ", neighbors.ids().rows, " rows");
  for (std::size_t i = 0; i < labels.size(); ++i)
    shoal::check(labels[i] >= 0, shoal::Errc::bad_data, options.labels.string(), ": the label of row ", i,
                 " (", labels[i], ") must not be negative");
  const shoal::Cpu cpu = options.machine.cpu();
  const shoal::NeighborGraph graph = shoal::neighbor_graph(neighbors, cpu);
  const auto by = [&](const auto& objective) {
    return refine(std::span<const shoal::Label>(labels), graph, objective, options.settings, cpu,
                  progress_bar());
  };
  const shoal::Refinement found =
      options.objective == "pmi" ? by(shoal::Pmi{}) : by(shoal::Modularity{options.resolution});
  shoal::npy::write(options.out, found.labels);
  Index moved = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) moved += labels[i] != found.labels[i];
  const double total = graph.total > 0 ? graph.total : 1;
  std::printf("%s from %.5f to %.5f in %zu %s; %lld of %zu rows have another label\n",
              options.objective.c_str(), found.before / total, found.objective / total, found.sweeps.size(),
              found.sweeps.size() == 1 ? "sweep" : "sweeps", static_cast<long long>(moved), labels.size());
  say_written({options.out});
}

}  // namespace

void add_refine(CLI::App& app) {
  const auto options = std::make_shared<RefineOptions>();
  Verb verb(app, "refine", "Improve labels by the neighbours of the rows");
  verb.input("LABELS", options->labels, "Labels from anywhere, integers from 0, n (.npy)").required();
  verb.input("NEIGHBORS", options->neighbors, "Neighbours of each row, int32, n × m (shoal neighbors)")
      .required();
  verb.output("--out", options->out, "Where the labels go: int32, n; clusters keep their numbers (.npy)")
      .required();
  verb.choice("--objective", options->objective, {"pmi", "modularity"},
              "What moves raise: the information of neighbours and the cluster they share, or modularity");
  verb.number("--resolution", options->resolution, Range<double>{0, 1e9},
              "Resolution of modularity: the larger, the smaller the clusters that it favours");
  verb.only_where({"--resolution"}, "--objective modularity",
                  [options] { return options->objective == "modularity"; });
  verb.number("--sweeps", options->settings.sweeps, Range<Index>{0, 1'000'000}, "The most sweeps");
  verb.number("--tolerance", options->settings.tolerance, Range<double>{0, 1},
              "Stop when a sweep moves fewer than this share of the rows");
  add_seed(verb, options->settings.seed, "Seed of the order in which rows are visited");
  add_machine(verb, options->machine);
  verb.examples("  shoal refine out/kmeans/labels.npy neighbors.npy --out refined.npy");
  verb.runs([options] { run_refine(*options); });
}
