// What do the iterations of k-means cost, and how many rows do they move?
//   iteration_costs FEATURES.npy C iterations seed threads
// Prints one line of JSON: for each iteration its processor seconds, the rows that it moved and the share of
// the distances that bounds spared. The command's estimate of the time left is fitted to such series
// (examples/shoal/iteration_pace.hpp), and tests/progress holds it against some.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

#include <shoal/backend/cpu.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/kmeans/kmeans.hpp>

using namespace shoal;

namespace {

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

template <class Value> void print(const char* name, const KMeansResult& result, Value value) {
  std::printf(", \"%s\": [", name);
  for (std::size_t i = 0; i < result.history.size(); ++i)
    std::printf("%s%.6g", i > 0 ? ", " : "", static_cast<double>(value(i)));
  std::printf("]");
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 6) {
    std::fprintf(stderr, "iteration_costs FEATURES.npy C iterations seed threads\n");
    return 2;
  }
  const auto features = npy::map(argv[1]);
  const Cpu cpu({.threads = std::atoi(argv[5])});
  std::vector<double> ends;  // [i]: when i iterations were done
  const Hook hook = [&](const Progress& now) {
    if (now.phase == "k-means" && now.done == std::ssize(ends)) ends.push_back(processor_seconds());
    return true;
  };
  const KMeans<> settings{.clusters = std::atoi(argv[2]),
                          .iterations = std::atoi(argv[3]),
                          .seed = static_cast<std::uint64_t>(std::atoi(argv[4]))};
  const KMeansResult result = fit(settings, features, cpu, hook);
  std::printf("{\"features\": \"%s\", \"clusters\": %s, \"iterations\": %s", argv[1], argv[2], argv[3]);
  print("seconds", result, [&](std::size_t i) { return ends[i + 1] - ends[i]; });
  print("moved", result, [&](std::size_t i) { return result.history[i].moved; });
  print("spared", result, [&](std::size_t i) { return result.history[i].pruned; });
  std::printf("}\n");
} catch (const error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
