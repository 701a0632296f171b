// Every algorithm of the GPU once, small, for sanitizers: AddressSanitizer watches the kernels' indices,
// ThreadSanitizer their barriers.
#include <cstdio>
#include <cstdlib>
#include <support/fake_runtime.hpp>
#include <support/random_rows.hpp>

#include <shoal/heads/cuda/step.cuh>
#include <shoal/hierarchy/cuda/best_candidates.cuh>
#include <shoal/hierarchy/zero_shot.hpp>
#include <shoal/kmeans/cuda/assigner_on_gpu.cuh>
#include <shoal/metrics/alignment.hpp>
#include <shoal/metrics/cuda/mean_distances.cuh>
#include <shoal/metrics/separability.hpp>
#include <shoal/metrics/silhouette.hpp>
#include <shoal/neighbors/cuda/list_search.cuh>
#include <shoal/neighbors/cuda/search.cuh>
#include <shoal/neighbors/inverted_lists.hpp>
#include <shoal/probe/cuda/classify.cuh>
#include <shoal/probe/cuda/grid_trainer.cuh>
#include <shoal/probe/linear.hpp>
#include <shoal/turtle/cuda/classifier.cuh>
#include <shoal/turtle/fit.hpp>

using namespace shoal;
using host::FakeRuntime;
using host::Turns;

namespace {

void require(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "failed: %s\n", what);
  std::exit(1);
}

void search(Turns turns) {
  FakeRuntime runtime(turns);
  GpuStream<FakeRuntime> stream(runtime);
  const Matrix<float> values = test::random_rows(37, 3, 1);
  const Rows rows(values);
  const Neighbors found = search_neighbors(stream, {rows, rows, true, {.count = 34}, {}}, 0,
                                           Precision::float32, Cpu({.threads = 1}));
  for (Index i = 0; i < found.ids.size(); ++i)
    require(found.ids.data()[i] >= 0 && found.ids.data()[i] < 37, "ids");
}

void cluster(Turns turns) {
  const Matrix<float> values = test::random_rows(150, 3, 1);  // clusters of several pieces
  for (const bool refine : {false, true}) {
    const Gpu<FakeRuntime> gpu(FakeRuntime(turns),
                               {.precision = Precision::bfloat16, .refine = refine, .threads = 1});
    const KMeansResult found = fit(KMeans<>{.clusters = 5, .iterations = 2}, Rows(values), gpu);
    require(found.history[0].moved == 150, "moved");
    const KMeansPrediction nearest = predict(found.centroids, Rows(values), gpu, 2);
    for (Index i = 0; i < nearest.labels.size(); ++i)
      require(nearest.labels.data()[i] >= 0 && nearest.labels.data()[i] < 5, "nearest centroids");
  }
}

template <class Method> void step(Turns turns, Index clusters) {
  Method settings;
  settings.clusters = clusters, settings.heads = 1, settings.batch = 3;
  settings.hidden = {4}, settings.bottleneck = 5;
  FakeRuntime runtime(turns);
  GpuStream<FakeRuntime> stream(runtime);
  HeadState state(settings.shape(3), 1, decltype(settings.objective)::teacher);
  GpuStep engine(settings, state, stream, 0);
  StepReport report;
  engine.step(test::random_rows(6, 3, 1), {1e-3, 0, 0, false}, report);
  engine.sync();
  for (const double loss : report.loss) require(std::isfinite(loss), "loss");
}

/// Inverted lists, zero-shot classification, a probe, scores by distances, TURTLE, and rows in 16 bits.
void tools(Turns turns) {
  const Gpu<FakeRuntime> gpu(FakeRuntime(turns), {.precision = Precision::bfloat16, .threads = 1});
  Matrix<float> values = test::random_rows(150, 3, 1);
  const Rows rows(values);
  std::vector<Label> labels;
  for (Index i = 0; i < 150; ++i) labels.push_back(static_cast<Label>(i % 5));
  const Neighbors near = approximate_neighbors(rows, {.count = 4}, {.lists = 7, .probes = 3}, gpu);
  for (Index i = 0; i < near.ids.size(); ++i)
    require(near.ids.data()[i] >= 0 && near.ids.data()[i] < 150, "lists");
  Candidates some = every_class(5);
  some.sets.append(std::vector<Label>{1, 3});
  some.set_of_label[2] = 1;
  for (const Label label : zero_shot(rows, test::random_rows(5, 3, 2), some, labels, {.top = 3}, gpu).labels)
    require(label >= 0 && label < 5, "zero-shot");
  const LinearProbe probe{.learning_rates = {0.1, 0.2}, .weight_decays = {0}, .epochs = 3, .batch = 64};
  require(fit(probe, rows, labels, rows, labels, gpu).accuracy > 0, "probe");
  require(std::isfinite(silhouette(rows, labels, {}, gpu).mean), "silhouette");
  require(std::isfinite(separability(rows, labels, {}, gpu).davies_bouldin), "separability");
  require(std::isfinite(alignment(rows, near.ids, labels, gpu).purity), "alignment");
  const TurtleResult turtle = fit(Turtle{.clusters = 3, .steps = 2, .batch = 70}, rows, gpu);
  require(std::isfinite(turtle.steps.back().error), "TURTLE");
  for (Index i = 0; i < values.size(); ++i)
    values.data()[i] = bfloat16_to_float(float_to_bfloat16(values.data()[i]));
  DeviceRows<FakeRuntime> narrow(gpu.stream(), rows, 64, 150 * 3 * 2);
  require(narrow.narrow(), "rows in 16 bits");
  narrow.each_block([](Block, MatrixView<const float>) {});
  gpu.stream().synchronize();
}

}  // namespace

int main() {
#if defined(__SANITIZE_THREAD__)
  const std::initializer_list<Turns> all_turns = {Turns::ascending};  // it sees races in any order
#else
  const std::initializer_list<Turns> all_turns = {Turns::ascending, Turns::descending};
#endif
  for (const Turns turns : all_turns) {
    search(turns);
    cluster(turns);
    tools(turns);
    step<TEMI>(turns, 7);
    step<SCANv2>(turns, 7);
    step<SCP>(turns, ShortRows::longest + 1);
    step<TEMI>(turns, MiddleRows::longest + 1);
  }
}
