// A runtime without a GPU (backend/gpu_memory.cuh): runs kernels on the CPU and watches how it is used.
//
// Work is put off until something waits for it, and then only what that needs is done: what the host reads
// too early it finds unwritten. Every access is checked against all others of the same memory: two that no
// stream order, event or wait puts in order, one of them a write, are an error, whether or not the values
// came out right. Memory not freed, used after it was freed, or freed twice is found, and any call can be
// made to fail.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <support/host_exec.hpp>
#include <utility>

#include <shoal/backend/gpu_memory.cuh>
#include <shoal/core/half.hpp>

#if __has_include(<thrust/sort.h>)
#include <thrust/system/cpp/execution_policy.h>
#if defined(_OPENMP)
#include <thrust/system/omp/execution_policy.h>
#endif

#include <shoal/backend/cuda_sort.cuh>
#endif

namespace host {

/// When each stream, and the host, was last heard of: what has happened before a point in time.
using Clock = std::map<int, Index>;
inline void merge(Clock& into, const Clock& other) {
  for (const auto& [who, when] : other) into[who] = std::max(into[who], when);
}

/// A failure of the watched program's use of the runtime: a bug, not an expected error.
struct misuse : std::logic_error {
  using std::logic_error::logic_error;
};

class FakeRuntime {
 public:
  explicit FakeRuntime(Turns turns = Turns::ascending, std::size_t memory = std::size_t{1} << 40)
      : s_(std::make_shared<State>()) {
    s_->turns = turns;
    s_->memory = memory;
  }

  // What tests ask.
  [[nodiscard]] std::size_t live() const {
    return s_->arrays.size() + s_->streams.size() + s_->events.size() + s_->graphs.size();
  }
  [[nodiscard]] bool on_device(const void* p) {
    const auto found = find(p);
    return found != s_->arrays.end() && found->second.device;
  }
  [[nodiscard]] std::size_t peak_bytes() const { return s_->peak; }
  [[nodiscard]] Index calls() const { return s_->calls; }
  /// The copies, zeros, kernels, products and sorts so far, replayed ones included.
  [[nodiscard]] Index operations() const { return s_->operations; }
  [[nodiscard]] Index waits() const { return s_->waits; }  ///< how often the host waited
  /// Makes the call-th call from now on fail; or the call-th allocation, where only those count.
  void fail_at(Index call, bool allocations_only = false) {
    s_->calls = 0;
    s_->fail_at = call;
    s_->allocations_only = allocations_only;
  }

  // The runtime.
  using Graph = int;

  int create_stream() {
    may_fail("create_stream");
    const int id = ++s_->last_id;
    s_->streams[id];
    return id;
  }
  void destroy_stream(int id) noexcept {
    drain(id, s_->streams.at(id).first + static_cast<Index>(s_->streams.at(id).work.size()));
    s_->streams.erase(id);
  }
  int create_event() {
    may_fail("create_event");
    const int id = ++s_->last_id;
    s_->events[id];
    return id;
  }
  void destroy_event(int id) noexcept { s_->events.erase(id); }
  void record(int event, int stream) {
    may_fail("record");
    if (s_->streams.at(stream).recording) fault("an event is used while a stream records");
    tick(stream);
    const Stream& s = s_->streams.at(stream);
    s_->events.at(event) = {stream, s.first + static_cast<Index>(s.work.size()), s.clock};
  }
  void wait(int stream, int event) {
    may_fail("wait");
    const Event e = s_->events.at(event);
    merge(s_->streams.at(stream).clock, e.clock);
    enqueue(stream, [*this, e]() mutable { drain(e.stream, e.position); });
  }
  void finish_stream(int id) noexcept {
    Stream& s = s_->streams.at(id);
    drain(id, s.first + static_cast<Index>(s.work.size()));
    merge(s_->host, s.clock);
  }
  void synchronize_stream(int id) {
    if (s_->streams.at(id).recording) fault("the host waits for a stream that records");
    ++s_->waits;
    finish_stream(id);
    may_fail("synchronize_stream");
  }
  void synchronize_event(int id) {
    ++s_->waits;
    const Event e = s_->events.at(id);
    drain(e.stream, e.position);
    merge(s_->host, e.clock);
    may_fail("synchronize_event");
  }

  void* allocate(std::size_t bytes, int stream) {
    may_fail("allocate", true);
    if (s_->streams.at(stream).recording) fault("memory is allocated while a stream records");
    if (s_->used + bytes > s_->memory) shoal::fail(shoal::Errc::device, "out of device memory");
    s_->used += bytes;
    s_->peak = std::max(s_->peak, s_->used);
    tick(stream);
    void* p = obtain(bytes, true);
    s_->arrays.at(static_cast<std::byte*>(p)).written = {stream, s_->streams.at(stream).clock[stream]};
    return p;
  }
  void free(void* p, int stream) noexcept {
    s_->used -= s_->arrays.at(static_cast<std::byte*>(p)).bytes;
    tick(stream);
    touch(stream, p, true);
    s_->arrays.erase(static_cast<std::byte*>(p));
    enqueue(stream, [p] { release(p); });
  }
  void* allocate_pinned(std::size_t bytes) {
    may_fail("allocate_pinned", true);
    return obtain(bytes, false);
  }
  void free_pinned(void* p) noexcept {
    host_access(p);
    s_->arrays.erase(static_cast<std::byte*>(p));
    release(p);
  }
  void host_access(const void* p) {
    const auto a = find(p);
    if (a == s_->arrays.end() || a->second.device)
      return fault("the host touches memory that is not its own");
    const auto before = [&](std::pair<int, Index> when) { return s_->host[when.first] >= when.second; };
    bool safe = before(a->second.written);
    for (const auto& r : a->second.read) safe = safe && before(r);
    if (!safe) fault("the host touches pinned memory that a copy is still using");
  }

  void copy(void* to, const void* from, std::size_t bytes, int stream) {
    may_fail("copy");
    submit(stream, [=](FakeRuntime& rt) {
      rt.touch(stream, to, true);
      rt.touch(stream, from, false);
      rt.enqueue(stream, [=] { std::memcpy(to, from, bytes); });
    });
  }
  void zero(void* p, std::size_t bytes, int stream) {
    may_fail("zero");
    submit(stream, [=](FakeRuntime& rt) {
      rt.touch(stream, p, true);
      rt.enqueue(stream, [=] { std::memset(p, 0, bytes); });
    });
  }

  template <class Kernel, class... Arguments>
  void launch(int stream, Grid grid, Kernel kernel, Arguments... arguments) {
    static_assert(std::is_trivially_copyable_v<Kernel> && (std::is_trivially_copyable_v<Arguments> && ...));
    may_fail("launch");
    submit(stream, [=](FakeRuntime& rt) {
      (rt.touch_argument(stream, arguments), ...);
      rt.enqueue(stream, [turns = rt.s_->turns, grid, kernel, arguments...] {
        run_grid(turns, grid, kernel, arguments...);
      });
    });
  }

  void product(int stream, shoal::Factor a, shoal::Factor b, shoal::MatrixView<float> c) {
    may_fail("product");
    submit(stream, [=](FakeRuntime& rt) {
      rt.touch_device(stream, a.data, false);
      rt.touch_device(stream, b.data, false);
      rt.touch_device(stream, c.data, true);
      rt.enqueue(stream, [=] { multiply(a, b, c); });
    });
  }

  void sort_pairs(int stream, shoal::Label* keys, shoal::Label* values, Index count) {
    may_fail("sort_pairs");
    if (s_->streams.at(stream).recording) fault("a sort, which allocates memory, is recorded");
    submit(stream, [=](FakeRuntime& rt) {
      rt.touch_device(stream, keys, true);
      rt.touch_device(stream, values, true);
      rt.enqueue(stream, [=] { sort(keys, values, count); });
    });
  }

  void begin_capture(int stream) {
    may_fail("begin_capture");
    s_->streams.at(stream).recording.emplace();
  }
  Graph end_capture(int stream) {
    auto recorded = std::exchange(s_->streams.at(stream).recording, std::nullopt);
    if (!recorded) fault("a recording ends that has not begun");
    may_fail("end_capture");
    s_->graphs[++s_->last_id] = std::move(*recorded);
    return s_->last_id;
  }
  void abandon_capture(int stream) noexcept { s_->streams.at(stream).recording.reset(); }
  void launch_graph(Graph graph, int stream) {
    may_fail("launch_graph");
    for (const Operation& operation : s_->graphs.at(graph)) submit(stream, operation);
  }
  void destroy_graph(Graph graph) noexcept { s_->graphs.erase(graph); }

  [[nodiscard]] std::size_t free_memory() const { return s_->memory - s_->used; }

 private:
  struct Array {
    std::size_t bytes = 0;
    bool device = false;
    std::pair<int, Index> written{0, 0};  ///< who wrote last, and when by its clock
    Clock read;                           ///< who has read since
  };
  using Operation = std::function<void(FakeRuntime&)>;
  struct Stream {
    std::deque<std::function<void()>> work;
    Index first = 0;  ///< the number of the first piece of work that is still to do
    Clock clock;
    std::optional<std::vector<Operation>> recording;
  };
  struct Event {
    int stream = 0;
    Index position = 0;
    Clock clock;
  };
  struct State {
    Turns turns = Turns::ascending;
    std::size_t memory = 0, used = 0, peak = 0;
    std::map<std::byte*, Array> arrays;
    std::map<int, Stream> streams;
    std::map<int, Event> events;
    std::map<int, std::vector<Operation>> graphs;
    Clock host;
    int last_id = 0;
    Index calls = 0, fail_at = 0, waits = 0, operations = 0;
    bool allocations_only = false;
  };

  void may_fail(const char* call, bool allocation = false) {
    if (s_->allocations_only && !allocation) return;
    if (++s_->calls == s_->fail_at) shoal::fail(shoal::Errc::device, call, ": made to fail by the test");
  }
  static void fault(const char* what) { throw misuse(what); }

  static constexpr std::align_val_t alignment{256};  // as CUDA's
  static void release(void* p) { ::operator delete(p, alignment); }
  /// Device memory starts as NaN, so that a read of what was never written shows.
  void* obtain(std::size_t bytes, bool device) {
    void* p = ::operator new(std::max<std::size_t>(bytes, 1), alignment);
    std::memset(p, 0xFF, bytes);
    s_->arrays[static_cast<std::byte*>(p)] = {bytes, device, {0, 0}, {}};
    return p;
  }
  std::map<std::byte*, Array>::iterator find(const void* p) {
    auto a = s_->arrays.upper_bound(static_cast<std::byte*>(const_cast<void*>(p)));
    if (a == s_->arrays.begin()) return s_->arrays.end();
    --a;
    return static_cast<const std::byte*>(p) < a->first + std::max<std::size_t>(a->second.bytes, 1)
               ? a
               : s_->arrays.end();
  }

  /// Records an operation, or does it: it names the memory that it accesses and enqueues its work.
  void submit(int stream, Operation operation) {
    if (auto& recording = s_->streams.at(stream).recording) return recording->push_back(std::move(operation));
    ++s_->operations;
    tick(stream);
    operation(*this);
  }
  /// The stream's next piece of work comes after all that the host knows to be over.
  void tick(int stream) {
    Stream& s = s_->streams.at(stream);
    merge(s.clock, s_->host);
    ++s.clock[stream];
  }
  /// Memory that is not the runtime's is the host's own: a destination or source of copies.
  void touch(int stream, const void* p, bool write) {
    const auto found = find(p);
    if (p == nullptr || found == s_->arrays.end()) return;
    Array& a = found->second;
    Clock& now = s_->streams.at(stream).clock;
    if (now[a.written.first] < a.written.second) fault("unordered access: after a write on another stream");
    if (!write) {
      a.read[stream] = now[stream];
      return;
    }
    for (const auto& [who, when] : a.read)
      if (now[who] < when) fault("unordered access: a write after a read on another stream");
    a.read.clear();
    a.written = {stream, now[stream]};
  }
  /// Kernels may only touch live memory of the device.
  void touch_device(int stream, const void* p, bool write) {
    if (p == nullptr) return;
    const auto found = find(p);
    if (found == s_->arrays.end() || !found->second.device)
      return fault("a kernel is given memory that is not alive on the device");
    touch(stream, p, write);
  }
  template <class T> void touch_argument(int stream, T* p) { touch_device(stream, p, !std::is_const_v<T>); }
  template <class T> void touch_argument(int stream, shoal::MatrixView<T> m) {
    touch_device(stream, m.data, !std::is_const_v<T>);
  }
  template <class T> void touch_argument(int, const T&) {}

  void enqueue(int stream, std::function<void()> work) {
    if (s_->streams.at(stream).recording) fault("memory or events are used while a stream records");
    s_->streams.at(stream).work.push_back(std::move(work));
  }
  /// Does the stream's work up to `position`. An event's stream may be gone: then its work is done.
  void drain(int stream, Index position) {
    const auto s = s_->streams.find(stream);
    while (s != s_->streams.end() && s->second.first < position) {
      const auto work = std::move(s->second.work.front());
      s->second.work.pop_front();
      ++s->second.first;
      work();
    }
  }

  /// An element as a product reads it.
  static float element(const shoal::Factor& f, Index i, Index j) {
    if (f.transposed) std::swap(i, j);
    const auto at = static_cast<std::size_t>(i * f.stride + j);
    if (!shoal::is_narrow(f.precision)) {
      const float value = static_cast<const float*>(f.data)[at];
      return f.precision == shoal::Precision::tf32 ? round_to_tf32(value) : value;
    }
    const std::uint16_t stored = static_cast<const std::uint16_t*>(f.data)[at];
    return f.precision == shoal::Precision::float16 ? shoal::half_to_float(stored)
                                                    : shoal::bfloat16_to_float(stored);
  }
  /// To the nearest of 11 bits, ties away from zero, as the hardware converts.
  static float round_to_tf32(float x) {
    if (!std::isfinite(x)) return x;
    return std::bit_cast<float>((std::bit_cast<std::uint32_t>(x) + 0x1000u) & ~0x1FFFu);
  }
  static void multiply(const shoal::Factor& a, const shoal::Factor& b, shoal::MatrixView<float> c) {
    if (a.precision != b.precision) fault("factors of a product differ in precision");
    const Index inner = a.transposed ? a.rows : a.cols;
    if ((a.transposed ? a.cols : a.rows) != c.rows || (b.transposed ? b.rows : b.cols) != c.cols ||
        (b.transposed ? b.cols : b.rows) != inner)
      fault("shapes of a product do not match");
    shoal::Matrix<float> left(c.rows, inner), right(c.cols, inner);
    for (Index i = 0; i < c.rows; ++i)
      for (Index k = 0; k < inner; ++k) left(i, k) = element(a, i, k);
    for (Index j = 0; j < c.cols; ++j)
      for (Index k = 0; k < inner; ++k) right(j, k) = element(b, k, j);
    for (Index i = 0; i < c.rows; ++i)
      for (Index j = 0; j < c.cols; ++j) {
        float sum = 0;
        for (Index k = 0; k < inner; ++k) sum += left(i, k) * right(j, k);
        c(i, j) = a.scale * b.scale * sum;
      }
  }

  /// Thrust on its host systems where it is installed: the very call that the GPU makes.
  static void sort(shoal::Label* keys, shoal::Label* values, Index count) {
#if __has_include(<thrust/sort.h>) && defined(_OPENMP)
    shoal::sort_by_key(thrust::omp::par, keys, values, count);
#elif __has_include(<thrust/sort.h>)
    shoal::sort_by_key(thrust::cpp::par, keys, values, count);
#else
    std::vector<std::pair<shoal::Label, shoal::Label>> pairs;
    for (Index i = 0; i < count; ++i) pairs.emplace_back(keys[i], values[i]);
    std::stable_sort(pairs.begin(), pairs.end(), [](auto a, auto b) { return a.first < b.first; });
    for (Index i = 0; i < count; ++i) std::tie(keys[i], values[i]) = pairs[static_cast<std::size_t>(i)];
#endif
  }

  std::shared_ptr<State> s_;
};

}  // namespace host
