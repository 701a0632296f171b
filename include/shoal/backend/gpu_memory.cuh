// Owners of a runtime's streams, events and memory, and copies between host and device.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include <shoal/backend/runtime.cuh>
#include <shoal/core/check.hpp>

namespace shoal {

/// Owns an event of a runtime, a point in a stream that others can wait for.
template <class Rt> class GpuEvent {
 public:
  explicit GpuEvent(const Rt& rt) : rt_(rt), id_(rt_.create_event()) {}
  ~GpuEvent() { rt_.destroy_event(id_); }
  GpuEvent(const GpuEvent&) = delete;
  GpuEvent& operator=(const GpuEvent&) = delete;

  [[nodiscard]] auto id() const { return id_; }
  /// Makes the host wait for the last record(), if there was one.
  void synchronize() { rt_.synchronize_event(id_); }

 private:
  Rt rt_;
  decltype(std::declval<Rt&>().create_event()) id_;
};

/// Owns `count` elements of page-locked host memory, which asynchronous copies to and from a device require.
/// All work that accesses it must have completed before it is destroyed.
template <class Rt, class T> class PinnedArray {
 public:
  PinnedArray(const Rt& rt, Index count)  // at least one, since an empty allocation is not specified
      : rt_(rt),
        data_(static_cast<T*>(
            rt_.allocate_pinned(static_cast<std::size_t>(std::max<Index>(count, 1)) * sizeof(T)))) {}
  ~PinnedArray() { rt_.free_pinned(data_); }
  PinnedArray(const PinnedArray&) = delete;
  PinnedArray& operator=(const PinnedArray&) = delete;

  /// The memory as a source or target of copies.
  [[nodiscard]] T* data() const { return data_; }
  /// The memory for access by the host. Pre: no copy to or from it is in progress.
  [[nodiscard]] T* host() {
    rt_.host_access(data_);
    return data_;
  }

 private:
  Rt rt_;
  T* data_;
};

/// A stream of device work, executed in order. Everything that is enqueued is asynchronous; only
/// synchronize() waits.
template <Runtime Rt> class GpuStream {
 public:
  explicit GpuStream(const Rt& rt) : rt_(rt), id_(rt_.create_stream()) {}
  ~GpuStream() { rt_.destroy_stream(id_); }
  GpuStream(const GpuStream&) = delete;
  GpuStream& operator=(const GpuStream&) = delete;

  [[nodiscard]] Rt& runtime() { return rt_; }
  [[nodiscard]] auto id() const { return id_; }

  template <class Kernel, class... Arguments> void launch(Grid grid, Kernel kernel, Arguments... arguments) {
    if (grid.blocks > 0) rt_.launch(id_, grid, kernel, arguments...);
  }
  template <class T> void copy(T* to, const T* from, Index count) {
    if (count > 0) rt_.copy(to, from, static_cast<std::size_t>(count) * sizeof(T), id_);
  }
  template <class T> void zero(T* p, Index count) {
    if (count > 0) rt_.zero(p, static_cast<std::size_t>(count) * sizeof(T), id_);
  }
  /// c ← op(a) op(b).
  void product(const Factor& a, const Factor& b, MatrixView<float> c) {
    if (c.rows > 0 && c.cols > 0) rt_.product(id_, a, b, c);
  }
  void sort_pairs(Label* keys, Label* values, Index count) {
    if (count > 0) rt_.sort_pairs(id_, keys, values, count);
  }
  void record(GpuEvent<Rt>& event) { rt_.record(event.id(), id_); }
  /// Work enqueued from here on runs after the event's last record().
  void wait(const GpuEvent<Rt>& event) { rt_.wait(id_, event.id()); }
  void synchronize() { rt_.synchronize_stream(id_); }
  /// As synchronize(), for destructors.
  void finish() noexcept { rt_.finish_stream(id_); }

  /// Page-locked memory of at least `bytes` for synchronous copies. It is kept between calls, because
  /// allocating it takes longer than most copies.
  PinnedArray<Rt, std::byte>& staging(Index bytes) {
    if (staged_ < bytes) {
      staging_.reset();
      staging_.emplace(rt_, bytes);
      staged_ = bytes;
    }
    return *staging_;
  }

 private:
  Rt rt_;
  decltype(std::declval<Rt&>().create_stream()) id_;
  std::optional<PinnedArray<Rt, std::byte>> staging_;
  Index staged_ = 0;
};

/// Owns `count` elements of uninitialised device memory, from construction to destruction in the order of the
/// stream. The stream must outlive it.
template <class Rt, class T> class DeviceArray {
 public:
  DeviceArray(GpuStream<Rt>& stream, Index count)
      : stream_(&stream),
        data_(count == 0 ? nullptr
                         : static_cast<T*>(stream.runtime().allocate(
                               static_cast<std::size_t>(count) * sizeof(T), stream.id()))),
        count_(count) {}
  ~DeviceArray() { reset(); }
  DeviceArray(DeviceArray&& other) noexcept
      : stream_(other.stream_),
        data_(std::exchange(other.data_, nullptr)),
        count_(std::exchange(other.count_, 0)) {}
  DeviceArray& operator=(DeviceArray&& other) noexcept {
    std::swap(stream_, other.stream_);
    std::swap(data_, other.data_);
    std::swap(count_, other.count_);
    return *this;
  }

  [[nodiscard]] T* data() { return data_; }
  [[nodiscard]] const T* data() const { return data_; }
  [[nodiscard]] Index size() const { return count_; }
  [[nodiscard]] MatrixView<T> view(Index rows, Index cols) { return {data_, rows, cols}; }
  [[nodiscard]] MatrixView<const T> view(Index rows, Index cols) const { return {data_, rows, cols}; }

 private:
  void reset() noexcept {
    if (data_ != nullptr) stream_->runtime().free(data_, stream_->id());
  }

  GpuStream<Rt>* stream_;
  T* data_;
  Index count_;
};

/// A download to the host of up to `count` elements at a time.
template <class Rt, class T> class Download {
 public:
  Download(GpuStream<Rt>& stream, Index count) : stream_(stream), pinned_(stream.runtime(), count) {}
  ~Download() { stream_.finish(); }
  Download(const Download&) = delete;
  Download& operator=(const Download&) = delete;

  /// Enqueues the copy of `count` elements; the previous copy must have been taken.
  void start(const T* from, Index count) { stream_.copy(pinned_.data(), from, count); }
  /// Waits for the stream and returns the elements of the last copy.
  [[nodiscard]] const T* take() {
    stream_.synchronize();
    return pinned_.host();
  }

 private:
  GpuStream<Rt>& stream_;
  PinnedArray<Rt, T> pinned_;
};

/// Calls f(first, size, pinned) for each piece of `count` elements that are copied through the stream's
/// staging memory. The stream has finished with it when f returns or throws.
template <class T, class Rt, class F> void by_pieces(GpuStream<Rt>& stream, Index count, F&& f) {
  constexpr Index most = (Index{1} << 24) / sizeof(T);
  if (count == 0) return;
  auto& pinned = stream.staging(std::min(count, most) * static_cast<Index>(sizeof(T)));
  struct Finish {
    GpuStream<Rt>& stream;
    ~Finish() { stream.finish(); }
  } const last{stream};
  for (Index first = 0; first < count; first += most) f(first, std::min(most, count - first), pinned);
}

/// Copies `count` elements from the host to the device through page-locked memory, and waits.
template <class Rt, class T> void to_device(GpuStream<Rt>& stream, T* to, const T* from, Index count) {
  by_pieces<T>(stream, count, [&](Index first, Index size, auto& pinned) {
    std::copy_n(from + first, size, reinterpret_cast<T*>(pinned.host()));
    stream.copy(to + first, reinterpret_cast<const T*>(pinned.data()), size);
    stream.synchronize();
  });
}
/// Copies `count` elements from the device to the host through page-locked memory, and waits.
template <class Rt, class T> void to_host(GpuStream<Rt>& stream, T* to, const T* from, Index count) {
  by_pieces<T>(stream, count, [&](Index first, Index size, auto& pinned) {
    stream.copy(reinterpret_cast<T*>(pinned.data()), from + first, size);
    stream.synchronize();
    std::copy_n(reinterpret_cast<const T*>(pinned.host()), size, to + first);
  });
}

}  // namespace shoal
