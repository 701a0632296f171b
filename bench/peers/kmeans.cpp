// k-means end to end by shoal: seconds, objective and what each iteration did. kmeans.py runs it beside the
// rivals. usage: peer_kmeans FEATURES.npy C [iterations=25] [bounds=automatic|pair|group|none|off]
// [seeding=random|plus_plus|afk_mc2]
//                    [geometry=euclidean|cosine] [start=CENTROIDS.npy] [lo=LO hi=HI] [source=memory|file]
//                    [labels=OUT.npy] [threads=T] [trace] [hierarchical [polish=2]]
// One line of JSON; with `trace` a line an iteration before it. peak_mib counts mapped pages, plan_mib is
// what plan() tells, which is memory beyond the rows.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <string>

#include <shoal/backend/cpu.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/kmeans/balancing/capacity.hpp>
#include <shoal/kmeans/hierarchical.hpp>
#include <shoal/kmeans/kmeans.hpp>

using namespace shoal;

namespace {

double resident_mib(const char* key) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(key)) return std::stod(line.substr(std::string(key).size())) / 1024;
  return 0;
}

Bounds bounds_named(const std::string& name) {
  const std::map<std::string, Bounds> bounds{{"", Bounds::automatic}, {"automatic", Bounds::automatic},
                                             {"pair", Bounds::pair},  {"group", Bounds::group},
                                             {"none", Bounds::none},  {"off", Bounds::off}};
  return bounds.at(name);
}

template <class Geo>
KMeansResult run(std::map<std::string, std::string>& options, Index clusters, MatrixView<const float> start,
                 const AnyRows& rows, const Cpu& cpu) {
  const auto of = [&](const char* name, const char* value) {
    return options.contains(name) ? options[name] : value;
  };
  if (options.contains("hierarchical"))
    return fit(HierarchicalKMeans<Geo>{.clusters = clusters,
                                       .iterations = std::stol(of("iterations", "25")),
                                       .polish = std::stol(of("polish", "2")),
                                       .seed = 1},
               rows, cpu);
  const std::map<std::string, Seeding> seeding{
      {"random", Seeding::random}, {"plus_plus", Seeding::plus_plus}, {"afk_mc2", Seeding::afk_mc2}};
  const KMeans<Geo> settings{.clusters = clusters,
                             .iterations = std::stol(of("iterations", "25")),
                             .seed = 1,
                             .seeding = seeding.at(of("seeding", "random")),
                             .start = start,
                             .bounds = bounds_named(options["bounds"])};
  if (!options.contains("hi")) return fit(settings, rows, cpu);
  return fit(KMeans<Geo, Capacity>{.clusters = clusters,
                                   .iterations = settings.iterations,
                                   .seed = 1,
                                   .seeding = settings.seeding,
                                   .start = start,
                                   .bounds = settings.bounds,
                                   .balancing = {std::stol(of("lo", "0")), std::stol(options["hi"])}},
             rows, cpu);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return std::fprintf(stderr, "usage: peer_kmeans FEATURES.npy C [name=value ...]\n"), 2;
  std::map<std::string, std::string> options;
  for (int i = 3; i < argc; ++i) {
    const std::string option = argv[i];
    options[option.substr(0, option.find('='))] = option.substr(option.find('=') + 1);
  }
  const auto file = npy::map(argv[1]);
  const Cpu cpu(CpuSettings{.threads = options.contains("threads") ? std::stoi(options["threads"]) : 0});
  Matrix<float> copy(options["source"] == "file" ? 0 : file.rows(), file.cols());
  if (copy.rows() > 0) file.read(0, copy);
  const Rows memory(copy);
  const AnyRows rows = copy.rows() > 0 ? AnyRows(memory) : AnyRows(file);
  const Index clusters = std::stol(argv[2]);
  Matrix<float> start;
  if (options.contains("start")) {
    const auto centroids = npy::map(options["start"]);
    start = Matrix<float>(centroids.rows(), centroids.cols());
    centroids.read(0, start);
  }
  const auto begin = std::chrono::steady_clock::now();
  const KMeansResult result = options["geometry"] == "cosine"
                                  ? run<Cosine>(options, clusters, start, rows, cpu)
                                  : run<Euclidean>(options, clusters, start, rows, cpu);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (options.contains("trace"))
    for (const KMeansIteration& t : result.history)
      std::printf("objective %.6g moved %ld pruned %.4f empty %ld seconds %.4f\n", t.objective,
                  static_cast<long>(t.moved), t.pruned, static_cast<long>(t.empty), t.seconds);
  if (options.contains("labels"))
    npy::write(options["labels"],
               MatrixView<const Label>(result.labels.data(), static_cast<Index>(result.labels.size()), 1));
  std::uint64_t hash = 14695981039346656037u;
  for (const Label label : result.labels) hash = (hash ^ static_cast<std::uint64_t>(label)) * 1099511628211u;
  std::vector<Index> sizes(static_cast<std::size_t>(result.centroids.rows()), 0);
  for (const Label label : result.labels) ++sizes[static_cast<std::size_t>(label)];
  const auto [least, most] = std::minmax_element(sizes.begin(), sizes.end());
  std::printf(
      "{\"seconds\": %.4f, \"iterations\": %zu, \"objective\": %.9g, \"smallest\": %ld, \"largest\": %ld, "
      "\"labels\": \"%016lx\", "
      "\"peak_mib\": %.0f, \"anonymous_mib\": %.0f, \"plan_mib\": %.0f}\n",
      seconds, result.history.size(), result.objective, static_cast<long>(*least), static_cast<long>(*most),
      static_cast<unsigned long>(hash), resident_mib("VmHWM:"), resident_mib("RssAnon:"),
      static_cast<double>(plan(KMeans<>{.clusters = clusters, .bounds = bounds_named(options["bounds"])},
                               {rows.rows(), rows.cols()}, cpu)
                              .total()) /
          (1 << 20));
}
