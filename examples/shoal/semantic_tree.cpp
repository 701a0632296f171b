#include "semantic_tree.hpp"

#include "json_file.hpp"

#include <fstream>

namespace {

using nlohmann::ordered_json;

/// Returns a field of the object; throws if it is missing or of another type.
const ordered_json& field(const ordered_json& tree, const char* name,
                          bool (ordered_json::*is)() const noexcept, const Path& path) {
  shoal::check(tree.contains(name) && (tree.at(name).*is)(), shoal::Errc::bad_file, path.string(),
               " is not a semantic tree: it has no ", name);
  return tree.at(name);
}

}  // namespace

shoal::Hierarchy read_semantic_tree(const Path& path, shoal::Primary primary) {
  const ordered_json tree = read_json(path, "a semantic tree");
  const auto& list = field(tree, "class_list", &ordered_json::is_array, path);
  const auto& all_paths = field(tree, "class_tree_list", &ordered_json::is_array, path);
  const ordered_json description = tree.value("class_description", ordered_json::object());
  std::vector<std::string> ids, names;
  shoal::Lists<shoal::Index> paths;
  try {
    for (const ordered_json& id : list) {
      ids.push_back(id.get<std::string>());
      names.push_back(description.value(ids.back(), ids.back()));
    }
    for (const ordered_json& of_class : all_paths)
      paths.append(std::span<const shoal::Index>(of_class.get<std::vector<shoal::Index>>()));
  } catch (const ordered_json::exception&) {
    shoal::fail(
        shoal::Errc::bad_file, path.string(),
        " is not a semantic tree: class_list must hold ids, class_tree_list lists of class numbers, and "
        "class_description names by id");
  }
  return shoal::semantic_tree(ids, names, paths, path.string(), primary);
}

void refuse_pth(const Path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string start(4, '\0');
  in.read(start.data(), 4);
  const bool pickle = start == "PK\x03\x04" || start.starts_with("\x80\x02") || path.extension() == ".pth";
  shoal::check(!pickle, shoal::Errc::bad_file, path.string(),
               " is a pickle of PyTorch's, which runs code when it is read; make JSON of it with PyTorch:\n"
               "import json, torch\n"
               "t = torch.load(\"imagenet21k_miil_tree.pth\", map_location=\"cpu\", weights_only=False)\n"
               "json.dump({\"class_list\": [str(c) for c in t[\"class_list\"]], \"class_tree_list\": "
               "[[int(k) for k in p] "
               "for p in t[\"class_tree_list\"]], \"class_description\": t[\"class_description\"]}, "
               "open(\"tree.json\", "
               "\"w\"))");
}
