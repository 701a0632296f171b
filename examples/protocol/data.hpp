// What a study is made on: features, labels, their hierarchy, and a training and a validation split.
#pragma once

#include "feature_file.hpp"
#include "hierarchy_input.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <shoal/hierarchy/tree.hpp>
#include <shoal/probe/split.hpp>

/// Where the data lies.
struct DataFiles {
  std::filesystem::path features, labels;                        ///< of both splits, or of the training split
  std::filesystem::path validation_features, validation_labels;  ///< empty: a share of each class is held out
  double validation_share = 0.2;
  HierarchyInput hierarchy;          ///< its file is empty where there is none
  std::filesystem::path prototypes;  ///< a class a row; empty where there are none
  std::filesystem::path text_features, validation_text_features;  ///< in their space; empty: the features
  shoal::Index keep = 0;  ///< so many classes, drawn at random with the classes above them; 0: all
  std::vector<std::string> models,
      validation_models;  ///< NAME=FILE: features of the same rows by other models
};

/// Features of the rows of both splits, in one file or in two.
struct Features {
  std::string name;  ///< of the model; empty: the features themselves
  shoal::FeatureFile training;
  std::optional<shoal::FeatureFile> given_validation;

  [[nodiscard]] const shoal::FeatureFile& validation() const {
    return given_validation ? *given_validation : training;
  }
};

/// Features of one kind with their labels in two splits: every benchmark takes its rows from these.
struct Data {
  Features features;
  std::optional<shoal::Hierarchy> hierarchy;       ///< of all labels
  std::vector<shoal::Node> class_nodes;            ///< the node of each label, where there is a hierarchy
  shoal::Index classes = 0;                        ///< one more than the largest label
  shoal::StratifiedSplit split;                    ///< rows of the features of each split
  std::vector<shoal::Label> training, validation;  ///< labels of the rows of the splits
  std::string digest;                              ///< SHA-256 of the labels of both splits
  shoal::Matrix<float> prototypes;                 ///< C × d, the classes as features; empty where not given
  std::optional<Features> text_features;           ///< those that the prototypes are near to, if others
  std::vector<Features> models;

  /// The features that lie in the space of the prototypes.
  [[nodiscard]] const Features& beside_texts() const { return text_features ? *text_features : features; }
  /// Rows of the features that stand at these places of a split.
  [[nodiscard]] static std::vector<shoal::Index> rows_at(const std::vector<shoal::Index>& split,
                                                         const std::vector<shoal::Index>& places);
};

/// Reads and splits. Throws where files don't fit each other.
Data load(const DataFiles& files);
