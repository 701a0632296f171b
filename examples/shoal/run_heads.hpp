// shoal cluster by trained heads, on any device.
#pragma once

#include "chosen_rows.hpp"
#include "heads_method.hpp"
#include "stopwatch.hpp"

#include <cmath>
#include <optional>

#include <shoal/heads/fit.hpp>
#include <shoal/neighbors/exact.hpp>
#include <shoal/neighbors/mapped_neighbors.hpp>
#include <shoal/sampling/nearest_pairs.hpp>
#include <shoal/sampling/views.hpp>

/// A float as people write it: 0.6, not the double nearest to it.
inline double decimal(float x) { return std::round(static_cast<double>(x) * 1e6) / 1e6; }

/// All settings, for run.json.
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
                             {"standardize", s.standardize},
                             {"precision", name_of(s.precision)}};
  if constexpr (requires { s.objective.beta; }) all["beta"] = decimal(s.objective.beta);
  if constexpr (requires { s.balancer.alpha; }) all["alpha"] = decimal(s.balancer.alpha);
  return all;
}

/// What a training left, for the record and the report.
inline ClusterOutcome heads_outcome(shoal::HeadFit trained) {
  ClusterOutcome outcome;
  for (const shoal::HeadEpoch& epoch : trained.history) outcome.losses.push_back(epoch.best_loss);
  outcome.loss_name = "Loss of the best head";
  outcome.loss_unit = "epoch";
  const std::string epochs = std::to_string(trained.history.size()) + " epochs";
  outcome.stopped =
      trained.stop == shoal::HeadStop::finished ? "Did all " + epochs : "Interrupted after " + epochs;
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

/// Trains heads on a view where one is given, else on nearest neighbours, read or found.
template <class Settings, class Device>
ClusterOutcome run_on(HeadsMethod<Settings>, const ClusterJob& job, const shoal::Cpu&, const Device& device) {
  const auto method = HeadsMethod<Settings>::with(job.options, job.features.rows());
  const shoal::Checkpoints checkpoints{.path = job.options.out / "checkpoint.shoal", .resume = method.resume};
  const auto train = [&](const auto& pairs) {
    const Stopwatch fitting;
    ClusterOutcome outcome =
        heads_outcome(fit(method.settings, job.features, pairs, device, job.hook, checkpoints));
    outcome.seconds["fit"] = fitting.seconds();
    outcome.settings = settings_json(method.settings);
    return outcome;
  };
  if (!method.view.empty()) {
    const ChosenRows view(method.view, job.options.rows);
    const shoal::AnyRows rows = view;
    ClusterOutcome outcome = train(shoal::Views(rows));
    outcome.settings["view"] = method.view.string();
    return outcome;
  }
  const Stopwatch searching;
  shoal::Neighbors found;
  std::optional<shoal::MappedNeighbors> stored;
  if (method.neighbors.empty())
    found = exact_neighbors(job.features, {.count = method.neighbor_count}, device, job.hook);
  else
    stored.emplace(method.neighbors);
  const auto ids = stored ? stored->ids() : shoal::MatrixView<const std::int32_t>(found.ids);
  const double seconds = searching.seconds();
  ClusterOutcome outcome = train(shoal::NearestPairs(ids));
  outcome.seconds["neighbors"] = seconds;
  outcome.settings["neighbors"] = ids.cols;
  if (ids.cols == job.features.rows() - 1)
    outcome.stopped +=
        "; the neighbours of a row are all " + std::to_string(ids.cols) + " others (--neighbor-count)";
  return outcome;
}
