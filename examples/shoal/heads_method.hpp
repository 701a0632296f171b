// shoal cluster by trained heads, for any method that is a composition of an objective and a balancer.
#pragma once

#include "cluster_job.hpp"
#include "stopwatch.hpp"

#include <cmath>
#include <optional>

#include <shoal/heads/fit.hpp>
#include <shoal/heads/small_data.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/neighbors/exact.hpp>
#include <shoal/neighbors/mapped_neighbors.hpp>
#include <shoal/sampling/nearest_pairs.hpp>
#include <shoal/sampling/views.hpp>

/// β of the objective and α of the balancer, null for a method that has none.
template <class Method> auto* beta_of(Method& settings) {
  if constexpr (requires { settings.objective.beta; })
    return &settings.objective.beta;
  else
    return static_cast<float*>(nullptr);
}
template <class Method> auto* alpha_of(Method& settings) {
  if constexpr (requires { settings.balancer.alpha; })
    return &settings.balancer.alpha;
  else
    return static_cast<float*>(nullptr);
}

/// Sets a constant of a method where the option is given; throws where the method has no such constant.
inline void set_constant(float* constant, float value, const char* option, const std::string& method) {
  if (value <= 0) return;
  shoal::check(constant != nullptr, shoal::Errc::invalid_argument, "cluster: ", option, " (", value,
               ") has no meaning for ", method);
  *constant = value;
}

/// The settings of `Method` with what the options say.
template <class Method> Method heads_settings(const ClusterOptions& options, shoal::Index rows) {
  Method settings;
  settings.clusters = options.clusters;
  settings.seed = options.seed;
  settings.batch = options.batch > 0 ? options.batch : std::min(settings.batch, rows);
  if (options.small_data) settings = shoal::small_data(settings, rows);
  if (options.standardize) settings.standardize = true;
  if (options.heads > 0) settings.heads = options.heads;
  if (options.epochs > 0) settings.epochs = options.epochs;
  if (options.learning_rate > 0) settings.final_rate *= options.learning_rate / settings.learning_rate;
  if (options.learning_rate > 0) settings.learning_rate = options.learning_rate;
  if (options.precision == "bfloat16") settings.precision = shoal::Precision::bfloat16;
  set_constant(beta_of(settings), options.beta, "--beta", options.method);
  set_constant(alpha_of(settings), options.alpha, "--alpha", options.method);
  return settings;
}

/// A float as people write it: 0.6, not the double nearest to it.
inline double decimal(float x) { return std::round(static_cast<double>(x) * 1e6) / 1e6; }

/// All settings, for run.json.
template <class Method> nlohmann::ordered_json settings_json(const Method& s) {
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
  if (const auto* beta = beta_of(s)) all["beta"] = decimal(*beta);
  if (const auto* alpha = alpha_of(s)) all["alpha"] = decimal(*alpha);
  return all;
}

/// What a training left, for the record and the report.
inline ClusterOutcome heads_outcome(const char* name, shoal::HeadFit trained) {
  ClusterOutcome outcome;
  outcome.name = name;
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
  outcome.model = std::move(trained.model);
  return outcome;
}

/// Trains heads on a view where one is given, else on nearest neighbours, read or found. `device`: a
/// shoal::Cpu, or a GPU.
template <class Method, class Device>
ClusterOutcome cluster_by_heads(const char* name, const ClusterOptions& options, shoal::AnyRows features,
                                const Device& device, const shoal::Hook& hook) {
  const auto settings = heads_settings<Method>(options, features.rows());
  const shoal::Checkpoints checkpoints{.path = options.out / "checkpoint.shoal", .resume = options.resume};
  const auto train = [&](const auto& pairs) {
    const Stopwatch fitting;
    ClusterOutcome outcome = heads_outcome(name, fit(settings, features, pairs, device, hook, checkpoints));
    outcome.seconds["fit"] = fitting.seconds();
    outcome.settings = settings_json(settings);
    return outcome;
  };
  if (!options.view.empty()) {
    const auto view = shoal::npy::map(options.view);
    ClusterOutcome outcome = train(shoal::Views(view));
    outcome.settings["view"] = options.view.string();
    return outcome;
  }
  const Stopwatch searching;
  shoal::Neighbors found;
  std::optional<shoal::MappedNeighbors> stored;
  if (options.neighbors.empty())
    found = exact_neighbors(features, {.count = options.neighbor_count}, device, hook);
  else
    stored.emplace(options.neighbors);
  const auto ids = stored ? stored->ids() : shoal::MatrixView<const std::int32_t>(found.ids);
  const double seconds = searching.seconds();
  ClusterOutcome outcome = train(shoal::NearestPairs(ids));
  outcome.seconds["neighbors"] = seconds;
  outcome.settings["neighbors"] = ids.cols;
  return outcome;
}
