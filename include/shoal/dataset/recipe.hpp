// The table of all benchmark constructors by name, as manifests and the command refer to them.
#pragma once

#include <map>
#include <string>

#include <shoal/dataset/easy.hpp>
#include <shoal/dataset/granularity.hpp>
#include <shoal/dataset/imbalance.hpp>
#include <shoal/hierarchy/balanced_cut.hpp>
#include <shoal/hierarchy/classes.hpp>

namespace shoal {

/// A constructor and its arguments.
struct Recipe {
  std::string constructor;                   ///< its name
  std::map<std::string, double> parameters;  ///< by name
  std::uint64_t seed = 0;                    ///< seed of its random choices
};

/// The inputs of constructors; each needs some of them.
struct Sources {
  SplitLabels labels;                                                  ///< labels of the data set
  const Hierarchy* hierarchy = nullptr;                                ///< hierarchy of its classes
  BorrowedView<std::span<const Node>> class_nodes = {};                ///< the node of each label
  SplitLabels refined = {};                                            ///< labels after relabelling
  BorrowedView<std::span<const float>> accuracy = {};                  ///< accuracy of each label
  BorrowedView<std::span<const std::vector<Label>>> class_lists = {};  ///< lists of labels
};

/// What a constructor needs besides labels and its parameters.
enum class Needs { nothing, seed, hierarchy, accuracy, refined, class_lists };

/// The description of a constructor.
struct Constructor {
  const char* name;                     ///< the name used in recipes
  const char* summary;                  ///< one line for help texts
  std::vector<std::string> parameters;  ///< names of its parameters
  Needs needs;                          ///< what else it needs
  bool nodes;                           ///< whether its classes are nodes of the hierarchy rather than labels
  Benchmark (*build)(const Recipe&, const Sources&);  ///< makes the benchmark
};

namespace recipe_impl {
inline double number(const Recipe& r, const char* name) {
  const auto found = r.parameters.find(name);
  check(found != r.parameters.end(), Errc::invalid_argument, "build: constructor ", r.constructor,
        " needs the parameter ", name);
  return found->second;
}
inline Index whole(const Recipe& r, const char* name) {
  const double value = number(r, name);
  check(value == std::floor(value) && std::abs(value) < 1e9, Errc::invalid_argument, "build: parameter ",
        name, " (", value, ") must be a whole number below 10^9");
  return static_cast<Index>(value);
}

/// The number of training samples of each node itself.
inline std::vector<Index> node_samples(const Sources& s) {
  std::vector<Index> samples(static_cast<std::size_t>(s.hierarchy->size()));
  const LabelCounts counts = train_counts(s.labels);
  for (std::size_t k = 0; k < counts.size(); ++k)
    samples[static_cast<std::size_t>(s.class_nodes[static_cast<std::size_t>(counts.labels[k])])] +=
        counts.counts[k];
  return samples;
}

inline Benchmark pick(const Sources& s, const std::vector<Label>& classes) {
  return select_classes(s.labels, classes);
}
inline Benchmark send(const Sources& s, const Cut& cut) { return coarsen(s.labels, cut, s.class_nodes); }

inline Benchmark odd(const Recipe& r, const Sources& s) { return halve_odd(s.labels, r.seed); }
inline Benchmark tail(const Recipe& r, const Sources& s) {
  return long_tail(s.labels, number(r, "ratio"), r.seed);
}
inline Benchmark frequency(const Recipe& r, const Sources& s) {
  return pick(s, middle_classes(train_counts(s.labels), whole(r, "s")));
}
inline Benchmark imbalanced(const Recipe&, const Sources& s) {
  return pick(s, imbalanced_classes(train_counts(s.labels)));
}
inline Benchmark centered(const Recipe&, const Sources& s) {
  const LabelCounts counts = train_counts(s.labels);
  return pick(s, centered_classes(counts, static_cast<Index>(imbalanced_classes(counts).size())));
}
inline Benchmark coarse(const Recipe& r, const Sources& s) {
  return send(s, cut_to_depth(*s.hierarchy, static_cast<int>(whole(r, "depth"))));
}
inline Benchmark support(const Recipe& r, const Sources& s) {
  return send(s, cut_by_support(*s.hierarchy, node_samples(s), whole(r, "minimum")));
}
inline Benchmark balanced(const Recipe& r, const Sources& s) {
  return send(s, cut_to_classes(*s.hierarchy, node_samples(s), whole(r, "count")));
}
inline Benchmark wordnet_leaves(const Recipe&, const Sources& s) {
  return pick(s, leaf_classes(*s.hierarchy, s.class_nodes));
}
inline Benchmark class_leaves(const Recipe&, const Sources& s) {
  const Hierarchy among = restrict_to(*s.hierarchy, s.class_nodes);
  return pick(s, leaves(among));
}
inline Benchmark relabel(const Recipe&, const Sources& s) { return relabeled(s.labels, s.refined); }
inline Benchmark easy(const Recipe& r, const Sources& s) {
  return pick(s, easiest_classes(s.accuracy, whole(r, "count")));
}
inline Benchmark random(const Recipe& r, const Sources& s) {
  return pick(s, random_classes(train_counts(s.labels), whole(r, "count"), r.seed));
}
inline Benchmark any_list(const Recipe&, const Sources& s) {
  std::vector<Label> classes;
  for (const auto& list : s.class_lists) classes = union_of(std::move(classes), list);
  return pick(s, classes);
}
inline Benchmark all_lists(const Recipe&, const Sources& s) {
  std::vector<Label> classes = s.class_lists.front();
  for (const auto& list : s.class_lists) classes = intersection_of(classes, list);
  return pick(s, classes);
}
}  // namespace recipe_impl

/// All constructors, in the order of the paper.
[[nodiscard]] inline const std::vector<Constructor>& constructors() {
  using namespace recipe_impl;
  static const std::vector<Constructor> all{
      {"odd", "half of the training samples of every odd class", {}, Needs::seed, false, odd},
      {"long-tail",
       "an exponential fall of training samples over classes",
       {"ratio"},
       Needs::seed,
       false,
       tail},
      {"frequency", "classes around the median of training samples", {"s"}, Needs::nothing, false, frequency},
      {"imbalanced",
       "10 % of classes around the median, and the top 10 %",
       {},
       Needs::nothing,
       false,
       imbalanced},
      {"centered",
       "as many classes as imbalanced, all around the median",
       {},
       Needs::nothing,
       false,
       centered},
      {"coarse", "no class deeper than depth", {"depth"}, Needs::hierarchy, true, coarse},
      {"support", "no class below minimum training samples", {"minimum"}, Needs::hierarchy, true, support},
      {"balanced", "at most count classes, as even as can be", {"count"}, Needs::hierarchy, true, balanced},
      {"leaves", "classes without hyponyms in the hierarchy", {}, Needs::hierarchy, false, wordnet_leaves},
      {"class-leaves",
       "classes without hyponyms among the classes",
       {},
       Needs::hierarchy,
       false,
       class_leaves},
      {"relabeled", "labels refined by zero-shot relabelling", {}, Needs::refined, false, relabel},
      {"easy", "the count classes of highest accuracy", {"count"}, Needs::accuracy, false, easy},
      {"random", "count classes at random", {"count"}, Needs::seed, false, random},
      {"union", "the classes of any of the lists", {}, Needs::class_lists, false, any_list},
      {"intersection", "the classes of all of the lists", {}, Needs::class_lists, false, all_lists},
  };
  return all;
}

/// The constructor of that name. Throws invalid_argument if there is none.
[[nodiscard]] inline const Constructor& constructor_of(const std::string& name) {
  for (const Constructor& c : constructors())
    if (c.name == name) return c;
  fail(Errc::invalid_argument, "constructor_of: there is no constructor ", name);
}

/// Builds the benchmark that the recipe describes; a pure function of recipe and sources. Throws
/// invalid_argument for an unknown constructor, for parameters that it does not take or that are missing, and
/// for missing sources.
[[nodiscard]] inline Benchmark build(const Recipe& recipe, const Sources& sources) {
  const Constructor& constructor = constructor_of(recipe.constructor);
  const auto need = [&](bool given, const char* what) {
    check(given, Errc::invalid_argument, "build: constructor ", recipe.constructor, " needs ", what);
  };
  if (constructor.needs == Needs::hierarchy) {
    need(sources.hierarchy != nullptr, "a hierarchy");
    check(largest_label(sources.labels) < static_cast<Index>(sources.class_nodes.size()),
          Errc::invalid_argument, "build: label ", largest_label(sources.labels), " must be below ",
          sources.class_nodes.size(), ", the number of classes in class_nodes");
  }
  need(constructor.needs != Needs::accuracy || !sources.accuracy.empty(), "the accuracy of each class");
  need(constructor.needs != Needs::refined || !sources.refined.train.empty(), "refined labels");
  need(constructor.needs != Needs::class_lists || !sources.class_lists.empty(), "class lists");
  return constructor.build(recipe, sources);
}

}  // namespace shoal
