#include "benchmarks.hpp"

#include <shoal/dataset/easy.hpp>
#include <shoal/dataset/granularity.hpp>
#include <shoal/dataset/imbalance.hpp>
#include <shoal/hierarchy/classes.hpp>
#include <shoal/hierarchy/relabel.hpp>
#include <shoal/io/subset.hpp>

using nlohmann::ordered_json;
using shoal::Benchmark;
using shoal::Index;
using shoal::Label;

namespace {

constexpr const char* coarse = "Granularity";

ordered_json statistics(const shoal::Hierarchy& h, const shoal::Relabeled& result, Index kept) {
  const shoal::RelabelStatistics s = shoal::relabel_statistics(h, result);
  const auto samples = static_cast<double>(result.labels.size());
  return {{"samples", result.labels.size()},
          {"of_inner_classes", s.inner},
          {"moved", s.moved},
          {"moved_share", static_cast<double>(s.moved) / samples},
          {"moved_share_of_inner",
           s.inner > 0 ? static_cast<double>(s.moved) / static_cast<double>(s.inner) : 0.},
          {"by_steps", s.by_steps},
          {"classes_before", s.classes},
          {"classes_after", s.classes_after},
          {"dropped_samples", std::ssize(result.labels) - kept}};
}

/// Labels refined by the nearest prototypes along the hierarchy of the classes, of those features that lie in
/// the prototypes' space.
Benchmark refined(const Data& data, bool parent, const Device& device, ordered_json& facts) {
  const shoal::Hierarchy classes = shoal::restrict_to(*data.hierarchy, data.class_nodes);
  const auto relabel = [&](const shoal::FeatureFile& features, const std::vector<Index>& rows,
                           const std::vector<Label>& labels) {
    return shoal::relabel(classes, shoal::Subset(features, rows), labels, data.prototypes, {.parent = parent},
                          device);
  };
  const Features& features = data.beside_texts();
  const auto training = relabel(features.training, data.split.training, data.training);
  const auto validation = relabel(features.validation(), data.split.validation, data.validation);
  Benchmark made = shoal::relabeled({data.training, data.validation}, {training.labels, validation.labels});
  facts["relabelled"] = {{"training", statistics(classes, training, std::ssize(made.train.rows))},
                         {"validation", statistics(classes, validation, std::ssize(made.validation.rows))},
                         {"classes_kept", made.classes.size()}};
  return made;
}

bool named(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end() || std::ranges::find(names, "every") != names.end();
}

/// Throws for names of benchmarks that there are not.
void check_names(const std::vector<Plan>& plans, const std::vector<std::string>& names, const char* option) {
  for (const std::string& name : names)
    shoal::check(name == "every" || std::ranges::any_of(plans, [&](const Plan& p) { return p.name == name; }),
                 shoal::Errc::invalid_argument, "protocol: ", option, " (", name,
                 ") must be the name of a benchmark, or every");
}

/// Adds the benchmarks that a hierarchy makes.
template <class Classes, class Add>
void add_of_hierarchy(const Data& data, const PlanSettings& settings, shoal::SplitLabels labels,
                      const Device& device, const Classes& classes, const Add& add) {
  const int roots =
      data.hierarchy->roots().size() > 1 ? 1 : 0;  // d counts from the roots of a forest as from 1
  for (const int d : settings.depths) {
    if (d < roots) continue;
    Plan& plan =
        add("coarse_" + std::to_string(d), coarse, "Coarse, depth at most " + std::to_string(d),
            static_cast<double>(d), [&data, labels, depth = d - roots](ordered_json&) {
              return shoal::coarsen(labels, shoal::cut_to_depth(*data.hierarchy, depth), data.class_nodes);
            });
    if (d <= 2) plan.neighbor_counts = settings.neighbor_counts;
  }
  const shoal::Hierarchy among = shoal::restrict_to(*data.hierarchy, data.class_nodes);
  std::vector<shoal::Node> own(data.class_nodes.size());
  std::iota(own.begin(), own.end(), shoal::Node{0});
  // Classes without hyponyms in the whole hierarchy: none, where classes were made of inner nodes.
  const std::vector<Label> leaves = shoal::leaf_classes(*data.hierarchy, data.class_nodes);
  if (leaves.size() > 1) add("leaves", "Leaves", "Leaves of the hierarchy", 0, classes(leaves));
  add("class_leaves", "Leaves", "Leaves among the classes", 0, classes(shoal::leaf_classes(among, own)));
  if (data.prototypes.rows() == 0) return;
  add("hzr", "Leaves", "Relabelled to leaves (HZR)", 0,
      [&data, &device](ordered_json& facts) { return refined(data, false, device, facts); });
  add("p_hzr", "Leaves", "Relabelled, parents competing (p-HZR)", 0,
      [&data, &device](ordered_json& facts) { return refined(data, true, device, facts); });
}

}  // namespace

std::vector<Plan> plan_benchmarks(const Data& data, const PlanSettings& settings,
                                  const std::vector<Judge>& judges, const Device& device) {
  const shoal::SplitLabels labels{data.training, data.validation};
  const shoal::LabelCounts counts = shoal::train_counts(labels);
  const auto classes = [labels](std::vector<Label> chosen) {
    return
        [labels, chosen = std::move(chosen)](ordered_json&) { return shoal::select_classes(labels, chosen); };
  };
  std::vector<Plan> plans;
  const auto add = [&](std::string name, std::string group, std::string title, double parameter,
                       std::function<Benchmark(ordered_json&)> make) -> Plan& {
    Plan& plan = plans.emplace_back();
    plan.by_model = !data.models.empty() && named(settings.by_model, name);
    if (named(settings.over_cluster, name)) plan.cluster_shares = settings.cluster_shares;
    plan.name = std::move(name);
    plan.group = std::move(group);
    plan.title = std::move(title);
    plan.parameter = parameter;
    plan.make = std::move(make);
    return plan;
  };

  add("all", "Imbalance", "All classes", 0, classes(counts.labels)).zero_shot = data.prototypes.rows() > 0;
  add("odd", "Imbalance", "ODD: odd classes halved", 0,
      [=](ordered_json&) { return shoal::halve_odd(labels, settings.seed); });
  const std::vector<Label> imbalanced = shoal::imbalanced_classes(counts);
  add("imbalanced", "Imbalance", "Imbalanced: median and most frequent", 0, classes(imbalanced));
  add("centered", "Imbalance", "Centered: as many around the median", 0,
      classes(shoal::centered_classes(counts, static_cast<Index>(imbalanced.size()))));
  for (const Index s : settings.spreads)
    add("frequency_" + std::to_string(s), "Frequency",
        "Percentiles " + std::to_string(50 - s) + " to " + std::to_string(50 + s), static_cast<double>(s),
        classes(shoal::middle_classes(counts, s)));
  if (data.hierarchy) add_of_hierarchy(data, settings, labels, device, classes, add);
  const Index easy = settings.easy > 0 ? settings.easy : std::max<Index>(2, std::ssize(counts.labels) / 10);
  const std::string count = std::to_string(easy);
  for (const Judge& judge : judges)
    add(judge.name.empty() ? "easy" : "easy_" + judge.name, "Easy classes",
        "Easiest " + count + " by the probe" + (judge.name.empty() ? "" : " of " + judge.name), 0,
        [=](ordered_json&) {
          return shoal::select_classes(labels, shoal::easiest_classes(judge.accuracy(), easy));
        });
  if (judges.size() > 1)
    add("union", "Easy classes", "Union of the easiest", 0, [=](ordered_json&) {
      std::vector<Label> all;
      for (const Judge& judge : judges)
        all = shoal::union_of(all, shoal::easiest_classes(judge.accuracy(), easy));
      return shoal::select_classes(labels, all);
    });
  add("random", "Easy classes", "Random " + count, 0,
      classes(shoal::random_classes(counts, easy, settings.seed)));
  check_names(plans, settings.over_cluster, "--over-cluster");
  check_names(plans, settings.by_model, "--by-model");
  return plans;
}

std::vector<shoal::Node> nodes_of(const Data& data, const Plan& plan, const Benchmark& benchmark) {
  if (!data.hierarchy) return {};
  if (plan.group == coarse) return {benchmark.classes.begin(), benchmark.classes.end()};
  std::vector<shoal::Node> nodes;
  for (const Label c : benchmark.classes) nodes.push_back(data.class_nodes[static_cast<std::size_t>(c)]);
  return nodes;
}
