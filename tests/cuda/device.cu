// The laws of the GPU on a GPU: k-means, neighbours, steps of heads and predictions against the CPU backend,
// and the same bits from run to run. Exits 77 where there is no GPU, 1 on any mismatch. --small: enough for
// sanitizers, under which kernels take many times as long.
#include <cmath>
#include <cstdio>
#include <laws/runtime.hpp>
#include <string>
#include <string_view>
#include <support/random_rows.hpp>
#include <support/step_law.hpp>
#include <vector>

#include <shoal/cuda.cuh>
#include <shoal/hierarchy/zero_shot.hpp>
#include <shoal/kmeans/balancing/capacity.hpp>
#include <shoal/metrics/separability.hpp>
#include <shoal/metrics/silhouette.hpp>
#include <shoal/neighbors/exact.hpp>
#include <shoal/neighbors/inverted_lists.hpp>
#include <shoal/probe/linear.hpp>
#include <shoal/sampling/nearest_pairs.hpp>

using namespace shoal;

namespace {

int failures = 0;

void require(bool ok, const std::string& what, Index size) {
  std::printf("%-6s %s, %lld\n", ok ? "ok" : "FAILED", what.c_str(), static_cast<long long>(size));
  failures += ok ? 0 : 1;
}

bool near(double a, double b, double share) {
  return std::abs(a - b) <= share * std::max(std::abs(a), std::abs(b));
}

template <class T> double share_equal(const std::vector<T>& a, const std::vector<T>& b) {
  double same = 0;
  for (std::size_t i = 0; i < a.size(); ++i) same += a[i] == b[i] ? 1 : 0;
  return same / static_cast<double>(a.size());
}

template <Geometry Geo> void kmeans(const Cuda& gpu, const Cpu& cpu, Index clusters) {
  const Matrix<float> values = test::random_rows(5000, 33, 1);
  const Rows rows(values);
  KMeans<Geo> settings{.clusters = clusters, .iterations = 5};
  settings.seeding = Seeding::random;
  const KMeansResult expected = fit(settings, rows, cpu), found = fit(settings, rows, gpu);
  require(near(found.objective, expected.objective, 1e-4), "k-means: objective as on the CPU", clusters);
  require(share_equal(found.labels, expected.labels) > 0.98, "k-means: labels as on the CPU", clusters);
  const KMeansResult again = fit(settings, rows, gpu);
  require(again.labels == found.labels && again.objective == found.objective, "k-means: same bits again",
          clusters);
}

/// Refined labels are those of distances in double and sums of clusters are exact, so that not a bit of a fit
/// depends on the precision of products. Centroids in pairs have rows between them.
void refined_kmeans(Index clusters) {
  Matrix<float> values = test::random_rows(9000, 96, 1);  // strips on both streams
  for (Index i = 0; i < values.rows(); i += 2)
    for (Index j = 0; j < values.cols(); ++j) values(i, j) = values(i + 1, j) + 1e-3f * values(i, j);
  const Rows rows(values);
  KMeans<> settings{.clusters = clusters, .iterations = 5};
  settings.start = values.view().block(0, clusters);
  const auto run = [&](Precision precision) {
    return fit(settings, rows, Cuda({.precision = precision, .refine = true}));
  };
  const KMeansResult expected = run(Precision::float32);
  for (const Precision precision : {Precision::tf32, Precision::float16, Precision::bfloat16}) {
    const KMeansResult found = run(precision);
    const std::string what = std::string("k-means, refined: float32's bits in ") + name_of(precision);
    require(found.labels == expected.labels && found.objective == expected.objective, what, clusters);
  }
  // Labels are those of the returned centroids. (A fit of the CPU's would go other ways from here: a row that
  // is as near to both of a pair as float32 can tell may go to either, and so do later rows.)
  const KMeansPrediction nearest = predict(expected.centroids, rows, Cpu());
  const std::vector<Label> labels(nearest.labels.data(), nearest.labels.data() + nearest.labels.size());
  require(share_equal(labels, expected.labels) > 0.999, "k-means, refined: labels as on the CPU", clusters);
}

/// Draws and distances that the host and the device share.
void seeding(const Cuda& gpu, const Cpu& cpu, Seeding how, const char* name) {
  const Matrix<float> values = test::random_rows(20000, 33, 4);
  const Rows rows(values);
  KMeans<> settings{.clusters = 300, .iterations = 1, .seed = 5};
  settings.seeding = how;
  const KMeansResult expected = fit(settings, rows, cpu), found = fit(settings, rows, gpu);
  require(near(found.history[0].objective, expected.history[0].objective, 1e-4),
          std::string("k-means: first centroids as on the CPU, ") + name, settings.clusters);
  for (const Index top : {1, 5}) {
    const KMeansPrediction own = predict(expected.centroids, rows, cpu, top),
                           other = predict(expected.centroids, rows, gpu, top);
    Index same = 0;
    for (Index i = 0; i < own.labels.size(); ++i) same += own.labels.data()[i] == other.labels.data()[i];
    require(same >= own.labels.size() * 99 / 100, "k-means, predict: labels as on the CPU", top);
  }
}

/// Clusters of bounded sizes.
void capacity(const Cuda& gpu, const Cpu& cpu) {
  const Matrix<float> values = test::random_rows(3000, 17, 4);
  KMeans<Euclidean, Capacity> settings{.clusters = 20, .iterations = 5};
  settings.balancing = {.lo = 100, .hi = 200};
  const KMeansResult expected = fit(settings, Rows(values), cpu), found = fit(settings, Rows(values), gpu);
  require(near(found.objective, expected.objective, 1e-3), "k-means, bounded sizes: as on the CPU", 20);
}

void neighbors(const Cuda& gpu, const Cpu& cpu, Index count) {
  const Matrix<float> values = test::random_rows(4500, 33, 2);
  const Rows rows(values);
  const NeighborSettings settings{.count = count, .keep_similarities = true};
  const Neighbors expected = exact_neighbors(rows, settings, cpu),
                  found = exact_neighbors(rows, settings, gpu);
  bool close = true;
  for (Index i = 0; i < expected.similarities.size(); ++i)
    close = close && std::abs(expected.similarities.data()[i] - found.similarities.data()[i]) < 1e-5f;
  require(close, "neighbours: similarities as on the CPU", count);
}

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
void lists(const Cuda& gpu, const Cpu& cpu) {
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

void candidates(const Cuda& gpu, const Cpu& cpu, Index classes) {
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

void probe(const Cuda& gpu, const Cpu& cpu, Index classes) {
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

void distances(const Cuda& gpu, const Cpu& cpu, Index clusters) {
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

/// Steps at a precision against the CPU's: losses to `share`, and the same bits again.
template <class Method>
void step(const Cuda& gpu, const Cpu& cpu, const std::string& name, Index clusters, double share,
          Precision precision = Precision::float32) {
  const test::StepComparison found = test::compare_steps<Method>(clusters, precision, gpu.stream(), cpu);
  if (!(found.off <= share)) std::printf("off by %g of a loss, where %g may be:\n", found.off, share);
  require(found.off <= share, name + ": losses as on the CPU", clusters);
  require(found.same_bits, name + ": same bits again", clusters);
}

/// A product at a precision against double precision.
void product(const Cuda& gpu, const char* name, Precision precision, double roundoff, Index size) {
  GpuStream<CudaRuntime>& stream = gpu.stream();
  const Index rows = 37, cols = 9;
  const Matrix<float> a = test::random_rows(rows, size, 1), b = test::random_rows(cols, size, 2);
  DeviceArray<CudaRuntime, float> x(stream, a.size()), y(stream, b.size()), z(stream, rows * cols);
  to_device(stream, x.data(), a.data(), a.size());
  to_device(stream, y.data(), b.data(), b.size());
  GpuProducts<CudaRuntime> products(stream, precision, a.size());
  products(x.view(rows, size), {y.view(cols, size), true}, z.view(rows, cols), 4.f);
  Matrix<float> c(rows, cols);
  to_host(stream, c.data(), std::as_const(z).data(), c.size());
  bool close = true;
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j < cols; ++j) {
      double sum = 0, all = 0;
      for (Index k = 0; k < size; ++k) {
        const double term = static_cast<double>(a(i, k)) * static_cast<double>(b(j, k));
        sum += term, all += std::abs(term);
      }
      close = close && std::abs(sum - static_cast<double>(c(i, j))) <= (2.01 * roundoff + 1e-5) * all;
    }
  require(close, std::string("product, ") + name, size);
}

/// What an algorithm gives back can be planned for again.
void memory(const Cuda& gpu) {
  const std::size_t before = gpu.memory();
  { const DeviceArray<CudaRuntime, char> large(gpu.stream(), Index{1} << 30); }
  require(gpu.memory() >= before / 100 * 99, "memory given back is free again", 1 << 30);
}

void training(const Cuda& gpu, const Cpu& cpu) {
  Matrix<float> values = test::random_rows(600, 12, 3);
  for (Index i = 0; i < values.rows(); ++i) values(i, i % 4) += 6.f;
  const Rows features(values);
  const Neighbors nearest = exact_neighbors(features, {.count = 10}, gpu);
  const NearestPairs pairs(nearest);
  const TEMI settings{.clusters = 4, .heads = 2, .epochs = 5, .batch = 100, .hidden = {32}, .bottleneck = 16};
  const HeadFit expected = fit(settings, features, pairs, cpu), found = fit(settings, features, pairs, gpu);
  require(near(found.history.back().loss, expected.history.back().loss, 2e-2), "fit: loss as on the CPU", 4);
  const Gpus<CudaRuntime> two({Cuda(), Cuda()});  // the same one twice
  const HeadFit shared = fit(settings, features, pairs, two);
  require(near(shared.history.back().loss, found.history.back().loss, 2e-2), "fit: heads shared by devices",
          4);
  const Prediction own = predict(expected.model, features, cpu),
                   other = predict(expected.model, features, gpu);
  require(share_equal(own.labels, other.labels) > 0.99, "predict: labels as on the CPU", 4);
}

int run(bool small) {
  const Cuda gpu;
  const Cpu cpu;
  laws::obeys_runtime(gpu.stream().runtime(), [](bool ok, const char* what) { require(ok, what, 0); });
  const auto sizes = [&](std::vector<Index> all) { return small ? std::vector<Index>{all[1], all[2]} : all; };
  for (const Index clusters : sizes({1, 7, 513, 2100})) {
    kmeans<Cosine>(gpu, cpu, clusters);
    kmeans<Euclidean>(gpu, cpu, clusters);
  }
  for (const Index clusters : sizes({2, 64, 1300})) refined_kmeans(clusters);
  seeding(gpu, cpu, Seeding::plus_plus, "k-means++");
  seeding(gpu, cpu, Seeding::afk_mc2, "AFK-MC2");
  capacity(gpu, cpu);
  for (const Index count : sizes({1, 33, 100})) neighbors(gpu, cpu, count);
  lists(gpu, cpu);
  for (const Index classes : sizes({2, 33, 700, 30000})) candidates(gpu, cpu, classes);
  for (const Index classes : sizes({2, 33, 700})) probe(gpu, cpu, classes);
  for (const Index clusters : sizes({2, 33, 1500})) distances(gpu, cpu, clusters);
  for (const Index clusters : sizes({1, 33, 700, 30000})) {
    step<PMI>(gpu, cpu, "PMI", clusters, 2e-3);
    step<WPMI>(gpu, cpu, "WPMI", clusters, 2e-3);
    step<TEMI>(gpu, cpu, "TEMI", clusters, 2e-3);
    step<SCANv2>(gpu, cpu, "SCANv2", clusters, 2e-3);
    step<SCP>(gpu, cpu, "SCP", clusters, 2e-3);
  }
  for (const Index size : {1, 7, 65}) {
    product(gpu, "float32", Precision::float32, 0x1p-24, size);
    product(gpu, "TF32", Precision::tf32, 0x1p-10, size);  // cut off or rounded: cuBLAS's to choose
    product(gpu, "float16", Precision::float16, 0x1p-11, size);
    product(gpu, "bfloat16", Precision::bfloat16, 0x1p-8, size);
  }
  step<TEMI>(gpu, cpu, "TEMI, TF32", 700, 5e-2, Precision::tf32);
  step<TEMI>(gpu, cpu, "TEMI, float16", 700, 5e-2, Precision::float16);
  step<SCANv2>(gpu, cpu, "SCANv2, bfloat16", 700, 0.2, Precision::bfloat16);
  memory(gpu);
  training(gpu, cpu);
  std::printf("%d failures\n", failures);
  return failures == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  int devices = 0;
  if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) {
    std::puts("skipped: no GPU here");
    return 77;
  }
  try {
    return run(argc > 1 && std::string_view(argv[1]) == "--small");
  } catch (const std::exception& e) {
    std::printf("FAILED: %s\n", e.what());
    return 1;
  }
}
