// The memory of the emulated runtime (support/fake_runtime.hpp), every access to which is checked against all
// others: two that no stream order, event or wait puts in order, one of them a write, are an error, whether
// or not the values came out right.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <map>
#include <new>
#include <support/fake_products.hpp>
#include <utility>

namespace host {

/// When each stream, and the host, was last heard of: what has happened before a point in time.
using Clock = std::map<int, Index>;
inline void merge(Clock& into, const Clock& other) {
  for (const auto& [who, when] : other) into[who] = std::max(into[who], when);
}

/// Arrays of the device and of the host's pinned memory, and who last read and wrote them.
class WatchedMemory {
 public:
  /// The number of arrays that are alive.
  [[nodiscard]] std::size_t size() const { return arrays_.size(); }
  [[nodiscard]] bool on_device(const void* p) {
    const auto found = find(p);
    return found != arrays_.end() && found->second.device;
  }

  /// Device memory starts as NaN, so that a read of what was never written shows.
  void* obtain(std::size_t bytes, bool device) {
    void* p = ::operator new(std::max<std::size_t>(bytes, 1), alignment);
    std::memset(p, 0xFF, bytes);
    arrays_[static_cast<std::byte*>(p)] = {bytes, device, {0, 0}, {}};
    return p;
  }
  /// Ends the watch of an array, whose memory is to be released. Returns its bytes.
  std::size_t forget(void* p) {
    const auto found = arrays_.find(static_cast<std::byte*>(p));
    const std::size_t bytes = found->second.bytes;
    arrays_.erase(found);
    return bytes;
  }
  static void release(void* p) { ::operator delete(p, alignment); }

  /// The array was allocated by the stream, whose clock is `now`.
  void allocated(void* p, int stream, Clock& now) {
    arrays_.at(static_cast<std::byte*>(p)).written = {stream, now[stream]};
  }
  /// An access by a stream. Memory that is not the runtime's is the host's own: a destination or source of
  /// copies.
  void touch(int stream, Clock& now, const void* p, bool write) {
    const auto found = find(p);
    if (p == nullptr || found == arrays_.end()) return;
    Array& a = found->second;
    if (now[a.written.first] < a.written.second)
      throw misuse("unordered access: after a write on another stream");
    if (!write) {
      a.read[stream] = now[stream];
      return;
    }
    for (const auto& [who, when] : a.read)
      if (now[who] < when) throw misuse("unordered access: a write after a read on another stream");
    a.read.clear();
    a.written = {stream, now[stream]};
  }
  /// An access by a kernel, which may only touch live memory of the device.
  void touch_device(int stream, Clock& now, const void* p, bool write) {
    if (p == nullptr) return;
    if (!on_device(p)) throw misuse("a kernel is given memory that is not alive on the device");
    touch(stream, now, p, write);
  }
  /// An access by the host, whose clock is `now`, to pinned memory.
  void touch_by_host(Clock& now, const void* p) {
    const auto a = find(p);
    if (a == arrays_.end() || a->second.device) throw misuse("the host touches memory that is not its own");
    const auto before = [&](const std::pair<const int, Index>& when) {
      return now[when.first] >= when.second;
    };
    if (!before(a->second.written) || !std::ranges::all_of(a->second.read, before))
      throw misuse("the host touches pinned memory that a copy is still using");
  }

 private:
  struct Array {
    std::size_t bytes = 0;
    bool device = false;
    std::pair<int, Index> written{0, 0};  ///< who wrote last, and when by its clock
    Clock read;                           ///< who has read since
  };

  static constexpr std::align_val_t alignment{256};  // as CUDA's

  std::map<std::byte*, Array>::iterator find(const void* p) {
    auto a = arrays_.upper_bound(static_cast<std::byte*>(const_cast<void*>(p)));
    if (a == arrays_.begin()) return arrays_.end();
    --a;
    return static_cast<const std::byte*>(p) < a->first + std::max<std::size_t>(a->second.bytes, 1)
               ? a
               : arrays_.end();
  }

  std::map<std::byte*, Array> arrays_;
};

}  // namespace host
