// shoal cluster without heads: the options of --method auto, pmi-graph, leiden and turtle.
#pragma once

#include "method_options.hpp"
#include "path.hpp"

#include <optional>
#include <vector>

#include <shoal/graph/auto.hpp>
#include <shoal/turtle/settings.hpp>

inline constexpr const char* graph_methods_group = "Neighbour graph";

/// The method that gave the best results for the given views and number of clusters.
struct AutoMethod {
  static constexpr const char* group = graph_methods_group;

  std::vector<Path> views;  ///< further views besides the features

  template <class Visit> void each_option(Visit& visit) {
    visit.files("--view", views, "Other views of the rows: their graphs are summed (as FEATURES)");
  }
};

/// Local moves that increase the pointwise mutual information of neighbours and clusters.
struct PmiGraphMethod {
  static constexpr const char* group = graph_methods_group;

  std::vector<Path> views;
  Path neighbors;
  std::optional<shoal::Index> neighbor_count;
  shoal::GraphCut<shoal::Pmi> settings;

  [[nodiscard]] static Choices<shoal::CutStart> starts() {
    return {{"ward", shoal::CutStart::ward},
            {"merged", shoal::CutStart::merged},
            {"leiden", shoal::CutStart::leiden}};
  }

  template <class Visit> void each_option(Visit& visit) {
    visit.files("--view", views, "Other views of the rows: their graphs are summed (as FEATURES)");
    visit.file("--neighbors", neighbors, "Neighbours of each row, all of the same weight (.npy)");
    visit.number("--neighbor-count", neighbor_count, Range<shoal::Index>{1, 100'000},
                 "Neighbours to find for each row");
    visit.choice("--graph-start", settings.start, starts(),
                 "What local moves begin with: k-means from a Ward start, four times as many clusters merged "
                 "on the graph, or Leiden");
    visit.number("--sweeps", settings.sweeps, Range<shoal::Index>{0, 1'000'000},
                 "The most sweeps of local moves");
  }
};

/// Modularity by Leiden, with a given number of clusters or a given resolution.
struct LeidenMethod {
  static constexpr const char* group = graph_methods_group;

  std::vector<Path> views;
  Path neighbors;
  std::optional<shoal::Index> neighbor_count;
  std::optional<double> resolution;

  template <class Visit> void each_option(Visit& visit) {
    visit.files("--view", views, "Other views of the rows: their graphs are summed (as FEATURES)");
    visit.file("--neighbors", neighbors, "Neighbours of each row, all of the same weight (.npy)");
    visit.number("--neighbor-count", neighbor_count, Range<shoal::Index>{1, 100'000},
                 "Neighbours to find for each row");
    visit.number("--resolution", resolution, Range<double>{0, 1e9},
                 "In the place of --clusters: the larger, the more clusters there are");
  }
};

/// Labels that linear classifiers in every view learn easily.
struct TurtleMethod {
  static constexpr const char* group = "TURTLE";

  std::vector<Path> views;
  shoal::Turtle settings;

  template <class Visit> void each_option(Visit& visit) {
    visit.files("--view", views, "Other views of the rows: other spaces of the classifiers (as FEATURES)");
    visit.number("--steps", settings.steps, Range<shoal::Index>{1, 1'000'000'000}, "Steps of the labels");
  }
};
