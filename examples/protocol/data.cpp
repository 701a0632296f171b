#include "data.hpp"

#include <shoal/hierarchy/classes.hpp>
#include <shoal/hierarchy/wordnet.hpp>

using shoal::Index;
using shoal::Label;

std::vector<Index> Data::rows_at(const std::vector<Index>& split, const std::vector<Index>& places) {
  std::vector<Index> rows;
  for (const Index place : places) rows.push_back(split[static_cast<std::size_t>(place)]);
  return rows;
}

Data load(const DataFiles& files) {
  const bool wordnet = files.hierarchy.ends_with(".noun");
  Data data{shoal::npy::map(files.features),
            wordnet ? shoal::read_wordnet(files.hierarchy) : shoal::read_hierarchy_tsv(files.hierarchy),
            {},
            {},
            {},
            {},
            {}};
  data.class_nodes = shoal::read_classes(files.classes.string(), data.hierarchy);
  const auto labels = shoal::npy::read_vector<Label>(files.labels);
  shoal::check(std::ssize(labels) == data.features.rows(), shoal::Errc::invalid_argument,
               "protocol: labels (", labels.size(), ") must be as many as the rows of features (",
               data.features.rows(), ")");
  data.split = shoal::stratified_split(labels, files.validation_share, 0);
  for (const Index row : data.split.training) data.training.push_back(labels[static_cast<std::size_t>(row)]);
  for (const Index row : data.split.validation)
    data.validation.push_back(labels[static_cast<std::size_t>(row)]);
  if (!files.prototypes.empty()) {
    data.prototypes = shoal::npy::read_matrix<float>(files.prototypes);
    shoal::check(data.prototypes.rows() == std::ssize(data.class_nodes) &&
                     data.prototypes.cols() == data.features.cols(),
                 shoal::Errc::invalid_argument, "protocol: prototypes (", data.prototypes.rows(), " x ",
                 data.prototypes.cols(), ") must be classes x features (", data.class_nodes.size(), " x ",
                 data.features.cols(), ")");
  }
  return data;
}
