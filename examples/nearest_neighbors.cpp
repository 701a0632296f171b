// How do I find the most similar samples, and do they share a class?
#include <cstdio>
#include <string>
#include <vector>

#include <shoal/shoal.hpp>

namespace {

/// The lemmas of each synset, from the second field of each line.
std::vector<std::string> names(const std::string& path) {
  std::vector<std::string> found;
  shoal::each_line(path,
                   [&](const shoal::Line& line) { found.emplace_back(shoal::split(line.text, '\t')[1]); });
  return found;
}

}  // namespace

int main(int argc, char** argv) try {
  const std::string folder = argc > 1 ? argv[1] : "examples/data";
  const auto features = shoal::npy::map(folder + "/features.npy");
  const auto labels = shoal::npy::read_vector<shoal::Label>(folder + "/labels.npy");
  const auto name = names(folder + "/samples.tsv");

  const shoal::Cpu cpu;
  const auto neighbors =
      shoal::exact_neighbors(features, {.count = 5}, cpu);  // by cosine, without the sample itself

  for (const shoal::Index i : {100, 2000, 3500}) {
    std::printf("%s:", name[static_cast<std::size_t>(i)].c_str());
    for (const std::int32_t id : neighbors.ids.view().span(i))
      std::printf("  [%s]", name[static_cast<std::size_t>(id)].c_str());
    std::printf("\n");
  }

  shoal::Index same = 0;
  for (shoal::Index i = 0; i < features.rows(); ++i)
    for (const std::int32_t id : neighbors.ids.view().span(i))
      same += labels[static_cast<std::size_t>(id)] == labels[static_cast<std::size_t>(i)];
  const double purity = static_cast<double>(same) / static_cast<double>(neighbors.ids.size());
  std::printf("%.1f %% of the neighbours share the class of their sample\n", 100 * purity);
  return purity > 0.8 ? 0 : 1;
} catch (const shoal::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
