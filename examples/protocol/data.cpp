#include "data.hpp"

#include <shoal/core/sha256.hpp>
#include <shoal/dataset/easy.hpp>
#include <shoal/hierarchy/classes.hpp>
#include <shoal/hierarchy/wordnet.hpp>

using shoal::Index;
using shoal::Label;

namespace {

/// Goes on with `count` classes drawn at random: other rows lose their label, nodes and prototypes of others
/// go.
void keep_classes(Data& data, std::vector<Label>& labels, Index count) {
  const auto all = static_cast<Label>(std::ssize(data.class_nodes) - 1);
  const std::vector<Label> kept = shoal::random_classes(shoal::label_counts(labels, all), count, 0);
  std::vector<Label> place(data.class_nodes.size(), -1);
  std::vector<shoal::Node> nodes;
  shoal::Matrix<float> prototypes(data.prototypes.rows() > 0 ? count : 0, data.prototypes.cols());
  for (const Label c : kept) {
    const auto to = static_cast<Label>(nodes.size());
    place[static_cast<std::size_t>(c)] = to;
    nodes.push_back(data.class_nodes[static_cast<std::size_t>(c)]);
    if (prototypes.rows() > 0) std::copy_n(data.prototypes.row(c), prototypes.cols(), prototypes.row(to));
  }
  for (Label& label : labels) label = label < 0 ? -1 : place[static_cast<std::size_t>(label)];
  data.class_nodes = std::move(nodes);
  data.prototypes = std::move(prototypes);
}

}  // namespace

std::vector<Index> Data::rows_at(const std::vector<Index>& split, const std::vector<Index>& places) {
  std::vector<Index> rows;
  for (const Index place : places) rows.push_back(split[static_cast<std::size_t>(place)]);
  return rows;
}

Data load(const DataFiles& files) {
  const bool wordnet = files.hierarchy.ends_with(".noun");
  Data data{.features = shoal::npy::map(files.features),
            .hierarchy =
                wordnet ? shoal::read_wordnet(files.hierarchy) : shoal::read_hierarchy_tsv(files.hierarchy),
            .class_nodes = {},
            .split = {},
            .training = {},
            .validation = {},
            .digest = {},
            .prototypes = {}};
  data.class_nodes = shoal::read_classes(files.classes.string(), data.hierarchy);
  auto labels = shoal::npy::read_vector<Label>(files.labels);
  shoal::check(std::ssize(labels) == data.features.rows(), shoal::Errc::invalid_argument,
               "protocol: labels (", labels.size(), ") must be as many as the rows of features (",
               data.features.rows(), ")");
  if (!files.prototypes.empty()) {
    data.prototypes = shoal::npy::read_matrix<float>(files.prototypes);
    shoal::check(data.prototypes.rows() == std::ssize(data.class_nodes) &&
                     data.prototypes.cols() == data.features.cols(),
                 shoal::Errc::invalid_argument, "protocol: prototypes (", data.prototypes.rows(), " x ",
                 data.prototypes.cols(), ") must be classes x features (", data.class_nodes.size(), " x ",
                 data.features.cols(), ")");
  }
  if (files.keep > 0) keep_classes(data, labels, files.keep);
  data.split = shoal::stratified_split(labels, files.validation_share, 0);
  for (const Index row : data.split.training) data.training.push_back(labels[static_cast<std::size_t>(row)]);
  for (const Index row : data.split.validation)
    data.validation.push_back(labels[static_cast<std::size_t>(row)]);
  data.digest = shoal::sha256(std::span<const Label>(data.training)) +
                shoal::sha256(std::span<const Label>(data.validation));
  return data;
}
