// What walks rows takes any backend: the plain one and a GPU (whose host does the work) give Cpu's values.
#include "contract/small_data.hpp"
#include "support/gpu.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/eigen_cpu.hpp>
#include <shoal/hierarchy/prototypes.hpp>
#include <shoal/hierarchy/relabel.hpp>
#include <shoal/hierarchy/temperature.hpp>
#include <shoal/metrics/alignment.hpp>
#include <shoal/metrics/evaluate.hpp>
#include <shoal/metrics/separability.hpp>
#include <shoal/metrics/silhouette.hpp>
#include <shoal/neighbors/cuda/search.cuh>
#include <shoal/neighbors/inverted_lists.hpp>
#include <shoal/probe/linear.hpp>

using namespace shoal;

namespace {

/// The numbers that a backend gives, one after the other.
using Values = std::vector<double>;

void add(Values& to, const auto& values) {
  for (const auto value : values) to.push_back(static_cast<double>(value));
}
template <class T> void add(Values& to, const Matrix<T>& m) {
  add(to, std::span<const T>(m.data(), static_cast<std::size_t>(m.size())));
}

template <Backend B> Values scores(const B& backend) {
  const auto data = small_data::clouds();
  const AnyRows rows = data.rows;
  Values values;
  for (const Distance distance : {Distance::euclidean, Distance::cosine}) {
    values.push_back(silhouette(rows, data.truth, {.distance = distance}, backend).mean);
    values.push_back(separability(rows, data.truth, {.distance = distance}, backend).davies_bouldin);
  }
  values.push_back(evaluate(data.truth, data.truth, backend).ami);
  const Neighbors near = exact_neighbors(rows, {.count = 5}, backend);
  values.push_back(alignment(rows, near.ids, data.truth, backend).purity);
  return values;
}

template <Backend B> Values learnt(const B& backend) {
  const auto data = small_data::clouds();
  LinearProbe probe{.epochs = 2};
  const ProbeResult result = fit(probe, data.rows, data.truth, data.rows, data.truth, backend);
  Values values{result.accuracy, result.macro_accuracy};
  add(values, result.classifier.weights);
  add(values, classify(result.classifier, data.rows, 2, backend).top);
  return values;
}

template <Backend B> Values zero_shot_answers(const B& backend) {
  const auto data = small_data::clouds();
  Lists<Node> parents;  // a root over five leaves
  for (const std::vector<Node>& p : {std::vector<Node>{}, {0}, {0}, {0}, {0}, {0}}) parents.append(p);
  const Hierarchy tree({"0", "1", "2", "3", "4", "5"}, {"root", "a", "b", "c", "d", "e"}, parents);
  const MatrixView<const float> prototypes = data.rows.view().block(0, 6);
  Values values;
  const ZeroShot zero = zero_shot(data.rows, prototypes, every_class(6), {}, {}, backend);
  add(values, zero.labels), add(values, zero.confidence);
  const std::vector<Label> roots(data.truth.size(), 0);
  const Relabeled refined = relabel(tree, data.rows, roots, prototypes, {}, backend);
  add(values, refined.labels), add(values, refined.confidence);
  const std::vector<Label> lemma_classes{0, 1, 2, 3, 4, 0};
  add(values, lemma_vote(data.rows, data.truth, prototypes, lemma_classes, 5, backend).lemma);
  values.push_back(
      static_cast<double>(fit_temperature(data.rows, prototypes, every_class(6), data.truth, backend)));
  return values;
}

template <Backend B> Values lists(const B& backend) {
  const auto data = small_data::clouds(2000, 12, 9, 1.f);
  const Neighbors found = approximate_neighbors(data.rows, {.count = 6}, {.lists = 9, .probes = 9}, backend);
  Values values{neighbor_recall(data.rows, found, Similarity::cosine, 200, backend)};
  add(values, found.ids);
  return values;
}

template <Backend B> void same_as_cpu(const B& backend) {
  const Cpu cpu({.threads = 1});
  CHECK(scores(backend) == scores(cpu));
  CHECK(learnt(backend) == learnt(cpu));
  CHECK(zero_shot_answers(backend) == zero_shot_answers(cpu));
  CHECK(lists(backend) == lists(cpu));
}

}  // namespace

TEST_CASE("the plain backend gives Cpu's values") { same_as_cpu(EigenCpu(2)); }

TEST_CASE("a GPU gives Cpu's values") {
  same_as_cpu(Gpu<host::FakeRuntime>(host::FakeRuntime(), {.threads = 2}));
}
