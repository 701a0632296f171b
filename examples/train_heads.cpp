// How do I train heads and follow the training?
#include <cstdio>
#include <string>

#include <shoal/shoal.hpp>

int main(int argc, char** argv) try {
  const std::string folder = argc > 1 ? argv[1] : "examples/data";
  const auto features = shoal::npy::map(folder + "/features.npy");
  const auto truth = shoal::npy::read_vector<shoal::Label>(folder + "/labels.npy");

  const shoal::Cpu cpu;
  const auto neighbors = shoal::exact_neighbors(features, {.count = 25}, cpu);
  // Small and short, so that this runs in seconds; the defaults are those of the paper. TEMI, PMI, … are used
  // in the same way.
  const shoal::SCANv2 settings{.clusters = 24,
                               .heads = 2,
                               .epochs = 12,
                               .batch = 256,
                               .learning_rate = 3e-3,
                               .final_rate = 0,
                               .warmup_epochs = 1,
                               .hidden = {256}};
  std::printf("plans to take %.1f MB\n",
              static_cast<double>(plan(settings, features.cols(), cpu).total()) / 1e6);
  const auto result = shoal::fit(settings, features, shoal::NearestPairs{neighbors}, cpu);

  for (std::size_t e = 0; e < result.history.size(); e += 3) {
    const shoal::HeadEpoch& epoch = result.history[e];
    std::printf("epoch %2zu: loss %.4f, %lld clusters in use, heads agree on %.0f %% of pairs\n", e + 1,
                epoch.best_loss, static_cast<long long>(epoch.occupied_clusters), 100 * epoch.head_agreement);
  }
  const auto quality = shoal::evaluate(result.labels, truth, cpu);
  const auto calibration =
      shoal::calibration(result.confidence, shoal::right_samples(result.labels, truth, cpu));
  std::printf("ACC %.3f  NMI %.3f  calibration error %.3f\n", quality.acc, quality.nmi,
              calibration.expected_error);
  return quality.acc > 0.3 ? 0 : 1;
} catch (const shoal::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
