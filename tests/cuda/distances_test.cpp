#include <cmath>
#include <support/gpu.hpp>
#include <support/refused.hpp>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/metrics/alignment.hpp>
#include <shoal/metrics/cuda/mean_distances.cuh>
#include <shoal/metrics/separability.hpp>
#include <shoal/metrics/silhouette.hpp>

using namespace shoal;
using host::FakeRuntime;

namespace {

/// Rows of `clusters` clusters of different sizes, with copies among them and one cluster far off and tight.
struct DistanceData {
  Matrix<float> rows;
  std::vector<Index> labels;

  DistanceData(Index n, Index d, Index clusters) : rows(test::random_rows(n, d, 1)) {
    const Matrix<float> centres = test::random_rows(clusters, d, 2);
    for (Index i = 0; i < n; ++i) {
      const Index k = (7 * i + i * i / 5) % clusters;
      labels.push_back(10 + 3 * k);
      for (Index j = 0; j < d; ++j)
        rows(i, j) = (k == 1 ? 1e-4f : 0.6f) * rows(i, j) + (k == 1 ? 7.f : 2.f) * centres(k, j);
    }
    for (Index j = 0; j < d; ++j) rows(9, j) = rows(0, j);
  }
};

Gpu<FakeRuntime> distance_gpu(std::size_t memory = 0, host::Turns turns = host::Turns::ascending) {
  return {FakeRuntime(turns), {.memory = memory, .precision = Precision::bfloat16, .threads = 1}};
}

void alike(double found, double expected) { CHECK(found == doctest::Approx(expected).epsilon(2e-6)); }

}  // namespace

TEST_CASE("silhouettes on the GPU's kernels are the CPU's, whatever the precision of products") {
  const Cpu cpu({.threads = 1});
  for (const Distance distance : {Distance::euclidean, Distance::cosine})
    for (const auto& [n, clusters] : {std::pair<Index, Index>{150, 4}, {90, 60}, {2300, 3}})
      for (const bool some : {false, true}) {
        if (n > 2000 && !some) continue;
        CAPTURE(n);
        const DistanceData data(n, 5, clusters);
        const SilhouetteSettings settings{
            .distance = distance, .sample = some ? 20 : 0, .seed = 3, .none = data.labels[2]};
        const Silhouette expected = silhouette(Rows(data.rows), data.labels, settings, cpu);
        for (const auto& gpu : {distance_gpu(), distance_gpu(1, host::Turns::descending)}) {
          const Silhouette found = silhouette(Rows(data.rows), data.labels, settings, gpu);
          CHECK(found.row == expected.row);
          alike(found.mean, expected.mean);
          for (std::size_t i = 0; i < found.by_row.size(); ++i)
            REQUIRE(std::abs(double{found.by_row[i]} - double{expected.by_row[i]}) < 3e-6);
        }
      }
}

TEST_CASE("separability on the GPU's kernels is the CPU's") {
  const Cpu cpu({.threads = 1});
  for (const Distance distance : {Distance::euclidean, Distance::cosine})
    for (const auto& [n, clusters] : {std::pair<Index, Index>{150, 4}, {90, 60}, {4100, 2}}) {
      const DistanceData data(n, 5, clusters);
      const SeparabilitySettings settings{.distance = distance,
                                          .none = clusters > 2 ? data.labels[2] : no_label};
      const Separability expected = separability(Rows(data.rows), data.labels, settings, cpu),
                         found = separability(Rows(data.rows), data.labels, settings, distance_gpu());
      alike(found.davies_bouldin, expected.davies_bouldin);
      alike(found.calinski_harabasz, expected.calinski_harabasz);
      alike(found.simplified_silhouette, expected.simplified_silhouette);
      CHECK(found.rows == expected.rows);
    }
}

TEST_CASE("distances far from zero keep their digits on the GPU's kernels") {
  DistanceData data(200, 6, 4);
  for (Index i = 0; i < data.rows.size(); ++i) data.rows.data()[i] += 1000;
  const Cpu cpu({.threads = 1});
  alike(silhouette(Rows(data.rows), data.labels, {}, distance_gpu()).mean,
        silhouette(Rows(data.rows), data.labels, {}, cpu).mean);
  alike(separability(Rows(data.rows), data.labels, {}, distance_gpu()).davies_bouldin,
        separability(Rows(data.rows), data.labels, {}, cpu).davies_bouldin);
}

TEST_CASE("silhouettes on a GPU: a hook stops them; whatever call fails, the error arrives") {
  const DistanceData data(40, 3, 4);
  test::refused(Errc::stopped, "silhouette: stopped", [&] {
    (void)silhouette(Rows(data.rows), data.labels, {}, distance_gpu(), [](const Progress&) { return false; });
  });
  host::survives_failures(false, [&](const FakeRuntime& runtime) {
    const Gpu<FakeRuntime> gpu(runtime, {.threads = 1});
    (void)silhouette(Rows(data.rows), data.labels, {}, gpu);
    (void)separability(Rows(data.rows), data.labels, {}, gpu);
  });
}

TEST_CASE("alignment on the GPU's kernels is the CPU's") {
  const Cpu cpu({.threads = 1});
  const DistanceData data(150, 7, 4);
  Matrix<std::int32_t> ids(150, 6);
  for (Index i = 0; i < ids.size(); ++i) ids.data()[i] = static_cast<std::int32_t>(i * 37 % 150);
  const auto of = [&](const Matrix<float>& rows, const auto& backend) {
    return alignment(Rows(rows), ids, data.labels, backend, data.labels[2]);
  };
  const Alignment expected = of(data.rows, cpu);
  for (const std::size_t memory :
       {std::size_t{0}, std::size_t{100}}) {  // with room for the rows, and without
    const Alignment found = of(data.rows, distance_gpu(memory));
    CHECK(found.alignment == doctest::Approx(expected.alignment).epsilon(1e-12));
    CHECK(found.purity == expected.purity);
    CHECK(found.pairs == expected.pairs);
  }
  Matrix<float> bad = data.rows;
  for (Index i = 0; i < 150; ++i) std::fill_n(bad.row(i), i % 2 == 0 ? 7 : 0, 0.f);
  const auto message = [&](const auto& backend) {
    return std::string(test::error_of([&] { (void)of(bad, backend); }).what());
  };
  CHECK(message(distance_gpu()) == message(cpu));
  host::survives_failures(false, [&](const FakeRuntime& runtime) {
    (void)of(data.rows, Gpu<FakeRuntime>(runtime, {.threads = 1}));
  });
}
