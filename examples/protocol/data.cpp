#include "data.hpp"

#include <algorithm>

#include <shoal/core/sha256.hpp>
#include <shoal/dataset/easy.hpp>
#include <shoal/hierarchy/classes.hpp>
#include <shoal/io/npy.hpp>

using shoal::Index;
using shoal::Label;

namespace {

/// At least `count` classes drawn at random, each with the class above it, so that parents and children meet.
std::vector<Label> draw_classes(const Data& data, const shoal::LabelCounts& counts, Index count) {
  const shoal::Hierarchy among = shoal::restrict_to(*data.hierarchy, data.class_nodes);
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

/// Goes on with so many classes: other rows lose their label, nodes and prototypes of others go.
void keep_classes(Data& data, std::vector<Label>& labels, std::vector<Label>& held_out, Index count) {
  shoal::check(data.hierarchy.has_value(), shoal::Errc::invalid_argument,
               "protocol: --keep draws classes with those above them, and needs a hierarchy");
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
  for (auto* split : {&labels, &held_out})
    for (Label& label : *split) label = label < 0 ? -1 : place[static_cast<std::size_t>(label)];
  data.class_nodes = std::move(nodes);
  data.classes = std::ssize(data.class_nodes);
  data.prototypes = std::move(prototypes);
}

/// Features of one split or two, with as many rows as the features whose labels are known.
Features read(const std::string& name, const std::filesystem::path& training,
              const std::filesystem::path& validation) {
  Features read{name, read_features(training), std::nullopt};
  if (!validation.empty()) read.given_validation = read_features(validation);
  return read;
}

void check_alike(const Features& own, const Features& other, const char* option) {
  shoal::check(other.given_validation.has_value() == own.given_validation.has_value(),
               shoal::Errc::invalid_argument, "protocol: ", option,
               other.name.empty() ? "" : " " + other.name,
               own.given_validation ? " needs features of the validation split, as it was given"
                                    : " has features of a validation split, and none was given");
  shoal::check(
      other.training.rows() == own.training.rows() && other.validation().rows() == own.validation().rows(),
      shoal::Errc::invalid_argument, "protocol: ", option, other.name.empty() ? "" : " " + other.name,
      " must have a row for each of the ", own.training.rows(), " rows of features");
}

/// The two parts of NAME=FILE.
std::pair<std::string, std::string> name_and_file(const std::string& text) {
  const auto equals = text.find('=');
  shoal::check(equals != std::string::npos && equals > 0, shoal::Errc::invalid_argument,
               "protocol: --model (", text, ") must be NAME=FILE");
  return {text.substr(0, equals), text.substr(equals + 1)};
}

void read_models(Data& data, const DataFiles& files) {
  for (const std::string& model : files.models) {
    const auto [name, file] = name_and_file(model);
    std::string held_out;
    for (const std::string& other : files.validation_models)
      if (const auto [its, path] = name_and_file(other); its == name) held_out = path;
    data.models.push_back(read(name, file, held_out));
    check_alike(data.features, data.models.back(), "--model");
  }
}

void read_prototypes(Data& data, const DataFiles& files) {
  if (!files.text_features.empty()) {
    data.text_features = read("", files.text_features, files.validation_text_features);
    check_alike(data.features, *data.text_features, "--text-features");
  }
  if (files.prototypes.empty()) return;
  const shoal::FeatureFile rows = read_features(files.prototypes);
  data.prototypes = shoal::Matrix<float>(rows.rows(), rows.cols());
  rows.read(0, data.prototypes);
  shoal::check(rows.rows() == data.classes && rows.cols() == data.beside_texts().training.cols(),
               shoal::Errc::invalid_argument, "protocol: prototypes (", rows.rows(), " x ", rows.cols(),
               ") must be classes x features (", data.classes, " x ", data.beside_texts().training.cols(),
               ")");
}

std::vector<Label> read_labels(const std::filesystem::path& file, Index rows) {
  auto labels = shoal::npy::read_vector<Label>(file);
  shoal::check(std::ssize(labels) == rows, shoal::Errc::invalid_argument, "protocol: labels (", labels.size(),
               ") must be as many as the rows of features (", rows, ")");
  return labels;
}

/// The rows that have a label, and their labels.
void take(const std::vector<Label>& labels, std::vector<Index>& rows, std::vector<Label>& taken) {
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] >= 0) rows.push_back(static_cast<Index>(i)), taken.push_back(labels[i]);
}

}  // namespace

std::vector<Index> Data::rows_at(const std::vector<Index>& split, const std::vector<Index>& places) {
  std::vector<Index> rows;
  for (const Index place : places) rows.push_back(split[static_cast<std::size_t>(place)]);
  return rows;
}

Data load(const DataFiles& files) {
  Data data{.features = read("", files.features, files.validation_features),
            .hierarchy = {},
            .class_nodes = {},
            .split = {},
            .training = {},
            .validation = {},
            .digest = {},
            .prototypes = {},
            .text_features = {},
            .models = {}};
  std::vector<Label> labels = read_labels(files.labels, data.features.training.rows()), held_out;
  const bool given = data.features.given_validation.has_value();
  if (given) held_out = read_labels(files.validation_labels, data.features.validation().rows());
  for (const auto* split : {&labels, &held_out})
    for (const Label y : *split) data.classes = std::max<Index>(data.classes, y + 1);
  if (!files.hierarchy.file.empty()) {
    data.hierarchy = files.hierarchy.read();
    data.class_nodes = files.hierarchy.class_nodes(*data.hierarchy);
    shoal::check(data.classes <= std::ssize(data.class_nodes), shoal::Errc::invalid_argument,
                 "protocol: label ", data.classes - 1, " must be one of the ", data.class_nodes.size(),
                 " classes of the hierarchy");
    data.classes = std::ssize(data.class_nodes);
  }
  read_prototypes(data, files);
  read_models(data, files);
  if (files.keep > 0) keep_classes(data, labels, held_out, files.keep);
  if (given) {
    take(labels, data.split.training, data.training);
    take(held_out, data.split.validation, data.validation);
  } else {
    data.split = shoal::stratified_split(labels, files.validation_share, 0);
    for (const Index row : data.split.training)
      data.training.push_back(labels[static_cast<std::size_t>(row)]);
    for (const Index row : data.split.validation)
      data.validation.push_back(labels[static_cast<std::size_t>(row)]);
  }
  data.digest = shoal::sha256(std::span<const Label>(data.training)) +
                shoal::sha256(std::span<const Label>(data.validation));
  return data;
}
