// What a study is made on: features, labels, their hierarchy, and a training and a validation split.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <shoal/hierarchy/tree.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/probe/split.hpp>

/// Where the data lies.
struct DataFiles {
  std::filesystem::path features, labels, classes, prototypes;
  std::string hierarchy;
  double validation_share = 0.2;
  shoal::Index keep = 0;            ///< so many classes, drawn at random with the classes above them; 0: all
  std::vector<std::string> models;  ///< NAME=FILE.npy: features of the same rows by other models
};

/// Other features of the same rows, by which classes may be easy.
struct Model {
  std::string name;
  shoal::MappedRows features;
};

/// Features of one kind with their labels, split once: every benchmark takes its rows from these two splits.
struct Data {
  shoal::MappedRows features;  ///< n × d
  shoal::Hierarchy hierarchy;
  std::vector<shoal::Node> class_nodes;            ///< the node of each label
  shoal::StratifiedSplit split;                    ///< rows of features
  std::vector<shoal::Label> training, validation;  ///< labels of the rows of the splits
  std::string digest;                              ///< SHA-256 of the labels of both splits
  shoal::Matrix<float> prototypes;                 ///< C × d, the classes as features; empty where not given
  std::vector<Model> models;

  /// Rows of the features that stand at these places of a split.
  [[nodiscard]] static std::vector<shoal::Index> rows_at(const std::vector<shoal::Index>& split,
                                                         const std::vector<shoal::Index>& places);
};

/// Reads and splits. The hierarchy is WordNet's data.noun, or a TSV. Throws where files don't fit each other.
Data load(const DataFiles& files);
