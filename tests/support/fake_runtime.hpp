// A runtime without a GPU (backend/gpu_memory.cuh): runs kernels on the CPU and watches how it is used.
//
// Work is put off until something waits for it, and then only what that needs is done: what the host reads
// too early it finds unwritten. Every access is checked against all others of the same memory: two that no
// stream order, event or wait puts in order, one of them a write, are an error, whether or not the values
// came out right. Memory not freed, used after it was freed, or freed twice is found, and any call can be
// made to fail.
#pragma once

#include <algorithm>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <support/fake_memory.hpp>
#include <support/fake_products.hpp>
#include <support/host_exec.hpp>
#include <utility>

#include <shoal/backend/gpu_memory.cuh>

namespace host {

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
  [[nodiscard]] bool on_device(const void* p) { return s_->arrays.on_device(p); }
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
    void* p = s_->arrays.obtain(bytes, true);
    s_->arrays.allocated(p, stream, clock(stream));
    return p;
  }
  void free(void* p, int stream) noexcept {
    tick(stream);
    touch(stream, p, true);
    s_->used -= s_->arrays.forget(p);
    enqueue(stream, [p] { WatchedMemory::release(p); });
  }
  void* allocate_pinned(std::size_t bytes) {
    may_fail("allocate_pinned", true);
    return s_->arrays.obtain(bytes, false);
  }
  void free_pinned(void* p) noexcept {
    host_access(p);
    s_->arrays.forget(p);
    WatchedMemory::release(p);
  }
  void host_access(const void* p) { s_->arrays.touch_by_host(s_->host, p); }

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
    WatchedMemory arrays;
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
  [[nodiscard]] Clock& clock(int stream) { return s_->streams.at(stream).clock; }
  void touch(int stream, const void* p, bool write) { s_->arrays.touch(stream, clock(stream), p, write); }
  void touch_device(int stream, const void* p, bool write) {
    s_->arrays.touch_device(stream, clock(stream), p, write);
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

  std::shared_ptr<State> s_;
};

}  // namespace host
