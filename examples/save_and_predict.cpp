// How do I save a model, and label rows that arrive later?
#include <cstdio>
#include <filesystem>
#include <string>

#include <shoal/shoal.hpp>

int main(int argc, char** argv) try {
  const std::string folder = argc > 1 ? argv[1] : "examples/data";
  const auto features = shoal::npy::map(folder + "/features.npy");
  const auto later = shoal::npy::map(folder + "/view_gloss.npy");  // other texts about the same things
  const auto path = std::filesystem::temp_directory_path() / "save_and_predict.shoal";

  const shoal::Cpu cpu;
  const shoal::Standardized rows(features, cpu);  // the model stores the preprocessing
  const auto result = shoal::fit(shoal::KMeans<>{.clusters = 24}, rows, cpu);
  const auto model = shoal::model_of<shoal::Cosine>(result, rows.scaling());
  shoal::save_model(path,
                    {.model = model, .method = "k-means", .settings = "24 clusters of standardised columns"});

  const auto loaded = shoal::load_model(path);
  const auto prediction = shoal::predict(loaded.model, later, cpu);
  std::filesystem::remove(path);

  shoal::Index same = 0;
  for (std::size_t i = 0; i < prediction.labels.size(); ++i) same += prediction.labels[i] == result.labels[i];
  std::printf("%s: %s\n", loaded.method.c_str(), loaded.settings.c_str());
  std::printf("%lld of %lld keep their cluster when only their definition is known\n",
              static_cast<long long>(same), static_cast<long long>(later.rows()));
  std::printf("the first one: cluster %d with confidence %.2f; then cluster %d\n", prediction.labels[0],
              static_cast<double>(prediction.confidence[0]), prediction.top(0, 1));
  return 2 * same > later.rows() ? 0 : 1;
} catch (const shoal::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
