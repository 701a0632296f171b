// A record of how a benchmark was made, so that anyone can rebuild it and verify the result.
#pragma once

#include <shoal/core/sha256.hpp>
#include <shoal/dataset/recipe.hpp>

namespace shoal {

/// The SHA-256 digest of a benchmark: sizes, rows, labels and classes of both splits.
[[nodiscard]] inline std::string digest(const Benchmark& b) {
  Sha256 sha;
  const auto add = [&]<class T>(const std::vector<T>& values) {
    const auto size = static_cast<std::uint64_t>(values.size());
    sha.update(&size, sizeof(size));
    sha.update(values.data(), values.size() * sizeof(T));
  };
  for (const Split* split : {&b.train, &b.validation}) {
    add(split->rows);
    add(split->labels);
  }
  add(b.classes);
  return sha.hex();
}

/// The SHA-256 digest of a hierarchy: ids and parents of its nodes in order, the primary parent of each
/// first.
[[nodiscard]] inline std::string digest(const Hierarchy& h) {
  Sha256 sha;
  for (Node i = 0; i < h.size(); ++i) {
    sha.update(h.id(i));
    if (h.parent(i) != no_node) sha.update("\t" + h.id(h.parent(i)));
    for (const Node p : h.parents(i))
      if (p != h.parent(i)) sha.update("\t" + h.id(p));
    sha.update("\n");
  }
  return sha.hex();
}

/// The recipe, the digests of the inputs, and the sizes and digest of the result.
struct Manifest {
  Recipe recipe;                                                 ///< the constructor and its arguments
  std::map<std::string, std::string> inputs;                     ///< SHA-256 of each input, by name
  Index train_samples = 0, validation_samples = 0, classes = 0;  ///< sizes of the benchmark
  std::string result;                                            ///< SHA-256 of the benchmark
};

/// The digests of the inputs that are present.
[[nodiscard]] inline std::map<std::string, std::string> digests(const Sources& s) {
  std::map<std::string, std::string> found;
  const auto add = [&](const std::string& name, auto values) {
    if (!values.empty()) found[name] = sha256(values);
  };
  add("labels", s.labels.train);
  add("validation_labels", s.labels.validation);
  add("refined", s.refined.train);
  add("validation_refined", s.refined.validation);
  add("accuracy", s.accuracy);
  for (std::size_t k = 0; k < s.class_lists.size(); ++k)
    add("class_list_" + std::to_string(k), std::span<const Label>(s.class_lists[k]));
  if (s.hierarchy != nullptr) {
    found["hierarchy"] = digest(*s.hierarchy);
    add("class_nodes", s.class_nodes);
  }
  return found;
}

/// The manifest of a benchmark that `recipe` built from `sources`.
[[nodiscard]] inline Manifest manifest_of(const Recipe& recipe, const Sources& sources, const Benchmark& b) {
  return {recipe,
          digests(sources),
          static_cast<Index>(b.train.rows.size()),
          static_cast<Index>(b.validation.rows.size()),
          static_cast<Index>(b.classes.size()),
          digest(b)};
}

/// Rebuilds the benchmark and verifies it. Throws bad_data if an input or the result does not match its
/// digest.
[[nodiscard]] inline Benchmark rebuild(const Manifest& manifest, const Sources& sources) {
  const auto found = digests(sources);
  for (const auto& [name, expected] : manifest.inputs) {
    const auto here = found.find(name);
    check(here != found.end(), Errc::bad_data, "rebuild: the manifest names ", name, ", which is not given");
    check(here->second == expected, Errc::bad_data, "rebuild: ", name,
          " is not the one of the manifest: SHA-256 ", here->second, ", not ", expected);
  }
  Benchmark b = build(manifest.recipe, sources);
  const std::string result = digest(b);
  check(result == manifest.result, Errc::bad_data,
        "rebuild: the benchmark is not the one of the manifest: SHA-256 ", result, ", not ", manifest.result);
  return b;
}

}  // namespace shoal
