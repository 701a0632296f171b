#include "text_rows.hpp"

#include "feature_file.hpp"

#include <shoal/io/npy.hpp>

shoal::Matrix<float> TextRows::read(const HierarchyInput& hierarchy) const {
  using shoal::Index;
  const auto rows = read_features(file);
  std::vector<Index> wanted;
  if (ids.empty()) {
    for (Index i = 0; i < rows.rows(); ++i) wanted.push_back(i);
  } else {
    const auto h = hierarchy.read();
    std::vector<Index> row_of(static_cast<std::size_t>(h.size()), -1);
    const auto row_ids = shoal::npy::read_vector<Index>(ids);
    shoal::check(static_cast<Index>(row_ids.size()) == rows.rows(), shoal::Errc::bad_file, ids.string(),
                 " has ", row_ids.size(), " ids for the ", rows.rows(), " rows of ", file.string());
    for (std::size_t r = 0; r < row_ids.size(); ++r)
      if (const auto node = h.find(std::to_string(row_ids[r])); node != shoal::no_node)
        row_of[static_cast<std::size_t>(node)] = static_cast<Index>(r);
    for (const auto node : hierarchy.class_nodes(h)) {
      wanted.push_back(row_of[static_cast<std::size_t>(node)]);
      shoal::check(wanted.back() >= 0, shoal::Errc::bad_file, ids.string(), " has no row for class ",
                   h.id(node));
    }
  }
  shoal::Matrix<float> texts(static_cast<Index>(wanted.size()), rows.cols());
  rows.gather(wanted, texts);
  return texts;
}

void add_texts(Verb& verb, TextRows& texts) {
  verb.features("TEXTS", texts.file,
                "Text embeddings, a row for each class in the order of labels " + feature_formats)
      .required();
  verb.input("--text-ids", texts.ids,
             "Ids of the rows of TEXTS (.npy), which may then be of any nodes: each class takes its own");
  verb.only_with("--text-ids", {"--hierarchy"});
}
