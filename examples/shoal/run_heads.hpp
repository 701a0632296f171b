// Runs shoal cluster with trained heads, on any device.
#pragma once

#include "chosen_rows.hpp"
#include "heads_method.hpp"
#include "html.hpp"
#include "job_views.hpp"
#include "listed.hpp"
#include "neighbor_search.hpp"
#include "outputs.hpp"
#include "path.hpp"
#include "plan_line.hpp"
#include "stopwatch.hpp"

#include <algorithm>
#include <cmath>
#include <concepts>
#include <optional>
#include <vector>

#include <shoal/core/sample.hpp>
#include <shoal/heads/fit.hpp>
#include <shoal/io/subset.hpp>
#include <shoal/neighbors/exact.hpp>
#include <shoal/neighbors/mapped_neighbors.hpp>
#include <shoal/sampling/nearest_pairs.hpp>
#include <shoal/sampling/oracle_pairs.hpp>
#include <shoal/sampling/true_positive_pairs.hpp>
#include <shoal/sampling/views.hpp>

/// Rounds a float so that it prints in its shortest form: 0.6, not the nearest double.
inline double decimal(float x) { return std::round(static_cast<double>(x) * 1e6) / 1e6; }

/// Returns all settings for run.json.
template <class Settings> nlohmann::ordered_json settings_json(const Settings& s) {
  nlohmann::ordered_json all{{"heads", s.heads},
                             {"epochs", s.epochs},
                             {"batch", s.batch},
                             {"learning_rate", s.learning_rate},
                             {"final_rate", s.final_rate},
                             {"warmup_epochs", s.warmup_epochs},
                             {"frozen_epochs", s.frozen_epochs},
                             {"weight_decay", s.weight_decay},
                             {"optimizer", s.optimizer == shoal::Optimizer::adamw ? "adamw" : "adam"},
                             {"student_temperature", s.student_temperature},
                             {"teacher_temperature", s.teacher_temperature},
                             {"teacher_momentum", s.teacher_momentum},
                             {"marginal_momentum", s.marginal_momentum},
                             {"hidden", s.hidden},
                             {"bottleneck", s.bottleneck},
                             {"plain", s.plain},
                             {"standardize", s.standardize},
                             {"precision", name_of(s.precision)}};
  if constexpr (requires { s.objective.confidence; }) {
    all["consistency"] = decimal(s.objective.consistency);
    all["confidence"] = decimal(s.objective.confidence);
  }
  if constexpr (requires { s.objective.beta; }) all["beta"] = decimal(s.objective.beta);
  if constexpr (requires { s.balancer.alpha; }) all["alpha"] = decimal(s.balancer.alpha);
  return all;
}

/// Returns the results of a training for the record and the report.
inline ClusterOutcome heads_outcome(shoal::HeadFit trained) {
  ClusterOutcome outcome;
  for (const shoal::HeadEpoch& epoch : trained.history) outcome.losses.push_back(epoch.best_loss);
  outcome.loss_name = "Loss of the best head";
  outcome.loss_unit = "epoch";
  const std::string epochs = counted(std::to_string(trained.history.size()), "epoch");
  outcome.stopped = trained.stop == shoal::HeadStop::finished ? "Did " + epochs
                    : trained.history.empty()                 ? "Interrupted in the first epoch"
                                                              : "Interrupted after " + epochs;
  if (!trained.history.empty()) {
    const shoal::HeadEpoch& last = trained.history.back();
    outcome.details = {{"best_head", last.best_head},
                       {"occupied_clusters", last.occupied_clusters},
                       {"normalised_entropy", last.normalised_entropy},
                       {"head_agreement", last.head_agreement},
                       {"planned_bytes", trained.plan.total()}};
  }
  outcome.prediction = std::move(static_cast<shoal::Prediction&>(trained));
  outcome.model = std::move(trained.model);
  return outcome;
}

/// Returns the approximate seconds for a step, measured over three steps with up to two heads on rows spread
/// over the source; 0 if the rows can't be trained on, which the training itself then reports.
template <class Settings, class Device>
double step_seconds(Settings settings, shoal::AnyRows features, const Device& device) {
  using shoal::Index;
  const Index heads = settings.heads;
  settings.heads = std::min<Index>(heads, 2);
  settings.epochs = 3;  // one step each, of which the first is not timed
  const std::vector<Index> ids = shoal::spread_rows(features.rows(), settings.batch);
  const shoal::Subset rows(features, ids);
  const shoal::AnyRows batch = rows;
  double before = 0, least = 0;
  const Stopwatch time;
  const shoal::Hook note = [&](const shoal::Progress& now) {
    if (now.phase == "heads" && now.done > 1 && (least == 0 || time.seconds() - before < least))
      least = time.seconds() - before;
    before = time.seconds();
    return true;
  };
  try {
    (void)fit(settings, batch, shoal::Views(batch), device, note);
  } catch (const shoal::error&) {
    return 0;
  }
  return least * static_cast<double>(heads) / static_cast<double>(settings.heads);
}

/// Returns the plan of a training, including the neighbour search if it is needed.
template <class Settings, class Device>
WorkPlan plan_of(const HeadsMethod<Settings>& method, const ClusterJob& job, const shoal::Cpu& cpu,
                 const Device& device) {
  const auto& s = method.settings;
  const shoal::Index n = job.features.rows(), steps = s.epochs * (n / s.batch);
  const bool finds = method.views.empty() && method.neighbors.empty() && method.class_pairs.empty();
  constexpr bool on_cpu = std::same_as<Device, shoal::Cpu>;
  const NeighborIndex index = on_cpu ? method.index : NeighborIndex::exact;
  const shoal::NeighborSettings neighbors{.count = method.neighbor_count};
  WorkPlan plan;
  plan.work = "rows into " + grouped(s.clusters) + " clusters, " + counted(grouped(s.heads), "head") + ", " +
              counted(grouped(s.epochs), "epoch") + " of " + counted(grouped(n / s.batch), "step");
  if (finds)
    plan.work += "; " + counted(grouped(method.neighbor_count), "neighbour") + " of each row, " +
                 (searched_exactly(index, n) ? "exact" : "by inverted lists (--index)");
  plan.products =
      6 * 2 * static_cast<double>(steps * s.batch) * static_cast<double>(s.shape(job.features.cols()).size());
  plan.bytes = shoal::plan(s, job.features.cols(), device).total();
  if (steps > 6) plan.seconds = static_cast<double>(steps) * step_seconds(s, job.features, device);
  if (plan.seconds > 3600)
    plan.advice = "This takes hours: fewer --heads or --epochs take that much less, and " +
                  std::string(s.precision == shoal::Precision::float32 ? "--precision bfloat16" : "a GPU") +
                  " may be faster";
  if constexpr (on_cpu)
    if (finds) {
      plan.seconds += neighbor_seconds(job.features, neighbors, index, {}, cpu);
      // The search ends before the training, which keeps what it found.
      const std::size_t search = neighbor_plan(neighbors, index, {}, {n, job.features.cols()}, cpu).total();
      plan.bytes = std::max(search, plan.bytes + shoal::neighbors_bytes(n, neighbors));
    }
  return plan;
}

/// Finds the neighbours from which a training draws its pairs; on a CPU by the method's index.
template <class Settings, class Device>
FoundNeighbors pairs_for(const HeadsMethod<Settings>& method, const ClusterJob& job, const shoal::Cpu& cpu,
                         const Device& device) {
  const shoal::NeighborSettings settings{.count = method.neighbor_count};
  if constexpr (std::same_as<Device, shoal::Cpu>)
    return find_neighbors(job.features, job.features.rows(), settings, method.index, {}, 1000, cpu, job.hook);
  FoundNeighbors found;
  const Stopwatch time;
  found.neighbors = exact_neighbors(job.features, settings, device, job.hook);
  found.seconds = time.seconds();
  return found;
}

/// Marks the outcome as one that has used labels, so that it is not taken for an unsupervised result.
inline ClusterOutcome with_labels(ClusterOutcome outcome, const std::string& pairs, const Path& file) {
  outcome.details["uses_labels"] = {{"pairs", pairs}, {"labels", file.string()}};
  outcome.stopped += "; it has seen labels, as its pairs are " + pairs;
  return outcome;
}

/// Finds neighbours and trains heads in this process. Others may do so with more (cluster_ranks.cpp).
template <class Device> struct HeadsHere {
  const shoal::Cpu& cpu;
  const Device& device;

  template <class Settings>
  [[nodiscard]] FoundNeighbors neighbors(const HeadsMethod<Settings>& method, const ClusterJob& job) const {
    return pairs_for(method, job, cpu, device);
  }
  template <class Settings>
  [[nodiscard]] shoal::HeadFit fit(const Settings& settings, const ClusterJob& job,
                                   shoal::MatrixView<const std::int32_t> neighbors,
                                   const shoal::Checkpoints& checkpoints) const {
    return fit(settings, job, shoal::NearestPairs(neighbors), checkpoints);
  }
  template <class Settings>
  [[nodiscard]] shoal::HeadFit fit(const Settings& settings, const ClusterJob& job, const OtherViews& views,
                                   const shoal::Checkpoints& checkpoints) const {
    return fit(settings, job, shoal::Views(views), checkpoints);
  }
  template <class Settings, shoal::Sampler Pairs>
  [[nodiscard]] shoal::HeadFit fit(const Settings& settings, const ClusterJob& job, const Pairs& pairs,
                                   const shoal::Checkpoints& checkpoints) const {
    return shoal::fit(settings, job.features, pairs, device, job.hook, checkpoints);
  }
};

/// Trains heads on views of the rows if any are given, on pairs of a class if labels are, otherwise on
/// nearest neighbours, read or found.
template <class Settings, class Device, class Fitter>
ClusterOutcome run_heads(const ClusterJob& job, const shoal::Cpu& cpu, const Device& device,
                         const Fitter& fitter) {
  const auto method = HeadsMethod<Settings>::with(job.options, job.features.rows());
  print_plan(job.features, plan_of(method, job, cpu, device), job.options.machine);
  for (const std::string& warning : method.warnings()) say("Warning: " + warning);
  const shoal::Checkpoints checkpoints{.path = job.options.out / "checkpoint.shoal", .resume = method.resume};
  const auto train = [&](const auto& pairs) {
    const Stopwatch fitting;
    ClusterOutcome outcome = heads_outcome(fitter.fit(method.settings, job, pairs, checkpoints));
    outcome.seconds["fit"] = fitting.seconds();
    outcome.settings = settings_json(method.settings);
    if (!method.warnings().empty()) outcome.details["warnings"] = method.warnings();
    return outcome;
  };
  const auto labels_in = [&](const Path& file, const char* option) {
    const ChosenRows rows(job.options.features, job.options.rows);
    auto labels = rows.of(shoal::npy::read_vector<shoal::Label>(file));
    shoal::check(std::ssize(labels) == rows.rows(), shoal::Errc::invalid_argument, option, ": ",
                 file.string(), " holds ", labels.size(), " labels; the features have ", rows.rows(),
                 " rows");
    return labels;
  };
  if (!method.class_pairs.empty()) {
    ClusterOutcome outcome = train(shoal::OraclePairs(labels_in(method.class_pairs, "--class-pairs")));
    return with_labels(std::move(outcome), "rows of one class", method.class_pairs);
  }
  if (!method.views.empty()) {
    std::list<ChosenRows> files;
    OtherViews views;
    for (const Path& file : method.views) {
      const shoal::AnyRows rows = files.emplace_back(file, job.options.rows);
      views.emplace_back(rows);
    }
    ClusterOutcome outcome = train(views);
    if (views.size() == 1)
      outcome.settings["view"] = method.views.front().string();
    else
      outcome.settings["views"] = views_json(method.views);
    return outcome;
  }
  const std::vector<shoal::Label> classes =
      method.true_pairs.empty() ? std::vector<shoal::Label>{} : labels_in(method.true_pairs, "--true-pairs");
  FoundNeighbors found;
  std::optional<shoal::MappedNeighbors> stored;
  if (method.neighbors.empty())
    found = fitter.neighbors(method, job);
  else
    stored.emplace(method.neighbors);
  const auto ids = stored ? stored->ids() : shoal::MatrixView<const std::int32_t>(found.neighbors.ids);
  ClusterOutcome outcome = method.true_pairs.empty()
                               ? train(ids)
                               : train(shoal::TruePositivePairs(ids, classes, method.true_share));
  if (!method.true_pairs.empty())
    outcome =
        with_labels(std::move(outcome), number_text(100 * method.true_share) + " % true-positive neighbours",
                    method.true_pairs);
  outcome.seconds["neighbors"] = found.seconds;
  outcome.settings["neighbors"] = ids.cols;
  if (!stored) outcome.details["neighbors"] = found.how();
  if (ids.cols == job.features.rows() - 1)
    outcome.stopped +=
        "; the neighbours of a row are all " + std::to_string(ids.cols) + " others (--neighbor-count)";
  return outcome;
}

/// Heads of any method, in this process.
template <class Settings, class Device>
ClusterOutcome run_on(HeadsMethod<Settings>, const ClusterJob& job, const shoal::Cpu& cpu,
                      const Device& device) {
  return run_heads<Settings>(job, cpu, device, HeadsHere<Device>{cpu, device});
}
