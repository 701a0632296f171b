// Manifests of benchmarks: refused by the name of a field, or every field is of its type and no file lies
// elsewhere.
#include "fuzz/target.hpp"

#include <manifest_file.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::each(data, size, [](const std::string& path) {
    const StoredManifest stored = read_manifest(path, "");
    for (const auto& [name, file] : stored.files)
      fuzz::require(file.string().starts_with(fuzz::folder() + "/"), "files beside the manifest alone");
    const nlohmann::ordered_json again{
        {"constructor", stored.manifest.recipe.constructor},
        {"parameters", stored.manifest.recipe.parameters},
        {"seed", stored.manifest.recipe.seed},
        {"files", nlohmann::ordered_json::object()},
        {"reading", {{"format", stored.format}, {"primary", stored.primary}, {"forest", stored.forest}}},
        {"inputs_sha256", stored.manifest.inputs},
        {"result_sha256", stored.manifest.result}};
    const StoredManifest back = read_manifest(fuzz::file_of(again.dump(), 1), "");
    fuzz::require(back.manifest.inputs == stored.manifest.inputs &&
                      back.manifest.recipe.constructor == stored.manifest.recipe.constructor &&
                      back.manifest.recipe.seed == stored.manifest.recipe.seed &&
                      back.manifest.recipe.parameters.size() == stored.manifest.recipe.parameters.size() &&
                      back.forest == stored.forest,
                  "a manifest is read back");
  });
}

extern "C" int LLVMFuzzerInitialize(int* arguments, char*** argument) {
  const std::string rest =
      R"("parameters": {"ratio": 50.0}, "seed": 3, "inputs_sha256": {"labels": "00ff"}, "result_sha256": "ff"})";
  return fuzz::plant(
      *arguments, *argument,
      {R"({"constructor": "odd", "files": {}, )" + rest,
       R"({"constructor": "coarse", "files": {"labels": "3", "hierarchy": "../h.tsv"}, "reading": )"
       R"({"format": "tsv", "primary": "first", "forest": false}, )" +
           rest,
       R"({"constructor": "x", "files": {"labels": "/dev/zero"}, )" + rest, "[[[[", "{}"});
}
