// Every algorithm of the GPU once, small, for sanitizers: AddressSanitizer watches the kernels' indices,
// ThreadSanitizer their barriers.
#include <cstdio>
#include <cstdlib>
#include <support/fake_runtime.hpp>
#include <support/random_rows.hpp>

#include <shoal/heads/cuda/step.cuh>
#include <shoal/kmeans/cuda/assigner_on_gpu.cuh>
#include <shoal/neighbors/cuda/search.cuh>

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
    step<TEMI>(turns, 7);
    step<SCANv2>(turns, 7);
    step<SCP>(turns, ShortRows::longest + 1);
    step<TEMI>(turns, MiddleRows::longest + 1);
  }
}
