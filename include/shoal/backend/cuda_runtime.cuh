// The CUDA runtime and cuBLAS behind the concept Runtime (backend/runtime.cuh). For nvcc only.
#pragma once

#include <cublas_v2.h>
#include <cuda_runtime.h>
#include <limits>
#include <map>
#include <memory>

#include <thrust/system/cuda/execution_policy.h>

#include <shoal/backend/cuda_sort.cuh>
#include <shoal/backend/gpu_launch.cuh>
#include <shoal/backend/gpu_memory.cuh>

namespace shoal {

inline void check_cuda(cudaError_t status, const char* call) {
  check(status == cudaSuccess, Errc::device, call, ": CUDA error ", static_cast<int>(status), " (",
        cudaGetErrorName(status), "): ", cudaGetErrorString(status));
}
inline void check_cublas(cublasStatus_t status, const char* call) {
  check(status == CUBLAS_STATUS_SUCCESS, Errc::device, call, ": cuBLAS status ", static_cast<int>(status),
        " (", cublasGetStatusName(status), ")");
}

/// A GPU with its memory pool and its cuBLAS handle, which copies share. For use by one host thread at a
/// time.
class CudaRuntime {
 public:
  using Stream = cudaStream_t;
  using Event = cudaEvent_t;
  using Graph = cudaGraphExec_t;

  explicit CudaRuntime(int device = 0) : s_(std::make_shared<State>(device)) {}

  [[nodiscard]] int device() const { return s_->device; }

  Stream create_stream() {
    use();
    Stream stream = nullptr;
    check_cuda(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
    return stream;
  }
  void finish_stream(Stream stream) noexcept { cudaStreamSynchronize(stream); }
  void destroy_stream(Stream stream) noexcept {
    if (const auto workspace = s_->workspaces.extract(stream)) cudaFreeAsync(workspace.mapped(), stream);
    cudaStreamDestroy(stream);
  }
  Event create_event() {
    use();
    Event event = nullptr;
    check_cuda(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "cudaEventCreateWithFlags");
    return event;
  }
  void destroy_event(Event event) noexcept { cudaEventDestroy(event); }
  void record(Event event, Stream stream) { check_cuda(cudaEventRecord(event, stream), "cudaEventRecord"); }
  void wait(Stream stream, Event event) {
    check_cuda(cudaStreamWaitEvent(stream, event, 0), "cudaStreamWaitEvent");
  }
  void synchronize_stream(Stream stream) {
    check_cuda(cudaStreamSynchronize(stream), "cudaStreamSynchronize");
  }
  void synchronize_event(Event event) { check_cuda(cudaEventSynchronize(event), "cudaEventSynchronize"); }

  void* allocate(std::size_t bytes, Stream stream) {
    use();
    void* p = nullptr;
    check_cuda(cudaMallocFromPoolAsync(&p, bytes, s_->pool, stream), "cudaMallocFromPoolAsync");
    return p;
  }
  void free(void* p, Stream stream) noexcept { cudaFreeAsync(p, stream); }
  void* allocate_pinned(std::size_t bytes) {
    use();
    void* p = nullptr;
    check_cuda(cudaMallocHost(&p, bytes), "cudaMallocHost");
    return p;
  }
  void free_pinned(void* p) noexcept { cudaFreeHost(p); }
  void host_access(const void*) {}

  void copy(void* to, const void* from, std::size_t bytes, Stream stream) {
    check_cuda(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDefault, stream), "cudaMemcpyAsync");
  }
  void zero(void* p, std::size_t bytes, Stream stream) {
    check_cuda(cudaMemsetAsync(p, 0, bytes, stream), "cudaMemsetAsync");
  }

  template <class Kernel, class... Arguments>
  void launch(Stream stream, Grid grid, Kernel kernel, Arguments... arguments) {
    use();
    check(grid.blocks <= std::numeric_limits<int>::max(), Errc::too_large, "launch: ", grid.blocks,
          " blocks; a grid has at most 2147483647");
    run_kernel<<<static_cast<unsigned>(grid.blocks), static_cast<unsigned>(grid.threads), 0, stream>>>(
        kernel, arguments...);
    check_cuda(cudaGetLastError(), "kernel launch");
  }

  /// Row-major c = op(a) op(b) is column-major cᵀ = op(b)ᵀ op(a)ᵀ, and a row-major matrix read as
  /// column-major is its transpose. So the factors change places and keep their transposition flags.
  void product(Stream stream, const Factor& a, const Factor& b, MatrixView<float> c) {
    use();
    check(a.precision == b.precision, Errc::invalid_argument,
          "product: factors must have the same precision");
    const Index inner = a.transposed ? a.rows : a.cols;
    const float scale = a.scale * b.scale, zero = 0.f;
    const auto compute = a.precision == Precision::tf32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F;
    check_cublas(cublasSetStream(s_->blas, stream), "cublasSetStream");
    // Use our own workspaces, one for each stream, since products on two streams may run at the same time:
    // setting a stream resets the workspace, and results depend on its size.
    check_cublas(cublasSetWorkspace(s_->blas, workspace_of(stream), workspace_bytes), "cublasSetWorkspace");
    check_cublas(cublasGemmEx_64(s_->blas, operation(b), operation(a), c.cols, c.rows, inner, &scale, b.data,
                                 type_of(b.precision), b.stride, a.data, type_of(a.precision), a.stride,
                                 &zero, c.data, CUDA_R_32F, c.stride, compute, CUBLAS_GEMM_DEFAULT),
                 "cublasGemmEx");
  }

  void sort_pairs(Stream stream, Label* keys, Label* values, Index count) {
    use();
    PoolAllocator allocator{s_.get(), stream};
    try {
      sort_by_key(thrust::cuda::par_nosync(allocator).on(stream), keys, values, count);
    } catch (const std::exception& e) {
      fail(Errc::device, "sort_pairs: ", e.what());
    }
  }

  void begin_capture(Stream stream) {
    use();
    check_cuda(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "cudaStreamBeginCapture");
  }
  Graph end_capture(Stream stream) {
    cudaGraph_t recorded = nullptr;
    check_cuda(cudaStreamEndCapture(stream, &recorded), "cudaStreamEndCapture");
    Graph graph = nullptr;
    const cudaError_t status = cudaGraphInstantiate(&graph, recorded, 0);
    cudaGraphDestroy(recorded);
    check_cuda(status, "cudaGraphInstantiate");
    return graph;
  }
  void abandon_capture(Stream stream) noexcept {
    cudaGraph_t recorded = nullptr;
    cudaStreamEndCapture(stream, &recorded);
    if (recorded != nullptr) cudaGraphDestroy(recorded);
    cudaGetLastError();  // a recording that failed leaves its error behind
  }
  void launch_graph(Graph graph, Stream stream) {
    use();
    check_cuda(cudaGraphLaunch(graph, stream), "cudaGraphLaunch");
  }
  void destroy_graph(Graph graph) noexcept { cudaGraphExecDestroy(graph); }

  /// First returns the memory that the pool keeps after it was freed, since that would not count as free.
  [[nodiscard]] std::size_t free_memory() const {
    use();
    check_cuda(cudaMemPoolTrimTo(s_->pool, 0), "cudaMemPoolTrimTo");
    std::size_t available = 0, total = 0;
    check_cuda(cudaMemGetInfo(&available, &total), "cudaMemGetInfo");
    return available;
  }

 private:
  static constexpr std::size_t workspace_bytes = std::size_t{32} << 20;

  struct State {
    explicit State(int number) : device(number) {
      int devices = 0;
      const cudaError_t status = cudaGetDeviceCount(&devices);
      check(status == cudaSuccess && devices > 0, Errc::device, "Cuda: no GPU is available here: CUDA error ",
            static_cast<int>(status), " (", cudaGetErrorString(status), ")");
      check(device >= 0 && device < devices, Errc::invalid_argument, "Cuda: device (", device,
            ") must be in [0, ", devices, ")");
      check_cuda(cudaSetDevice(device), "cudaSetDevice");
      try {
        open();
      } catch (...) {
        close();
        throw;
      }
    }
    ~State() { close(); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    void open() {
      cudaMemPoolProps props{};
      props.allocType = cudaMemAllocationTypePinned;
      props.location.type = cudaMemLocationTypeDevice;
      props.location.id = device;
      check_cuda(cudaMemPoolCreate(&pool, &props), "cudaMemPoolCreate");
      std::uint64_t keep = ~std::uint64_t{0};  // keeps memory in the pool when the stream is synchronised
      check_cuda(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &keep),
                 "cudaMemPoolSetAttribute");
      check_cublas(cublasCreate(&blas), "cublasCreate");
    }
    void close() noexcept {
      cudaSetDevice(device);
      if (blas != nullptr) cublasDestroy(blas);
      if (pool != nullptr) cudaMemPoolDestroy(pool);
    }

    int device;
    cudaMemPool_t pool = nullptr;
    cublasHandle_t blas = nullptr;
    std::map<Stream, void*> workspaces;  // of the streams that have made products
  };

  /// The allocator of Thrust's temporary memory: the pool, in stream order.
  struct PoolAllocator {
    using value_type = char;
    State* state;
    Stream stream;
    char* allocate(std::ptrdiff_t bytes) {
      void* p = nullptr;
      check_cuda(cudaMallocFromPoolAsync(&p, static_cast<std::size_t>(bytes), state->pool, stream),
                 "cudaMallocFromPoolAsync");
      return static_cast<char*>(p);
    }
    void deallocate(char* p, std::size_t) noexcept { cudaFreeAsync(p, stream); }
  };

  /// The workspace of a stream's products, which are ordered by the stream, as is its memory.
  void* workspace_of(Stream stream) {
    void*& workspace = s_->workspaces[stream];
    if (workspace == nullptr)
      check_cuda(cudaMallocFromPoolAsync(&workspace, workspace_bytes, s_->pool, stream),
                 "cudaMallocFromPoolAsync");
    return workspace;
  }

  void use() const { check_cuda(cudaSetDevice(s_->device), "cudaSetDevice"); }
  static cublasOperation_t operation(const Factor& f) { return f.transposed ? CUBLAS_OP_T : CUBLAS_OP_N; }
  static cudaDataType type_of(Precision p) {
    return p == Precision::float16 ? CUDA_R_16F : p == Precision::bfloat16 ? CUDA_R_16BF : CUDA_R_32F;
  }

  std::shared_ptr<State> s_;
};

}  // namespace shoal
