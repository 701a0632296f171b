#include "data.hpp"

#include <shoal/core/sha256.hpp>
#include <shoal/dataset/easy.hpp>
#include <shoal/hierarchy/classes.hpp>
#include <shoal/hierarchy/wordnet.hpp>

using shoal::Index;
using shoal::Label;

namespace {

/// At least `count` classes drawn at random, each with the class above it, so that parents and children meet.
std::vector<Label> draw_classes(const Data& data, const shoal::LabelCounts& counts, Index count) {
  const shoal::Hierarchy among = shoal::restrict_to(data.hierarchy, data.class_nodes);
  for (Index drawn = std::max<Index>(1, count / 2);; ++drawn) {
    std::vector<Label> kept = shoal::random_classes(counts, drawn, 0);
    for (Index i = 0; i < drawn; ++i) {
      const shoal::Node parent = among.parent(kept[static_cast<std::size_t>(i)]);
      if (parent != shoal::no_node) kept.push_back(static_cast<Label>(parent));
    }
    std::ranges::sort(kept);
    kept.erase(std::ranges::unique(kept).begin(), kept.end());
    if (std::ssize(kept) >= count) return kept;
  }
}

/// Goes on with these classes: other rows lose their label, nodes and prototypes of others go.
void keep_classes(Data& data, std::vector<Label>& labels, Index count) {
  const std::vector<Label> kept = draw_classes(data, shoal::label_counts(labels), count);
  std::vector<Label> place(data.class_nodes.size(), -1);
  std::vector<shoal::Node> nodes;
  shoal::Matrix<float> prototypes(data.prototypes.rows() > 0 ? std::ssize(kept) : 0, data.prototypes.cols());
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
            .prototypes = {},
            .models = {}};
  data.class_nodes = shoal::read_classes(files.classes.string(), data.hierarchy);
  auto labels = shoal::npy::read_vector<Label>(files.labels);
  shoal::check(std::ssize(labels) == data.features.rows(), shoal::Errc::invalid_argument,
               "protocol: labels (", labels.size(), ") must be as many as the rows of features (",
               data.features.rows(), ")");
  if (!files.prototypes.empty()) {
    const auto rows = shoal::npy::map(files.prototypes);
    data.prototypes = shoal::Matrix<float>(rows.rows(), rows.cols());
    rows.read(0, data.prototypes);
    shoal::check(data.prototypes.rows() == std::ssize(data.class_nodes) &&
                     data.prototypes.cols() == data.features.cols(),
                 shoal::Errc::invalid_argument, "protocol: prototypes (", data.prototypes.rows(), " x ",
                 data.prototypes.cols(), ") must be classes x features (", data.class_nodes.size(), " x ",
                 data.features.cols(), ")");
  }
  for (const std::string& model : files.models) {
    const auto equals = model.find('=');
    shoal::check(equals != std::string::npos && equals > 0, shoal::Errc::invalid_argument,
                 "protocol: --model (", model, ") must be NAME=FILE.npy");
    data.models.push_back({model.substr(0, equals), shoal::npy::map(model.substr(equals + 1))});
    shoal::check(data.models.back().features.rows() == data.features.rows(), shoal::Errc::invalid_argument,
                 "protocol: --model (", model, ") must have a row for each of the ", data.features.rows(),
                 " rows of features");
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
