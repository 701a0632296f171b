// Text embeddings of classes as options: a file of rows, or of more rows than classes, found by their ids.
#pragma once

#include "hierarchy_input.hpp"
#include "path.hpp"

#include <shoal/core/matrix.hpp>

/// The rows of a file, row c for class c; with `ids` its rows may be of any nodes, and each class takes the
/// row of its id.
struct TextRows {
  Path file, ids;
  [[nodiscard]] shoal::Matrix<float> read(const HierarchyInput& hierarchy) const;
};

/// Adds TEXTS and --text-ids.
void add_texts(Verb& verb, TextRows& texts);
