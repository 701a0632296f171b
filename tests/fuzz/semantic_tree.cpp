// The semantic tree in JSON, read back from the hierarchy that it gives.
#include "fuzz/hierarchies.hpp"

#include <semantic_tree.cpp>

namespace {

/// The tree that reads as h, whose nodes are its classes; empty where a node is not named by its class.
std::string tree_of(const shoal::Hierarchy& h) {
  nlohmann::json ids = nlohmann::json::array(), paths = ids, names = nlohmann::json::object();
  for (shoal::Node i = 0; i < h.size(); ++i) {
    ids.push_back(h.id(i));
    names[h.id(i)] = h.name(i);
    nlohmann::json path = nlohmann::json::array();
    for (shoal::Node at = i; at != shoal::no_node; at = h.parent(at)) path.push_back(at);
    paths.push_back(path);
  }
  return nlohmann::json{{"class_list", ids}, {"class_tree_list", paths}, {"class_description", names}}.dump(
      -1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::each(data, size, [](const std::string& path) {
    const shoal::Hierarchy h = read_semantic_tree(path, shoal::Primary::first);
    fuzz::check_hierarchy(h);
    fuzz::require(shoal::digest(read_semantic_tree(fuzz::file_of(tree_of(h), 1), shoal::Primary::first)) ==
                      shoal::digest(h),
                  "a tree is read back");
  });
}

extern "C" int LLVMFuzzerInitialize(int* arguments, char*** argument) {
  return fuzz::plant(
      *arguments, *argument,
      {R"({"class_list": ["a", "b", "c"], "class_tree_list": [[0], [1, 0], [2, 1, 0]], "class_description": )"
       R"({"a": "root", "b": "sea"}})",
       R"({"class_list": ["a", "b"], "class_tree_list": [[0], [1]]})",
       R"({"class_list": ["a"], "class_tree_list": [[0, 0]], "class_description": []})",
       R"({"class_list": [1], "class_tree_list": [[-1]]})", "{", "[]"});
}
