// Saves and loads fitted models of any method, one file for each.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include <shoal/core/workers.hpp>
#include <shoal/heads/predict.hpp>
#include <shoal/io/model_file.hpp>
#include <shoal/model/check_model.hpp>

namespace shoal {

/// A fitted model of any method.
using Model = std::variant<KMeansModel, HeadModel, GraphModel>;

/// A model with the method and settings that its file records.
struct SavedModel {
  Model model;
  std::string method;    ///< name of the method: "k-means", "TEMI", …
  std::string settings;  ///< description of the settings, in the caller's words
};

namespace saved_model_impl {

inline void put(ModelWriter& file, const ColumnScaling& scaling) {
  file.array("mean", scaling.mean);
  file.array("scale", scaling.scale);
}
inline ColumnScaling scaling_of(const ModelFile& file) {
  const auto vector = [&](const char* name) {
    const auto values = file.array<float>(name);
    return std::vector<float>(values.data, values.data + values.rows * values.cols);
  };
  return {vector("mean"), vector("scale")};
}

inline void put(ModelWriter& file, const KMeansModel& model) {
  file.text("kind", "centroids");
  file.text("distance", model.cosine ? "cosine" : "euclidean");
  file.number("temperature", model.temperature);
  file.array("centroids", model.centroids.view());
  put(file, model.scaling);
}
inline KMeansModel kmeans_of(const ModelFile& file, const std::string& name) {
  const std::string distance = file.text("distance");
  check(distance == "cosine" || distance == "euclidean", Errc::bad_file, name, " holds '", distance,
        "' as distance, where cosine or euclidean is expected");
  const auto centroids = file.array<float>("centroids");
  KMeansModel model{Matrix<float>(centroids.rows, centroids.cols), distance == "cosine",
                    file.number<double>("temperature"), scaling_of(file)};
  std::copy_n(centroids.data, model.centroids.size(), model.centroids.data());
  return model;
}

inline void put(ModelWriter& file, const GraphModel& model) {
  put(file, model.centroids);
  file.text("kind", "graph");
  file.array("rows", model.rows.view());
  file.array("labels", model.labels);
  file.number("neighbors", model.neighbors);
  file.text("by", model.by == PredictBy::neighbors ? "neighbors" : "centroids");
}
inline GraphModel graph_of(const ModelFile& file, const std::string& name) {
  const std::string by = file.text("by");
  check(by == "neighbors" || by == "centroids", Errc::bad_file, name, " holds '", by,
        "' as by, where neighbors or centroids is expected");
  const auto rows = file.array<float>("rows");
  const auto labels = file.array<Label>("labels");
  GraphModel model{kmeans_of(file, name),
                   Matrix<float>(rows.rows, rows.cols),
                   {labels.data, labels.data + labels.rows * labels.cols},
                   file.number<Index>("neighbors"),
                   by == "neighbors" ? PredictBy::neighbors : PredictBy::centroids};
  std::copy_n(rows.data, model.rows.size(), model.rows.data());
  return model;
}

inline void put(ModelWriter& file, const HeadModel& model) {
  const HeadShape& shape = model.shape;
  file.text("kind", shape.plain ? "plain heads" : "heads");
  file.number("features", shape.features);
  file.array("widths", shape.widths);
  file.number("clusters", shape.clusters);
  file.number("heads", shape.heads);
  file.number("best head", model.best);
  file.number("temperature", model.temperature);
  file.array("parameters", MatrixView<const float>(model.parameters.data(), 1, std::ssize(model.parameters)));
  put(file, model.scaling);
}
inline HeadModel heads_of(const ModelFile& file) {
  const auto widths = file.array<Index>("widths");
  const auto parameters = file.array<float>("parameters");
  return {{file.number<Index>("features"),
           {widths.data, widths.data + widths.rows * widths.cols},
           file.number<Index>("clusters"),
           file.number<Index>("heads"),
           file.text("kind") == "plain heads"},
          {parameters.data, parameters.data + parameters.rows * parameters.cols},
          file.number<Index>("best head"),
          file.number<double>("temperature"),
          scaling_of(file)};
}

}  // namespace saved_model_impl

/// Saves the model with its preprocessing, atomically and with a checksum. Throws invalid_argument for a
/// model that could not be loaded again (check_model), such as one of a training that diverged, and errors of
/// writing.
inline void save_model(const std::string& path, const SavedModel& saved) {
  std::visit([&](const auto& model) { check_model(model, "save_model: " + path, Errc::invalid_argument); },
             saved.model);
  ModelWriter file;
  file.text("method", saved.method);
  file.text("settings", saved.settings);
  std::visit([&](const auto& model) { saved_model_impl::put(file, model); }, saved.model);
  file.save(path);
}

/// Loads a saved model. Throws bad_file for a file that is damaged, truncated or of another format, and for a
/// model that fails check_model, whoever wrote the file: predict() on the returned model stays within its
/// bounds. A template for shoal::compiled (docs/design.md, "Compile time").
template <class = void> [[nodiscard]] SavedModel load_model(const std::string& path) {
  using namespace saved_model_impl;
  const ModelFile file(path);
  SavedModel saved{{}, file.text("method"), file.text("settings")};
  const std::string kind = file.text("kind");
  const bool known = kind == "centroids" || kind == "heads" || kind == "plain heads" || kind == "graph";
  check(known, Errc::bad_file, "load_model: ", path, " holds ", kind, ", not a model that gives clusters");
  const std::string name = "load_model: " + path;
  if (kind == "centroids")
    saved.model = kmeans_of(file, name);
  else if (kind == "graph")
    saved.model = graph_of(file, name);
  else
    saved.model = heads_of(file);
  std::visit([&](const auto& model) { check_model(model, name, Errc::bad_file); }, saved.model);
  return saved;
}

/// Predicts with any model: calls predict() of the model that it holds. The hook sees what that reports.
template <std::same_as<Model> M, Backend B>
[[nodiscard]] Prediction predict(const M& model, AnyRows features, const B& backend, Index count = 5,
                                 const Hook& hook = {}) {
  return std::visit(
      [&](const auto& fitted) -> Prediction {
        if constexpr (requires { predict(fitted, features, backend, count, hook); })
          return predict(fitted, features, backend, count, hook);
        else
          return predict(fitted, features, backend, count);
      },
      model);
}

}  // namespace shoal

#if defined(SHOAL_COMPILED)  // linked with shoal::compiled, which has this (src/model.cpp)
#include <shoal/simd/instruction_sets.hpp>

namespace shoal {
extern template SavedModel load_model<>(const std::string&);
}  // namespace shoal
#endif
