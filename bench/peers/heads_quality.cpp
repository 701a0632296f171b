// What do heads reach on labelled data at given settings? The labels score the result, nothing else.
//   peer_heads_quality DIR METHOD C H EPOCHS LEARNING_RATE M STANDARDIZE SEED... [bfloat16]
// DIR holds features.npy and labels.npy; METHOD: pmi, wpmi, temi, scan. One line a seed: the last epoch's
// loss and guards, ACC, NMI, ARI in percent. Beside it: the official code on the same neighbours, batch 512
// and epochs.
#include <cstdio>
#include <cstdlib>
#include <string>

#include <shoal/backend/cpu.hpp>
#include <shoal/heads/fit.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/metrics/evaluate.hpp>
#include <shoal/neighbors/exact.hpp>
#include <shoal/sampling/nearest_pairs.hpp>

using namespace shoal;

int main(int argc, char** argv) {
  if (argc < 10)
    return std::puts(
               "peer_heads_quality DIR METHOD C H EPOCHS LEARNING_RATE M STANDARDIZE SEED... [bfloat16]"),
           1;
  const std::string data = argv[1], method = argv[2];
  const auto number = [&](int i) { return static_cast<Index>(std::atoll(argv[i])); };
  const bool narrow = argv[argc - 1] == std::string("bfloat16");
  const Cpu cpu;
  const auto features = npy::map(data + "/features.npy");
  const auto truth = npy::read_vector<Label>(data + "/labels.npy");
  const Neighbors neighbors = exact_neighbors(features, {.count = number(7)}, cpu);
  const auto run = [&](auto s) {
    s.clusters = number(3), s.heads = number(4), s.epochs = number(5), s.standardize = number(8) != 0;
    s.warmup_epochs = s.epochs / 5;  // 20 of 100, as the official code
    s.learning_rate = s.final_rate = std::atof(argv[6]);
    if (narrow) s.precision = Precision::bfloat16;
    for (int i = 9; i < argc - (narrow ? 1 : 0); ++i) {
      s.seed = static_cast<std::uint64_t>(number(i));
      const HeadFit result = fit(s, features, NearestPairs(neighbors), cpu);
      const Quality q = evaluate(result.labels, truth);
      const HeadEpoch& last = result.history.back();
      std::printf("%s seed %td loss %.4f best %.4f occupied %td entropy %.3f ACC %.2f NMI %.2f ARI %.2f\n",
                  method.c_str(), number(i), last.loss, last.best_loss, last.occupied_clusters,
                  last.normalised_entropy, 100 * q.acc, 100 * q.nmi, 100 * q.ari);
      std::fflush(stdout);
    }
  };
  if (method == "pmi") run(PMI{});
  if (method == "wpmi") run(WPMI{});
  if (method == "temi") run(TEMI{});
  if (method == "scan") run(SCANv2{});
}
