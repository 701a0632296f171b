#include <shoal/shoal.hpp>
const auto features = shoal::npy::map("features.npy");
const auto cpu = shoal::Cpu{{.threads = 8}};
const auto result = shoal::fit(shoal::KMeans{.clusters = 1000, .seed = 1}, features, cpu);
shoal::save_model("kmeans.shoal", {shoal::model_of<shoal::Cosine>(result), "k-means", ""});
const auto prediction = shoal::predict(shoal::load_model("kmeans.shoal").model, shoal::npy::map("new.npy"), cpu);
