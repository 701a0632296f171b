// The semantic tree that was released with ImageNet-21K-P, as JSON.
#pragma once

#include "path.hpp"

#include <shoal/hierarchy/semantic_tree.hpp>

/// The hierarchy of a JSON object with class_list (ids), class_tree_list (the path of each class to its root)
/// and class_description (names by id; may lack). Throws shoal::error for anything else.
shoal::Hierarchy read_semantic_tree(const Path& path, shoal::Primary primary);

/// Throws where the file is a pickle of PyTorch's, which only Python reads, and says how to make JSON of it.
void refuse_pth(const Path& path);
