// shoal predict: a model says which clusters other rows belong to.
#include "cluster_job.hpp"
#include "verbs.hpp"

#include <memory>

#include <shoal/io/npy.hpp>

namespace {

struct Options {
  std::filesystem::path model, features, out;
  Machine machine;
};

void run(const Options& options) {
  const shoal::SavedModel saved = shoal::load_model(options.model);
  const auto features = shoal::npy::map(options.features);
  const shoal::Prediction prediction = shoal::predict(saved.model, features, options.machine.cpu());
  std::filesystem::create_directories(options.out);
  shoal::npy::write(options.out / "labels.npy", prediction.labels);
  shoal::npy::write(options.out / "top5.npy", prediction.top);
  shoal::npy::write(options.out / "confidence.npy", prediction.confidence);
}

}  // namespace

void add_predict(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("predict", "Say which clusters other rows belong to");
  verb->add_option("MODEL", options->model, "A model that shoal cluster wrote (model.shoal)")->required();
  verb->add_option("FEATURES", options->features, "Features as those it was fitted on (.npy)")->required();
  verb->add_option("--out", options->out, "Folder for labels.npy, top5.npy and confidence.npy")->required();
  add_machine(*verb, options->machine);
  add_examples(*verb, "  shoal predict out/kmeans/model.shoal examples/data/view_gloss.npy --out out/gloss");
  verb->callback([options] { run(*options); });
}
