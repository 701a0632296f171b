// Fitted models of any method in one file: saved, loaded, asked.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include <shoal/core/workers.hpp>
#include <shoal/heads/predict.hpp>
#include <shoal/io/model_file.hpp>
#include <shoal/model/kmeans_model.hpp>

namespace shoal {

/// A fitted model of any method.
using Model = std::variant<KMeansModel, HeadModel>;

/// A model, and what its file says of how it was made.
struct SavedModel {
  Model model;
  std::string method;    ///< "k-means", "TEMI", …
  std::string settings;  ///< as the caller wrote them down
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
inline KMeansModel kmeans_of(const ModelFile& file) {
  const auto centroids = file.array<float>("centroids");
  KMeansModel model{Matrix<float>(centroids.rows, centroids.cols), file.text("distance") == "cosine",
                    file.number<double>("temperature"), scaling_of(file)};
  std::copy_n(centroids.data, model.centroids.size(), model.centroids.data());
  return model;
}

inline void put(ModelWriter& file, const HeadModel& model) {
  const HeadShape& shape = model.shape;
  file.text("kind", "heads");
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
  const HeadShape shape{file.number<Index>("features"),
                        {widths.data, widths.data + widths.cols},
                        file.number<Index>("clusters"),
                        file.number<Index>("heads")};
  const auto parameters = file.array<float>("parameters", 1, shape.size());
  return {shape,
          {parameters.data, parameters.data + parameters.cols},
          file.number<Index>("best head"),
          file.number<double>("temperature"),
          scaling_of(file)};
}

}  // namespace saved_model_impl

/// Writes the model with its preprocessing, atomically and checksummed.
inline void save_model(const std::string& path, const SavedModel& saved) {
  ModelWriter file;
  file.text("method", saved.method);
  file.text("settings", saved.settings);
  std::visit([&](const auto& model) { saved_model_impl::put(file, model); }, saved.model);
  file.save(path);
}

/// Reads it back. Throws bad_file for what is damaged, cut short, of another format, or no model of clusters.
[[nodiscard]] inline SavedModel load_model(const std::string& path) {
  using namespace saved_model_impl;
  const ModelFile file(path);
  SavedModel saved{{}, file.text("method"), file.text("settings")};
  const std::string kind = file.text("kind");
  check(kind == "centroids" || kind == "heads", Errc::bad_file, "load_model: ", path, " holds ", kind,
        ", not a model that gives clusters");
  if (kind == "centroids")
    saved.model = kmeans_of(file);
  else
    saved.model = heads_of(file);
  return saved;
}

/// What the model says of all rows: predict() of whatever it is.
template <std::same_as<Model> M, Backend B>
[[nodiscard]] Prediction predict(const M& model, AnyRows features, const B& backend, Index count = 5) {
  return std::visit(
      [&](const auto& fitted) -> Prediction { return predict(fitted, features, backend, count); }, model);
}

}  // namespace shoal
