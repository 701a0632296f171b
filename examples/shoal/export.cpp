// shoal export: writes the numbers of a model for other programs.
#include "outputs.hpp"
#include "verb.hpp"
#include "verbs.hpp"

#include <memory>

#include <shoal/io/npy.hpp>
#include <shoal/io/safetensors.hpp>
#include <shoal/model/saved_model.hpp>

namespace {

using shoal::Index;
using shoal::safetensors::NamedTensor;

struct ExportOptions {
  Path model, out;
};

NamedTensor tensor(std::string name, shoal::MatrixView<const float> m) {
  return {std::move(name), {m.rows, m.cols}, {m.data, static_cast<std::size_t>(m.rows * m.cols)}};
}
NamedTensor tensor(std::string name, const float* values, Index count) {
  return {std::move(name), {count}, {values, static_cast<std::size_t>(count)}};
}

/// Adds the standardisation of the features, if there is one.
void add_scaling(const shoal::ColumnScaling& scaling, std::vector<NamedTensor>& all) {
  if (scaling.mean.empty()) return;
  all.push_back(tensor("mean", scaling.mean.data(), std::ssize(scaling.mean)));
  all.push_back(tensor("scale", scaling.scale.data(), std::ssize(scaling.scale)));
}

/// Returns the parts of a model by name: the centroids, or the layers of the best head.
std::vector<NamedTensor> tensors_of(const shoal::KMeansModel& model) {
  std::vector<NamedTensor> all{tensor("centroids", model.centroids.view())};
  add_scaling(model.scaling, all);
  return all;
}
std::vector<NamedTensor> tensors_of(const shoal::GraphModel& model) { return tensors_of(model.centroids); }
std::vector<NamedTensor> tensors_of(const shoal::HeadModel& model) {
  const auto head = model.head(model.best);
  std::vector<NamedTensor> all;
  for (Index l = 0; l < model.shape.layers(); ++l) {
    all.push_back(tensor("layers." + std::to_string(l) + ".weight", head.weight(l)));
    all.push_back(tensor("layers." + std::to_string(l) + ".bias", head.bias(l), model.shape.outputs(l)));
  }
  const std::string last = "layers." + std::to_string(model.shape.layers());
  all.push_back(tensor(model.shape.plain ? last + ".weight" : "directions", head.directions()));
  all.push_back(tensor(model.shape.plain ? last + ".bias" : "gains", head.gains(), model.shape.clusters));
  add_scaling(model.scaling, all);
  return all;
}

void run_export(const ExportOptions& options) {
  const shoal::SavedModel saved = shoal::load_model(options.model.string());
  const auto tensors = std::visit([](const auto& model) { return tensors_of(model); }, saved.model);
  if (options.out.extension() == ".safetensors") {
    shoal::safetensors::write(options.out.string(), tensors);
  } else {
    const NamedTensor& first = tensors.front();
    shoal::check(first.name == "centroids", shoal::Errc::invalid_argument, "export: a head (", saved.method,
                 ") is several arrays, which a .npy file can't hold; name a .safetensors file");
    shoal::npy::write(options.out.string(),
                      shoal::MatrixView<const float>(first.values.data(), first.shape[0], first.shape[1]));
  }
  say_written({options.out});
}

}  // namespace

void add_export(CLI::App& app) {
  const auto options = std::make_shared<ExportOptions>();
  Verb verb(app, "export", "Write a model's centroids or head for other programs");
  verb.input("MODEL", options->model, "A model that shoal cluster wrote (model.shoal)").required();
  verb.output(
          "--out", options->out,
          "Where they go, float32: centroids as .npy or .safetensors, the best head's layers as .safetensors")
      .required();
  verb.must([options] {
    const std::string end = options->out.extension().string();
    if (end != ".npy" && end != ".safetensors")
      throw UsageError("--out (" + options->out.string() + ") must end in .npy or .safetensors");
  });
  verb.examples("  shoal export out/kmeans/model.shoal --out out/centroids.safetensors");
  verb.runs([options] { run_export(*options); });
}
