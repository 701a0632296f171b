// The benchmarks of the study, in the order of the paper.
#pragma once

#include "data.hpp"
#include "device.hpp"

#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <shoal/dataset/benchmark.hpp>
#include <shoal/dataset/manifest.hpp>

/// A benchmark by name, and how it is made.
struct Plan {
  std::string name;   ///< of its file
  std::string group;  ///< of the table: "Imbalance", "Frequency", …
  std::string title;
  double parameter = 0;                         ///< the d of coarse d, the s of m_s
  std::vector<shoal::Index> neighbor_counts{};  ///< TEMI is trained with each of these m besides
  std::vector<double> cluster_shares{};         ///< all methods are run with so many clusters a class besides
  bool by_model = false;                        ///< all is run on the features of every other model besides
  bool zero_shot = false;  ///< the held-out rows are classified by the prototypes besides
  /// Makes it; what is worth saying of how it was made goes into the object.
  std::function<shoal::Benchmark(nlohmann::ordered_json&)> make;
};

/// What the benchmarks are to be, beyond the data.
struct PlanSettings {
  std::vector<int> depths{1, 2, 3, 4, 5, 6, 7, 8, 9};
  std::vector<shoal::Index> spreads{5, 15, 25, 35, 45};  ///< percentiles on each side of the median
  shoal::Index easy = 0;  ///< classes of the easy and of the random benchmark; 0: a tenth, as in the paper
  std::vector<shoal::Index> neighbor_counts;  ///< of TEMI, on the coarse benchmarks of d ≤ 2 (the paper, B.3)
  std::vector<double> cluster_shares;         ///< over-clustering (the paper, B.4)
  std::vector<std::string> over_cluster{"centered"};  ///< the benchmarks of over-clustering; "every" for all
  std::vector<std::string> by_model;  ///< those on the features of other models (figure 3); "every" for all
  std::uint64_t seed = 0;
};

/// A model whose linear probe of the full set says which classes are easy.
struct Judge {
  std::string name;                              ///< of the model; empty: the features themselves
  std::function<std::vector<float>()> accuracy;  ///< of each label
};

/// The benchmarks that the data allow: coarse ones and leaves where there is a hierarchy, relabelled ones
/// where there are prototypes too. The roots of a forest are its coarse classes of d = 1, as in the paper; a
/// tree's root has d = 0. `data` must outlive them. Throws invalid_argument for names in the settings that no
/// benchmark has.
std::vector<Plan> plan_benchmarks(const Data& data, const PlanSettings& settings,
                                  const std::vector<Judge>& judges, const Device& device);

/// The node that each class of a benchmark is; none where there is no hierarchy.
std::vector<shoal::Node> nodes_of(const Data& data, const Plan& plan, const shoal::Benchmark& benchmark);
