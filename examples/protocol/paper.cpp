#include "paper.hpp"

#include "summary.hpp"

using nlohmann::ordered_json;

namespace {

struct Row {
  const char* benchmark;
  Accuracies accuracies;
};
constexpr Row rows[] = {
    {"odd", {60.76, 62.82, 65.80, 82.05}},           // of ImageNet-1K
    {"imbalanced", {34.78, 36.01, 34.21, 67.77}},    // table 1
    {"centered", {35.22, 36.73, 34.53, 68.51}},      //
    {"frequency_5", {40.96, 42.46, 41.99, 76.98}},   // table 5: Tiny
    {"frequency_15", {32.02, 33.38, 30.99, 63.71}},  // Small
    {"frequency_25", {28.24, 29.36, 26.19, 56.53}},  // Base
    {"frequency_35", {26.01, 26.70, 23.40, 52.04}},  // Large
    {"frequency_45", {24.11, 24.74, 21.15, 48.57}},  // Huge
    {"coarse_1", {19.44, 18.65, 19.08, 51.56}},     {"coarse_2", {20.13, 19.50, 19.85, 51.97}},
    {"coarse_3", {21.32, 21.04, 20.81, 51.48}},     {"coarse_4", {22.30, 22.34, 21.27, 49.99}},
    {"coarse_5", {22.90, 23.32, 20.99, 48.74}},     {"coarse_6", {23.22, 23.63, 20.77, 47.78}},
    {"coarse_7", {23.28, 23.66, 20.39, 47.19}},     {"coarse_8", {23.35, 23.77, 20.29, 46.91}},
    {"all", {23.38, 23.74, 20.27, 46.72}},           // ImageNet-21K
    {"leaves", {27.43, 28.08, 24.56, 56.92}},        // table 2: WordNet leaf
    {"class_leaves", {26.66, 27.31, 23.58, 55.31}},  // ImageNet21K leaf
    {"hzr", {24.48, 24.56, 22.72, 52.25}},          {"p_hzr", {24.27, 24.50, 21.83, 49.90}},
    {"easy", {55.05, 63.29, 62.90, 95.77}},  // table 3: CLIP-1K
    {"random", {41.50, 44.13, 43.59, 78.12}},       {"union", {52.14, 59.40, 57.95, 94.62}},
};

constexpr Accuracies imagenet_1k{62.72, 66.40, 69.79, 82.90};  // what ODD is made of

struct Pair {
  const char *title, *from, *to;
};
constexpr Pair pairs[] = {
    {"ODD against all classes", "all", "odd"},
    {"Imbalanced against Centered", "centered", "imbalanced"},
    {"Spread 45 against spread 5", "frequency_5", "frequency_45"},
    {"Coarse, depth 1, against all classes", "all", "coarse_1"},
    {"Coarse, depth 4, against all classes", "all", "coarse_4"},
    {"Leaves of the hierarchy against all classes", "all", "leaves"},
    {"Leaves among the classes against all", "all", "class_leaves"},
    {"HZR against the given labels", "all", "hzr"},
    {"p-HZR against the given labels", "all", "p_hzr"},
    {"Union of the easy classes against random", "random", "union"},
};

/// The accuracies on one benchmark, as fractions.
Accuracies accuracies(const ordered_json& result) {
  Accuracies all{};
  for (std::size_t m = 0; m < series().size(); ++m) all[m] = over_seeds(result, series()[m].key, "acc").mean;
  all.back() = result["probe"]["acc"].get<double>();
  return all;
}

Accuracies ratio(const Accuracies& to, const Accuracies& from) {
  Accuracies out{};
  for (std::size_t m = 0; m < out.size(); ++m) out[m] = to[m] / from[m];
  return out;
}

}  // namespace

const Accuracies* paper_accuracies(const std::string& benchmark) {
  const std::string name = benchmark.starts_with("easy_") ? "easy" : benchmark;
  for (const Row& row : rows)
    if (name == row.benchmark) return &row.accuracies;
  return nullptr;
}

std::vector<Comparison> comparisons(const Results& results) {
  std::vector<Comparison> all;
  const auto add = [&](const std::string& title, const std::string& from, const std::string& to) {
    const ordered_json *a = find(results, from), *b = find(results, to);
    if (a == nullptr || b == nullptr) return;
    const Accuracies& base = to == "odd" ? imagenet_1k : *paper_accuracies(from);
    all.push_back(
        {title, from, to, ratio(accuracies(*b), accuracies(*a)), ratio(*paper_accuracies(to), base)});
  };
  for (const Pair& p : pairs) add(p.title, p.from, p.to);
  for (const auto& r : results)
    if (const auto name = r["name"].get<std::string>(); name == "easy" || name.starts_with("easy_"))
      add(r["title"].get<std::string>() + " (paper: CLIP-1K) against random", "random", name);
  return all;
}
