// The laws on a device of inverted lists, zero-shot classification, probes, scores by distances, TURTLE and
// rows in 16 bits, against the CPU backend.
#pragma once

#include <cmath>
#include <cuda/device_checks.hpp>
#include <string>
#include <support/random_rows.hpp>
#include <utility>
#include <vector>

#include <shoal/core/half.hpp>
#include <shoal/cuda.cuh>
#include <shoal/hierarchy/zero_shot.hpp>
#include <shoal/metrics/alignment.hpp>
#include <shoal/metrics/separability.hpp>
#include <shoal/metrics/silhouette.hpp>
#include <shoal/neighbors/exact.hpp>
#include <shoal/neighbors/inverted_lists.hpp>
#include <shoal/probe/linear.hpp>
#include <shoal/turtle/fit.hpp>

namespace device {

using namespace shoal;

/// Rows around as many centres, and the centre of each.
struct Grouped {
  Matrix<float> rows, centres;
  std::vector<Label> labels;

  Grouped(Index n, Index groups, Index d)
      : rows(test::random_rows(n, d, 5)), centres(test::random_rows(groups, d, 6)) {
    for (Index i = 0; i < n; ++i) {
      labels.push_back(static_cast<Label>(i * 31 % groups));
      for (Index j = 0; j < d; ++j) rows(i, j) = rows(i, j) * 0.8f + centres(labels.back(), j);
    }
  }
};

/// With all lists probed, the exact neighbours; with few, most of those that the CPU finds.
inline void lists(const Cuda& gpu, const Cpu& cpu) {
  const Grouped data(20000, 100, 48);
  const Rows rows(data.rows);
  const NeighborSettings settings{.count = 20};
  const auto share = [&](const Neighbors& found, const Neighbors& expected) {
    return share_equal(
        std::vector<std::int32_t>(found.ids.data(), found.ids.data() + found.ids.size()),
        std::vector<std::int32_t>(expected.ids.data(), expected.ids.data() + found.ids.size()));
  };
  const Neighbors exact = exact_neighbors(rows, settings, cpu);
  const Neighbors all = approximate_neighbors(rows, settings, {.lists = 50, .probes = 50}, gpu);
  require(share(all, exact) == 1, "inverted lists, all probed: the exact neighbours", 50);
  const ListSettings few{.lists = 140, .probes = 12};
  const double own = neighbor_recall(rows, approximate_neighbors(rows, settings, few, cpu),
                                     settings.similarity, 1000, cpu),
               other = neighbor_recall(rows, approximate_neighbors(rows, settings, few, gpu),
                                       settings.similarity, 1000, gpu);
  require(near(own, other, 0.02), "inverted lists: recall as on the CPU", few.lists);
}

inline void candidates(const Cuda& gpu, const Cpu& cpu, Index classes) {
  const Grouped data(3000, classes, 40);
  Candidates halves = every_class(classes);
  halves.sets.append(std::span(halves.sets.values).first(static_cast<std::size_t>((classes + 1) / 2)));
  for (Index c = 0; c < classes; ++c) halves.set_of_label[static_cast<std::size_t>(c)] = c % 2;
  const auto run = [&](const auto& backend) {
    return zero_shot(Rows(data.rows), data.centres, halves, data.labels, {.temperature = 0.1f, .top = 1},
                     backend);
  };
  const ZeroShot expected = run(cpu), found = run(gpu), again = run(gpu);
  double off = 0;
  for (std::size_t i = 0; i < found.confidence.size(); ++i)
    off = std::max(off, std::abs(double{found.confidence[i]} - double{expected.confidence[i]}));
  require(share_equal(found.labels, expected.labels) > 0.999, "zero-shot: labels as on the CPU", classes);
  require(off < 1e-4, "zero-shot: confidences as on the CPU", classes);
  require(found.labels == again.labels && found.confidence == again.confidence, "zero-shot: same bits again",
          classes);
}

inline void probe(const Cuda& gpu, const Cpu& cpu, Index classes) {
  const Grouped data(4000, classes, 40);
  const Rows rows(data.rows);
  const LinearProbe settings{.learning_rates = {0.01, 0.1}, .weight_decays = {0, 1e-3}, .epochs = 4};
  const auto run = [&](const auto& backend) {
    return fit(settings, rows, data.labels, rows, data.labels, backend);
  };
  const ProbeResult expected = run(cpu), found = run(gpu), again = run(gpu);
  require(near(found.accuracy, expected.accuracy, 5e-3), "probe: accuracy as on the CPU", classes);
  require(near(found.points[0].loss, expected.points[0].loss, 1e-3), "probe: loss as on the CPU", classes);
  require(found.points[0].loss == again.points[0].loss && found.accuracy == again.accuracy,
          "probe: same bits again", classes);
  const Classified own = classify(expected.classifier, rows, 2, cpu),
                   other = classify(expected.classifier, rows, 2, gpu);
  require(share_equal(std::vector<Label>(own.top.data(), own.top.data() + own.top.size()),
                      std::vector<Label>(other.top.data(), other.top.data() + other.top.size())) > 0.999,
          "classify: classes as on the CPU", classes);
}

/// The losses of the first steps, in two spaces.
inline void turtle(const Cuda& gpu, const Cpu& cpu, Index clusters) {
  const Grouped one(4000, clusters, 40), two(4000, clusters, 25);
  const std::vector<BorrowedView<AnyRows>> spaces{one.rows, two.rows};
  const Turtle settings{.clusters = clusters, .steps = 20, .batch = 3000};
  const auto run = [&](const auto& backend) { return fit(settings, spaces, backend); };
  const TurtleResult expected = run(cpu), found = run(gpu), again = run(gpu);
  bool close = true;
  for (std::size_t t = 0; t < expected.steps.size(); ++t)
    close = close && near(found.steps[t].error, expected.steps[t].error, 1e-4) &&
            near(found.steps[t].entropy, expected.steps[t].entropy, 1e-4);
  require(close, "TURTLE: losses as on the CPU", clusters);
  require(found.labels == again.labels && found.steps.back().error == again.steps.back().error,
          "TURTLE: same bits again", clusters);
}

inline void distances(const Cuda& gpu, const Cpu& cpu, Index clusters) {
  const Grouped data(6000, clusters, 40);
  for (const Distance distance : {Distance::euclidean, Distance::cosine}) {
    const auto of = [&](const auto& backend) {
      return std::pair(silhouette(Rows(data.rows), data.labels, {.distance = distance}, backend).mean,
                       separability(Rows(data.rows), data.labels, {.distance = distance}, backend));
    };
    const auto [own, own_parted] = of(cpu);
    const auto [other, other_parted] = of(gpu);
    require(near(own, other, 1e-4), "silhouette as on the CPU", clusters);
    require(near(own_parted.davies_bouldin, other_parted.davies_bouldin, 1e-4),
            "Davies-Bouldin as on the CPU", clusters);
    require(near(own_parted.simplified_silhouette, other_parted.simplified_silhouette, 1e-4),
            "simplified silhouette as on the CPU", clusters);
  }
}

inline void alignments(const Cuda& gpu, const Cpu& cpu) {
  const Grouped data(6000, 30, 40);
  const Neighbors near_rows = exact_neighbors(Rows(data.rows), {.count = 15}, cpu);
  const Alignment own = alignment(Rows(data.rows), near_rows.ids, data.labels, cpu),
                  other = alignment(Rows(data.rows), near_rows.ids, data.labels, gpu);
  require(near(own.alignment, other.alignment, 1e-9) && own.pairs == other.pairs, "alignment as on the CPU",
          15);
}

/// Rows whose values 16 bits hold: kept as floats, in 16 bits, or streamed, with the same bits.
inline void narrow_rows() {
  Matrix<float> values = test::random_rows(40000, 64, 9);
  for (Index i = 0; i < values.size(); ++i) values.data()[i] = half_to_float(float_to_half(values.data()[i]));
  const KMeans<> settings{.clusters = 50, .iterations = 4, .seed = 2};
  const auto rows = static_cast<std::size_t>(values.size());
  const std::size_t beside = plan(settings, {values.rows(), values.cols()}, Cuda())["assignment"];
  const auto run = [&](std::size_t room) {
    return fit(settings, Rows(values), Cuda({.memory = beside + room}));
  };
  const KMeansResult floats = run(4 * rows), narrow = run(2 * rows), streamed = run(64);
  require(narrow.labels == floats.labels && narrow.objective == floats.objective,
          "k-means, rows in 16 bits: floats' bits", values.rows());
  require(streamed.labels == floats.labels && streamed.objective == floats.objective,
          "k-means, streamed rows: the same bits", values.rows());
}

}  // namespace device
