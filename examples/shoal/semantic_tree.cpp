#include "semantic_tree.hpp"

#include "json_file.hpp"

#include <algorithm>
#include <fstream>

#include <shoal/io/foreign_files.hpp>

namespace {

using nlohmann::json;  // finds the name of each class in logarithmic time

/// Returns a field of the object; throws if it is missing or of another type.
const json& field(const json& tree, const char* name, bool (json::*is)() const noexcept, const Path& path) {
  shoal::check(tree.contains(name) && (tree.at(name).*is)(), shoal::Errc::bad_file, path.string(),
               " is not a semantic tree: it has no ", name);
  return tree.at(name);
}

}  // namespace

shoal::Hierarchy read_semantic_tree(const Path& path, shoal::Primary primary) {
  const json tree = read_json<json>(path, "a semantic tree");
  const auto& list = field(tree, "class_list", &json::is_array, path);
  const auto& all_paths = field(tree, "class_tree_list", &json::is_array, path);
  const json description = tree.value("class_description", json::object());
  const auto expect = [&](bool ok) {
    shoal::check(
        ok, shoal::Errc::bad_file, path.string(),
        " is not a semantic tree: class_list must hold ids, class_tree_list lists of class numbers, and "
        "class_description names by id");
  };
  expect(description.is_object());
  std::vector<std::string> ids, names;
  shoal::Lists<shoal::Index> paths;
  for (const json& id : list) {
    expect(id.is_string());
    ids.push_back(id.get<std::string>());
    const auto name = description.find(ids.back());
    expect(name == description.end() || name->is_string());
    names.push_back(name == description.end() ? ids.back() : name->get<std::string>());
  }
  for (const json& of_class : all_paths) {
    expect(of_class.is_array() && std::ranges::all_of(of_class, &json::is_number_integer));
    paths.append(std::span<const shoal::Index>(of_class.get<std::vector<shoal::Index>>()));
  }
  return shoal::semantic_tree(ids, names, paths, path.string(), primary);
}

void refuse_pth(const Path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string start(4, '\0');
  in.read(start.data(), 4);
  const bool pickle = start == "PK\x03\x04" || start.starts_with("\x80\x02") || path.extension() == ".pth";
  shoal::check(
      !pickle, shoal::Errc::bad_file, path.string(),
      " is a pickle of PyTorch's, which runs code when it is read; if you trust it, make JSON of it: "
      "python3 -c \"import json, torch; t = torch.load('",
      shoal::quoted_or(path.string(), "FILE"),
      "', map_location='cpu', weights_only=False); json.dump({'class_list': [str(c) for c in "
      "t['class_list']], 'class_tree_list': [[int(k) for k in p] for p in t['class_tree_list']], "
      "'class_description': t['class_description']}, open('tree.json', 'w'))\"");
}
