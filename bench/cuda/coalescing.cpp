// How many sectors of 32 bytes does a warp's access of device memory touch, kernel by kernel? A GPU reads and
// writes memory by sectors: 4 for 32 neighbouring floats, 32 for floats that lie far apart. The kernels run
// emulated (tests/support), compiled so that each access calls a function below, and the accesses of the 32
// threads of a warp are put together. (A write of what has just been read does not call it.) Prints a table
// in Markdown, the one of bench/cuda_kernels.md:
//
//   g++ -std=c++20 -O1 -march=native -fopenmp -fsanitize=kernel-address -U__SANITIZE_ADDRESS__
//     --param asan-stack=0 --param asan-globals=0 --param asan-instrumentation-with-call-threshold=0 -I
//     include -I tests bench/cuda/coalescing.cpp -o coalescing && ./coalescing
#include <cstdint>
#include <cstdio>
#include <cxxabi.h>
#include <map>
#include <set>
#include <string>
#include <support/fake_runtime.hpp>
#include <support/random_rows.hpp>
#include <tuple>

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

namespace {

using shoal::Index;

constexpr std::uintptr_t sector_bytes = 32;

/// The accesses of one kind of a kernel: warps' accesses, the sectors that they touch, and the least that the
/// bytes would need.
struct Traffic {
  Index accesses = 0, sectors = 0, least = 0;
};

/// Puts the accesses of the threads of a warp together: the n-th of each thread by the same instruction.
class Trace {
 public:
  explicit Trace(host::FakeRuntime runtime) : runtime_(std::move(runtime)) {}

  void access(const void* instruction, std::uintptr_t address, std::size_t bytes, bool write) {
    const host::RunningThread& now = host::running;
    if (now.block >= 2) return;  // the blocks of a launch are alike
    if (!runtime_.on_device(reinterpret_cast<const void*>(address))) return;
    if (now.launch != launch_ || now.block != block_) flush();
    launch_ = now.launch, block_ = now.block, kernel_ = now.kernel;
    const Index turn = turns_[{now.thread, instruction}]++;
    Access& access = accesses_[{now.thread / shoal::warp_size, instruction, turn}];
    access.write = write;
    if (access.addresses.insert(address).second) access.bytes += bytes;  // all may read the same
    for (auto s = address / sector_bytes; s <= (address + bytes - 1) / sector_bytes; ++s)
      access.sectors.insert(s);
  }
  void flush() {
    for (const auto& [key, access] : accesses_) {
      Traffic& traffic = kernels_[name_of(*kernel_)][access.write ? 1 : 0];
      ++traffic.accesses;
      traffic.sectors += static_cast<Index>(access.sectors.size());
      traffic.least += static_cast<Index>((access.bytes + sector_bytes - 1) / sector_bytes);
    }
    accesses_.clear();
    turns_.clear();
  }
  void print() {
    flush();
    std::puts(
        "| kernel | sectors a warp's read | at least | sectors a warp's write | at least "
        "|\n|---|---|---|---|---|");
    for (const auto& [name, traffic] : kernels_) {
      std::printf("| `%s` |", name.c_str());
      for (const Traffic& t : traffic) {
        const auto each = [&](Index sum) {
          return static_cast<double>(sum) / static_cast<double>(t.accesses);
        };
        if (t.accesses == 0)
          std::printf(" | |");
        else
          std::printf(" %.1f | %.1f |", each(t.sectors), each(t.least));
      }
      std::puts("");
    }
  }

 private:
  struct Access {
    bool write = false;
    std::size_t bytes = 0;
    std::set<std::uintptr_t> addresses, sectors;
  };

  static std::string name_of(const std::type_info& kernel) {
    int status = 0;
    char* text = abi::__cxa_demangle(kernel.name(), nullptr, nullptr, &status);
    std::string name = text;
    std::free(text);
    for (const std::string gone : {"shoal::", "(Agreement)"})
      for (auto at = name.find(gone); at != std::string::npos; at = name.find(gone))
        name.erase(at, gone.size());
    return name;
  }

  host::FakeRuntime runtime_;
  const std::type_info* kernel_ = nullptr;
  Index launch_ = 0, block_ = 0;
  std::map<std::pair<int, const void*>, Index> turns_;
  std::map<std::tuple<int, const void*, Index>, Access> accesses_;
  std::map<std::string, std::array<Traffic, 2>> kernels_;
};

Trace* trace = nullptr;
bool tracing = false;  // the trace itself accesses memory too

void note(const void* instruction, std::uintptr_t address, std::size_t bytes, bool write) {
  if (trace == nullptr || tracing || host::running.thread < 0) return;
  tracing = true;
  trace->access(instruction, address, bytes, write);
  tracing = false;
}

}  // namespace

// What the compiler calls before each access.
extern "C" {
void __asan_handle_no_return() {}
void __asan_load1_noabort(std::uintptr_t p) { note(__builtin_return_address(0), p, 1, false); }
void __asan_load2_noabort(std::uintptr_t p) { note(__builtin_return_address(0), p, 2, false); }
void __asan_load4_noabort(std::uintptr_t p) { note(__builtin_return_address(0), p, 4, false); }
void __asan_load8_noabort(std::uintptr_t p) { note(__builtin_return_address(0), p, 8, false); }
void __asan_load16_noabort(std::uintptr_t p) { note(__builtin_return_address(0), p, 16, false); }
void __asan_loadN_noabort(std::uintptr_t p, std::size_t n) { note(__builtin_return_address(0), p, n, false); }
void __asan_store1_noabort(std::uintptr_t p) { note(__builtin_return_address(0), p, 1, true); }
void __asan_store2_noabort(std::uintptr_t p) { note(__builtin_return_address(0), p, 2, true); }
void __asan_store4_noabort(std::uintptr_t p) { note(__builtin_return_address(0), p, 4, true); }
void __asan_store8_noabort(std::uintptr_t p) { note(__builtin_return_address(0), p, 8, true); }
void __asan_store16_noabort(std::uintptr_t p) { note(__builtin_return_address(0), p, 16, true); }
void __asan_storeN_noabort(std::uintptr_t p, std::size_t n) { note(__builtin_return_address(0), p, n, true); }
}

namespace {

using namespace shoal;
using host::FakeRuntime;

template <class Method> void step(FakeRuntime& runtime, Index clusters) {
  Method settings;
  settings.clusters = clusters, settings.heads = 1, settings.batch = 4;
  settings.hidden = {256}, settings.bottleneck = 64;
  settings.precision = Precision::bfloat16;
  GpuStream<FakeRuntime> stream(runtime);
  HeadState state(settings.shape(96), 1, decltype(settings.objective)::teacher);
  GpuStep engine(settings, state, stream, 0);
  StepReport report;
  engine.step(test::random_rows(8, 96, 1), {1e-3, 0, 0, false}, report);
}

/// Inverted lists, zero-shot classification, a probe, scores by distances.
void tools(const Rows& rows, const Gpu<FakeRuntime>& gpu) {
  std::vector<Label> labels;
  for (Index i = 0; i < rows.rows(); ++i) labels.push_back(static_cast<Label>(i % 20));
  const Neighbors near = approximate_neighbors(rows, {.count = 34}, {.lists = 8, .probes = 3}, gpu);
  (void)zero_shot(rows, test::random_rows(40, rows.cols(), 2), every_class(40), labels, {.top = 3}, gpu);
  const LinearProbe probe{.learning_rates = {0.1, 0.2}, .weight_decays = {0}, .epochs = 1, .batch = 256};
  (void)fit(probe, rows, labels, rows, labels, gpu);
  (void)silhouette(rows, labels, {}, gpu);
  (void)separability(rows, labels, {}, gpu);
  (void)alignment(rows, near.ids, labels, gpu);
}

}  // namespace

int main() {
  FakeRuntime runtime;
  Trace all(runtime);
  trace = &all;
  for (const Index clusters : {100, 1000}) {
    step<TEMI>(runtime, clusters);
    step<SCANv2>(runtime, clusters);
    step<SCP>(runtime, clusters);
  }
  const Cpu cpu({.threads = 1});
  const Matrix<float> values = test::random_rows(600, 96, 1);
  const Rows rows(values);
  {
    GpuStream<FakeRuntime> stream(runtime);
    (void)search_neighbors(stream, {rows, rows, true, {.count = 34}, {}}, 0, Precision::float32, cpu);
  }
  {
    const Gpu<FakeRuntime> gpu(runtime, {.threads = 1});
    KMeans<> settings{.clusters = 20, .iterations = 3};
    settings.seeding = Seeding::random;
    (void)fit(settings, rows, gpu);
    tools(rows, gpu);
  }
  all.print();
}
