#include "work.hpp"

#include <shoal/dataset/easy.hpp>
#include <shoal/dataset/frequency.hpp>
#include <shoal/dataset/granularity.hpp>
#include <shoal/dataset/imbalance.hpp>
#include <shoal/hierarchy/balanced_cut.hpp>
#include <shoal/hierarchy/cut.hpp>
#include <shoal/hierarchy/read.hpp>

namespace {

using shoal::Hierarchy;
using shoal::Index;

/// A node of the hierarchy; throws IndexError for a number that is none.
shoal::Node node(const Hierarchy& h, Index i) {
  if (i < 0 || i >= h.size()) throw nb::index_error(("there is no node " + std::to_string(i)).c_str());
  return static_cast<shoal::Node>(i);
}

nb::dict dict_of(shoal::Split split) {
  nb::dict out;
  out["rows"] = array_of(std::move(split.rows));
  out["labels"] = array_of(std::move(split.labels));
  return out;
}

nb::dict dict_of(shoal::Benchmark benchmark) {
  nb::dict out;
  out["train"] = dict_of(std::move(benchmark.train));
  out["validation"] = dict_of(std::move(benchmark.validation));
  out["classes"] = array_of(std::move(benchmark.classes));
  return out;
}

void add_tree(nb::module_& m) {
  nb::class_<Hierarchy>(m, "Hierarchy",
                        "Nodes, each with its parents, by numbers that count from 0 in the file's order.")
      .def_static(
          "read_tsv",
          [](const std::string& path, bool several_roots) {
            return shoal::read_hierarchy_tsv(path, {.several_roots = several_roots});
          },
          nb::arg("path"), nb::kw_only(), nb::arg("several_roots") = false,
          "Reads lines of id, parents (with commas between them) and name.")
      .def("__len__", &Hierarchy::size)
      .def("find", &Hierarchy::find, nb::arg("id"), "The number of a node, or -1.")
      .def("id", [](const Hierarchy& h, Index i) { return h.id(node(h, i)); })
      .def("name", [](const Hierarchy& h, Index i) { return h.name(node(h, i)); })
      .def("depth", [](const Hierarchy& h, Index i) { return h.depth(node(h, i)); })
      .def("is_leaf", [](const Hierarchy& h, Index i) { return h.is_leaf(node(h, i)); })
      .def("parents",
           [](const Hierarchy& h, Index i) {
             const auto parents = h.parents(node(h, i));
             return std::vector<shoal::Node>(parents.begin(), parents.end());
           })
      .def(
          "cut_to_depth",
          [](const Hierarchy& h, int depth) { return array_of(shoal::cut_to_depth(h, depth)); },
          nb::arg("depth"),
          "The node that stands for each node where deeper ones are merged into those of this depth.")
      .def(
          "cut_to_classes",
          [](const Hierarchy& h, const Labels& nodes, Index classes) {
            return array_of(
                shoal::cut_to_classes(h, shoal::count_samples(span_of(nodes), h.size()), classes));
          },
          nb::arg("nodes"), nb::arg("classes"),
          "The node that stands for each node in a cut into this many classes of even size; `nodes` are "
          "those of samples.");
}

void add_benchmarks(nb::module_& m) {
  using Spans = const Labels&;
  m.def("select_classes", [](Spans train, Spans validation, Spans classes) {
    return dict_of(shoal::select_classes({span_of(train), span_of(validation)}, span_of(classes)));
  });
  m.def("halve_odd", [](Spans train, Spans validation, std::uint64_t seed) {
    return dict_of(shoal::halve_odd({span_of(train), span_of(validation)}, seed));
  });
  m.def("long_tail", [](Spans train, Spans validation, double ratio, std::uint64_t seed) {
    return dict_of(shoal::long_tail({span_of(train), span_of(validation)}, ratio, seed));
  });
  m.def("coarsen", [](Spans train, Spans validation, Spans cut, Spans class_nodes) {
    const std::vector<shoal::Node> nodes(cut.data(), cut.data() + cut.size());
    return dict_of(shoal::coarsen({span_of(train), span_of(validation)}, nodes, span_of(class_nodes)));
  });
  m.def("random_classes", [](Spans labels, Index count, std::uint64_t seed) {
    return array_of(shoal::random_classes(shoal::label_counts(span_of(labels)), count, seed));
  });
  m.def("middle_classes", [](Spans labels, Index skip) {
    return array_of(shoal::middle_classes(shoal::label_counts(span_of(labels)), skip));
  });
  m.def("frequent_classes", [](Spans labels, Index percent) {
    return array_of(shoal::frequent_classes(shoal::label_counts(span_of(labels)), percent));
  });
  m.def("easiest_classes", [](const Floats& accuracy, Index count) {
    return array_of(shoal::easiest_classes(span_of(accuracy), count));
  });
}

}  // namespace

void add_hierarchy(nb::module_& m) {
  add_tree(m);
  add_benchmarks(m);
}
