// Model files, their checksums made right: refused, or a model that predicts within its bounds and is read
// back.
#include "fuzz/target.hpp"

#include <cmath>

#include <shoal/backend/cpu.hpp>
#include <shoal/model/saved_model.hpp>

using namespace shoal;

namespace {

const Cpu one({.threads = 1});

Index columns(const Model& model) {
  if (const auto* centroids = std::get_if<KMeansModel>(&model)) return centroids->centroids.cols();
  if (const auto* graph = std::get_if<GraphModel>(&model)) return graph->rows.cols();
  return std::get<HeadModel>(model).shape.features;
}
Index clusters(const Model& model) {
  if (const auto* centroids = std::get_if<KMeansModel>(&model)) return centroids->centroids.rows();
  if (const auto* graph = std::get_if<GraphModel>(&model)) return graph->centroids.centroids.rows();
  return std::get<HeadModel>(model).shape.clusters;
}

void predict_within_bounds(const Model& model) {
  Matrix<float> x(3, columns(model), 0.5f);
  for (Index j = 0; j < x.cols(); ++j)
    x(1, j) = static_cast<float>(j % 7) - 3.f, x(2, j) = j % 2 == 0 ? 1e15f : -1e-15f;
  try {
    const Prediction p = predict(model, Rows(x), one);
    for (const Label l : p.labels) fuzz::require(l >= 0 && l < clusters(model), "labels in range");
    for (Index i = 0; i < p.top.size(); ++i)
      fuzz::require(p.top.data()[i] >= 0 && p.top.data()[i] < clusters(model), "top in range");
    for (const float c : p.confidence) fuzz::require(c >= 0 && c <= 1, "confidence in [0, 1]");
  } catch (const error&) {  // rows that the model can't take
  }
}

std::string saved(const SavedModel& model) {
  static const std::string path = fuzz::folder() + "/saved";
  save_model(path, model);
  return fuzz::content(path);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string sealed = fuzz::resealed({reinterpret_cast<const char*>(data), size});
  return fuzz::each(
      reinterpret_cast<const std::uint8_t*>(sealed.data()), sealed.size(), [](const std::string& path) {
        const SavedModel model = load_model(path);
        predict_within_bounds(model.model);
        const std::string once = saved(model), twice = saved(load_model(fuzz::file_of(once, 1)));
        fuzz::require(once == twice, "a model is read back");
      });
}

extern "C" int LLVMFuzzerInitialize(int* arguments, char*** argument) {
  KMeansModel centroids{Matrix<float>(3, 5, std::sqrt(0.2f)),
                        true,
                        0.3,
                        {std::vector<float>(5, 0.1f), std::vector<float>(5, 2.f)}};
  HeadModel heads{{5, {4, 2}, 3, 2}, {}, 1, 0.1, {}};
  heads.parameters = initial_parameters(heads.shape, 3);
  KMeansModel directions{Matrix<float>(2, 4, 0.5f), true, 0.3, {}};
  GraphModel graph{directions, Matrix<float>(3, 4, -0.5f), {0, 1, 1}, 2};
  return fuzz::plant(
      *arguments, *argument,
      {saved({centroids, "k-means", "{}"}), saved({heads, "TEMI", "{}"}), saved({graph, "Auto", "{}"})});
}
