// shoal predict: assigns other rows to the clusters of a model.
#include "chosen_rows.hpp"
#include "device.hpp"
#include "html.hpp"
#include "label_table.hpp"
#include "options.hpp"
#include "outputs.hpp"
#include "run_folder.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

#include <memory>

#include <shoal/model/saved_model.hpp>
#include <shoal/version.hpp>

namespace {

struct PredictOptions {
  Path model, features, out;
  RowOptions rows;
  std::string format = "npy";
  std::string by;  ///< empty: the model's default
  shoal::Index top = 5;
  bool probabilities = false;
  Machine machine;
};

/// Returns the number of columns that a model was fitted on.
shoal::Index columns_of(const shoal::Model& model) {
  if (const auto* centroids = std::get_if<shoal::KMeansModel>(&model)) return centroids->centroids.cols();
  if (const auto* graph = std::get_if<shoal::GraphModel>(&model)) return graph->rows.cols();
  return std::get<shoal::HeadModel>(model).shape.features;
}

const std::vector<std::string> predict_outputs{"predict.json", "labels.npy",     "top5.npy",
                                               "top.npy",      "confidence.npy", "probabilities.npy",
                                               "labels.csv",   "labels.tsv",     "labels.parquet"};

/// Returns the probabilities [n × C] of heads. Throws invalid_argument for other models.
shoal::Matrix<float> probabilities(const shoal::SavedModel& saved, shoal::AnyRows features,
                                   const Device& device) {
  const auto* heads = std::get_if<shoal::HeadModel>(&saved.model);
  shoal::check(heads != nullptr, shoal::Errc::invalid_argument,
               "predict: --probabilities has no meaning for a model of ", saved.method, "; heads have them");
  return shoal::probabilities(*heads, features, device);
}

/// Sets how rows find their clusters in a model that offers a choice.
void choose(shoal::SavedModel& saved, const std::string& by) {
  auto* graph = std::get_if<shoal::GraphModel>(&saved.model);
  shoal::check(graph != nullptr, shoal::Errc::invalid_argument,
               "predict: --by has no meaning for a model of ", saved.method,
               "; models of the neighbour graph have it");
  graph->by = by == "neighbors" ? shoal::PredictBy::neighbors : shoal::PredictBy::centroids;
}

void run_predict(const PredictOptions& options) {
  const Device device = open_device(options.machine, "predict");
  shoal::SavedModel saved = shoal::load_model(options.model);
  if (!options.by.empty()) choose(saved, options.by);
  const ChosenRows features(options.features, options.rows);
  shoal::check(features.cols() == columns_of(saved.model), shoal::Errc::invalid_argument,
               "predict: ", options.features.string(), " has ", features.cols(), " columns; ",
               options.model.string(), " was fitted on ", columns_of(saved.model));
  const shoal::Hook hook = progress_bar("labels");
  const shoal::Prediction prediction = shoal::predict(saved.model, features, device, options.top, hook);
  show_phase(hook, "writing");
  Outputs outputs(options.out, predict_outputs);
  shoal::npy::write(outputs.staging() / "labels.npy", prediction.labels);
  shoal::npy::write(outputs.staging() / (options.top == 5 ? "top5.npy" : "top.npy"), prediction.top);
  if (options.probabilities)
    shoal::npy::write(outputs.staging() / "probabilities.npy", probabilities(saved, features, device));
  shoal::npy::write(outputs.staging() / "confidence.npy", prediction.confidence);
  write_label_table(outputs.staging(), options.format, features, prediction);
  write_json(outputs.staging() / "predict.json", {{"shoal", SHOAL_VERSION_STRING},
                                                  {"model", options.model.string()},
                                                  {"method", saved.method},
                                                  {"features", options.features.string()},
                                                  {"rows", features.rows()}});
  const std::string wrote = outputs.publish();
  say("Labelled " + grouped(features.rows()) + " rows by " + saved.method);
  say(wrote);
}

}  // namespace

void add_predict(CLI::App& app) {
  const auto options = std::make_shared<PredictOptions>();
  Verb verb(app, "predict", "Say which clusters other rows belong to");
  verb.input("MODEL", options->model, "A model that shoal cluster wrote (model.shoal)").required();
  add_features(verb, options->features, "Features as those it was fitted on " + feature_formats).required();
  add_rows(verb, options->rows);
  verb.output_folder(
          "--out", options->out, predict_outputs,
          "Folder for labels.npy, top5.npy (with another --top: top.npy), confidence.npy and predict.json")
      .required();
  verb.number("--top", options->top, Range<shoal::Index>{1, most_things},
              "Clusters to keep for each row, the likeliest first; there are no more than the model has");
  verb.flag(
      "--probabilities", options->probabilities,
      "Write probabilities.npy too, those of all clusters, n × clusters: what classwise calibration needs. "
      "Models of heads have them");
  verb.choice(
      "--by", options->by, {"neighbors", "centroids"},
      "By what rows find their clusters, in a model of the neighbour graph: a vote of the nearest labelled "
      "rows, which is its default, or the nearest centroid");
  add_label_format(verb, options->format);
  add_threads(verb, options->machine);
  add_device(verb, options->machine, "What predicts");
  verb.examples("  shoal predict out/kmeans/model.shoal examples/data/view_gloss.npy --out out/gloss");
  verb.runs([options] { run_predict(*options); });
}
