// shoal predict: a model says which clusters other rows belong to.
#include "options.hpp"
#include "run_folder.hpp"
#include "verbs.hpp"

#include <cstdio>
#include <memory>

#include <shoal/io/npy.hpp>
#include <shoal/model/saved_model.hpp>
#include <shoal/version.hpp>

namespace {

struct Options {
  std::filesystem::path model, features, out;
  Machine machine;
};

void run(const Options& options) {
  const shoal::SavedModel saved = shoal::load_model(options.model);
  const auto features = shoal::npy::map(options.features);
  const shoal::Prediction prediction = shoal::predict(saved.model, features, options.machine.cpu());
  shoal::npy::write(options.out / "labels.npy", prediction.labels);
  shoal::npy::write(options.out / "top5.npy", prediction.top);
  shoal::npy::write(options.out / "confidence.npy", prediction.confidence);
  write_json(options.out / "predict.json", {{"shoal", SHOAL_VERSION_STRING},
                                            {"model", options.model.string()},
                                            {"method", saved.method},
                                            {"features", options.features.string()},
                                            {"rows", features.rows()}});
  std::printf("%lld rows labelled by %s. %s\n", static_cast<long long>(features.rows()), saved.method.c_str(),
              (options.out / "labels.npy").c_str());
}

}  // namespace

void add_predict(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  Verb verb(app, "predict", "Say which clusters other rows belong to");
  verb.input("MODEL", options->model, "A model that shoal cluster wrote (model.shoal)")->required();
  verb.input("FEATURES", options->features, "Features as those it was fitted on (.npy)")->required();
  verb.output_folder("--out", options->out, {"predict.json", "labels.npy", "top5.npy", "confidence.npy"},
                     "Folder for labels.npy, top5.npy, confidence.npy and predict.json")
      ->required();
  add_threads(verb, options->machine);
  verb.examples("  shoal predict out/kmeans/model.shoal examples/data/view_gloss.npy --out out/gloss");
  verb.runs([options] { run(*options); });
}
