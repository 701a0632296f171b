// How long do the scores take, from arrays in memory to the number? One line of JSON a score: its value, the
// best of three runs in seconds, and the peak memory beyond the inputs in MiB. metrics.py runs it in turn
// with the rivals. usage: peer_metrics LABELS.npy TRUTH.npy [SCORE]
//        peer_metrics FEATURES.npy LABELS.npy silhouette
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <thread>

#include <shoal/backend/cpu.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/metrics/evaluate.hpp>
#include <shoal/metrics/separability.hpp>
#include <shoal/metrics/silhouette.hpp>

using namespace shoal;

namespace {

/// Resident memory that is no page of a file.
double resident_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("RssAnon:")) return std::stod(line.substr(8)) / 1024;
  return 0;
}

/// The most of it while `work` runs, looked at every millisecond.
template <class Work> double peak_mib(Work work) {
  std::atomic<bool> done = false;
  double peak = 0;
  std::thread watch([&] {
    while (!done) {
      peak = std::max(peak, resident_mib());
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  work();
  done = true;
  watch.join();
  return peak;
}

template <class Score> void time_score(const char* name, const std::string& wanted, int runs, Score score) {
  if (!wanted.empty() && wanted != name) return;
  const double base = resident_mib();
  double best = 1e30, value = 0;
  const double peak = peak_mib([&] {
    for (int run = 0; run < runs; ++run) {
      const auto start = std::chrono::steady_clock::now();
      value = score();
      best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
  });
  std::printf("{\"score\": \"%s\", \"value\": %.15g, \"seconds\": %.4f, \"peak_mib\": %.1f}\n", name, value,
              best, peak - base);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const std::string wanted = argc > 3 ? argv[3] : "";
  const Cpu cpu;
  const auto labels = npy::read_vector<Label>(argv[wanted == "silhouette" ? 2 : 1]);
  if (wanted == "silhouette") {
    const MappedRows features = npy::map(argv[1]);
    time_score("davies_bouldin", "", 3,
               [&] { return separability(features, labels, {}, cpu).davies_bouldin; });
    time_score("silhouette", "", 1, [&] { return silhouette(features, labels, {}, cpu).mean; });
    return 0;
  }
  const auto truth = npy::read_vector<Label>(argv[2]);
  const auto table = [&] { return contingency(labels, truth, cpu); };
  time_score("acc", wanted, 3, [&] { return accuracy(table()); });
  time_score("nmi", wanted, 3, [&] { return normalized_information(information(table(), cpu)); });
  time_score("ari", wanted, 3, [&] { return adjusted_rand_index(pair_counts(table())); });
  time_score("ami", wanted, 3, [&] { return adjusted_information(table(), cpu); });
  time_score("all", wanted, 3, [&] { return evaluate(labels, truth, cpu).acc; });
}
