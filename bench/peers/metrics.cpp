// How long do the scores take, from labels in memory to the number? One line of JSON a score: its value, the best of
// the repetitions in seconds, and the peak memory beyond the labels in MiB. metrics.py runs it beside the rivals.
// usage: peer_metrics LABELS.npy TRUTH.npy [SCORE]      (a score alone shows its own peak)
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <string>

#include <shoal/io/npy.hpp>
#include <shoal/metrics/evaluate.hpp>

using namespace shoal;

namespace {

double peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

template <class Score>
void time_score(const char* name, const std::string& wanted, double base, Score score) {
  if (!wanted.empty() && wanted != name) return;
  double best = 1e30, value = 0;
  for (int repetition = 0; repetition < 3; ++repetition) {
    const auto start = std::chrono::steady_clock::now();
    value = score();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::printf("{\"score\": \"%s\", \"value\": %.15g, \"seconds\": %.4f, \"peak_mib\": %.1f}\n", name, value, best,
              peak_mib() - base);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const auto labels = npy::read_vector<Label>(argv[1]), truth = npy::read_vector<Label>(argv[2]);
  const std::string wanted = argc > 3 ? argv[3] : "";
  const Cpu cpu;
  const double base = peak_mib();
  time_score("contingency", wanted, base, [&] { return static_cast<double>(contingency(labels, truth, cpu).cells()); });
  time_score("acc", wanted, base, [&] { return accuracy(contingency(labels, truth, cpu)); });
  time_score("nmi", wanted, base, [&] { return normalized_information(information(contingency(labels, truth, cpu), cpu)); });
  time_score("ari", wanted, base, [&] { return adjusted_rand_index(pair_counts(contingency(labels, truth, cpu))); });
  time_score("ami", wanted, base, [&] { return adjusted_information(contingency(labels, truth, cpu), cpu); });
  time_score("all", wanted, base, [&] { return evaluate(labels, truth, cpu).acc; });
}
