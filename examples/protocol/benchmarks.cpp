#include "benchmarks.hpp"

#include <shoal/dataset/easy.hpp>
#include <shoal/dataset/granularity.hpp>
#include <shoal/dataset/imbalance.hpp>
#include <shoal/hierarchy/classes.hpp>
#include <shoal/hierarchy/relabel.hpp>
#include <shoal/io/subset.hpp>

using shoal::Benchmark;
using shoal::Index;
using shoal::Label;

namespace {

constexpr const char* coarse = "Granularity";

/// Labels refined by the nearest prototypes along the hierarchy of the classes.
Benchmark refined(const Data& data, bool parent, const shoal::Cpu& cpu) {
  const shoal::Hierarchy classes = shoal::restrict_to(data.hierarchy, data.class_nodes);
  const auto relabel = [&](const std::vector<Index>& rows, const std::vector<Label>& labels) {
    return shoal::relabel(classes, shoal::Subset(data.features, rows), labels, data.prototypes,
                          {.parent = parent}, cpu)
        .labels;
  };
  const auto training = relabel(data.split.training, data.training);
  const auto validation = relabel(data.split.validation, data.validation);
  return shoal::relabeled({data.training, data.validation}, {training, validation});
}

}  // namespace

std::vector<Plan> plan_benchmarks(const Data& data, const PlanSettings& settings,
                                  const std::vector<Judge>& judges, const shoal::Cpu& cpu) {
  const shoal::SplitLabels labels{data.training, data.validation};
  const shoal::LabelCounts counts = shoal::train_counts(labels);
  const auto classes = [labels](std::vector<Label> chosen) {
    return [labels, chosen = std::move(chosen)] { return shoal::select_classes(labels, chosen); };
  };
  std::vector<Plan> plans;
  const auto add = [&](std::string name, std::string group, std::string title, double parameter,
                       std::function<Benchmark()> make) -> Plan& {
    return plans.emplace_back(Plan{.name = std::move(name),
                                   .group = std::move(group),
                                   .title = std::move(title),
                                   .parameter = parameter,
                                   .make = std::move(make)});
  };

  add("all", "Imbalance", "All classes", 0, classes(counts.labels));
  add("odd", "Imbalance", "ODD: odd classes halved", 0,
      [=] { return shoal::halve_odd(labels, settings.seed); });
  const std::vector<Label> imbalanced = shoal::imbalanced_classes(counts);
  add("imbalanced", "Imbalance", "Imbalanced: median and most frequent", 0, classes(imbalanced));
  add("centered", "Imbalance", "Centered: as many around the median", 0,
      classes(shoal::centered_classes(counts, static_cast<Index>(imbalanced.size()))))
      .cluster_shares = settings.cluster_shares;
  for (const Index s : settings.spreads)
    add("frequency_" + std::to_string(s), "Frequency",
        "Percentiles " + std::to_string(50 - s) + " to " + std::to_string(50 + s), static_cast<double>(s),
        classes(shoal::middle_classes(counts, s)));
  for (const int d : settings.depths) {
    Plan& plan =
        add("coarse_" + std::to_string(d), coarse, "Coarse, depth at most " + std::to_string(d), d,
            [&data, labels, d] {
              return shoal::coarsen(labels, shoal::cut_to_depth(data.hierarchy, d), data.class_nodes);
            });
    if (d <= 2) plan.neighbor_counts = settings.neighbor_counts;
  }
  const shoal::Hierarchy among = shoal::restrict_to(data.hierarchy, data.class_nodes);
  std::vector<shoal::Node> own(data.class_nodes.size());
  std::iota(own.begin(), own.end(), shoal::Node{0});
  // Classes without hyponyms in the whole hierarchy: none, where classes were made of inner nodes.
  const std::vector<Label> leaves = shoal::leaf_classes(data.hierarchy, data.class_nodes);
  if (leaves.size() > 1) add("leaves", "Leaves", "Leaves of the hierarchy", 0, classes(leaves));
  add("class_leaves", "Leaves", "Leaves among the classes", 0, classes(shoal::leaf_classes(among, own)));
  if (data.prototypes.rows() > 0) {
    add("hzr", "Leaves", "Relabelled to leaves (HZR)", 0, [&] { return refined(data, false, cpu); });
    add("p_hzr", "Leaves", "Relabelled, parents competing (p-HZR)", 0,
        [&] { return refined(data, true, cpu); });
  }
  const Index easy = settings.easy > 0 ? settings.easy : std::max<Index>(2, std::ssize(counts.labels) / 10);
  const std::string count = std::to_string(easy);
  for (const Judge& judge : judges)
    add(judge.name.empty() ? "easy" : "easy_" + judge.name, "Easy classes",
        "Easiest " + count + " by the probe" + (judge.name.empty() ? "" : " of " + judge.name), 0,
        [=] { return shoal::select_classes(labels, shoal::easiest_classes(judge.accuracy(), easy)); });
  if (judges.size() > 1)
    add("union", "Easy classes", "Union of the easiest", 0, [=] {
      std::vector<Label> all;
      for (const Judge& judge : judges)
        all = shoal::union_of(all, shoal::easiest_classes(judge.accuracy(), easy));
      return shoal::select_classes(labels, all);
    });
  add("random", "Easy classes", "Random " + count, 0,
      classes(shoal::random_classes(counts, easy, settings.seed)));
  return plans;
}

std::vector<shoal::Node> nodes_of(const Data& data, const Plan& plan, const Benchmark& benchmark) {
  if (plan.group == coarse) return {benchmark.classes.begin(), benchmark.classes.end()};
  std::vector<shoal::Node> nodes;
  for (const Label c : benchmark.classes) nodes.push_back(data.class_nodes[static_cast<std::size_t>(c)]);
  return nodes;
}
