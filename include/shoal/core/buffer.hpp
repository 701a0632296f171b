// An array that starts on a cache line.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <new>
#include <type_traits>
#include <utility>

#include <shoal/core/check.hpp>
#include <shoal/core/config.hpp>
#include <shoal/core/sizes.hpp>

namespace shoal {

namespace buffer_impl {
/// The memory of a Buffer, whatever its elements are: compiled once.
class Room {
 public:
  void* start = nullptr;
  std::size_t size = 0, capacity = 0;  // in elements

  Room() = default;
  Room(Room&& other) noexcept { swap(other); }
  Room& operator=(Room&& other) noexcept {
    Room taken(std::move(other));
    swap(taken);
    return *this;
  }
  ~Room() { ::operator delete(start, cache_line); }

  void swap(Room& other) noexcept {
    std::swap(start, other.start);
    std::swap(size, other.size);
    std::swap(capacity, other.capacity);
  }
  /// Makes room for `count` elements of `element` bytes.
  [[gnu::noinline]] void reserve(std::size_t count, std::size_t element) {
    if (count <= capacity) return;
    const auto bytes = static_cast<std::size_t>(
        checked_product("Buffer: bytes", {static_cast<Index>(count), static_cast<Index>(element)}));
    void* larger = ::operator new(bytes, cache_line, std::nothrow);
    check(larger != nullptr, Errc::too_large, "an array of ", bytes, " bytes does not fit into memory");
    if (size > 0) std::memcpy(larger, start, size * element);
    ::operator delete(start, cache_line);
    start = larger;
    capacity = count;
  }

 private:
  static constexpr std::align_val_t cache_line{64};
};
}  // namespace buffer_impl

/// An array of numbers, or of plain structures of them, that starts on a cache line. Elements without a value
/// are uninitialised where their type does not say otherwise: Buffer<float>(n) is, Buffer<float>(n, 0.f) is
/// not. Copying it copies the elements. It has what is used of std::vector, and compiles in a quarter of the
/// time. Throws too_large, with the bytes asked for, if there is not enough memory.
template <class T> class Buffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  using value_type = T;
  using size_type = std::size_t;
  using reference = T&;
  using const_reference = const T&;

  Buffer() = default;
  explicit Buffer(std::size_t count) { resize(count); }
  Buffer(std::size_t count, T value) { assign(count, value); }
  Buffer(std::initializer_list<T> values) : Buffer(values.begin(), values.end()) {}
  Buffer(const T* first, const T* last) { append(first, last); }
  Buffer(const Buffer& other) : Buffer(other.begin(), other.end()) {}
  Buffer(Buffer&& other) noexcept = default;
  Buffer& operator=(const Buffer& other) {
    if (this == &other) return *this;
    clear();
    append(other.begin(), other.end());
    return *this;
  }
  Buffer& operator=(Buffer&& other) noexcept = default;
  ~Buffer() = default;

  [[nodiscard]] std::size_t size() const { return room_.size; }
  [[nodiscard]] std::size_t capacity() const { return room_.capacity; }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] T* data() { return static_cast<T*>(room_.start); }
  [[nodiscard]] const T* data() const { return static_cast<const T*>(room_.start); }
  [[nodiscard]] T* begin() { return data(); }
  [[nodiscard]] const T* begin() const { return data(); }
  [[nodiscard]] T* end() { return data() + size(); }
  [[nodiscard]] const T* end() const { return data() + size(); }
  T& operator[](std::size_t i) { return data()[i]; }
  const T& operator[](std::size_t i) const { return data()[i]; }
  [[nodiscard]] T& front() { return data()[0]; }
  [[nodiscard]] const T& front() const { return data()[0]; }
  [[nodiscard]] T& back() { return data()[size() - 1]; }
  [[nodiscard]] const T& back() const { return data()[size() - 1]; }

  /// Keeps the first elements.
  void resize(std::size_t count) {
    const std::size_t held = size();
    set_size(count);
    if constexpr (!std::is_trivially_default_constructible_v<T>)
      if (count > held) std::fill(data() + held, end(), T{});
  }
  void resize(std::size_t count, T value) {
    const std::size_t held = size();
    set_size(count);
    if (count > held) std::fill(data() + held, end(), value);
  }
  void reserve(std::size_t count) { room_.reserve(count, sizeof(T)); }
  void assign(std::size_t count, T value) {
    clear();
    resize(count, value);
  }
  void assign(const T* first, const T* last) { *this = Buffer(first, last); }
  void push_back(T value) {
    set_size(size() + 1);
    back() = value;
  }
  void pop_back() { --room_.size; }
  /// Inserts a value before `place`.
  void insert(const T* place, T value) {
    const std::ptrdiff_t at = place - data();
    push_back(value);
    std::rotate(data() + at, end() - 1, end());
  }
  /// Appends values that are not among those held.
  void append(const T* first, const T* last) {
    const std::size_t held = size();
    set_size(held + static_cast<std::size_t>(last - first));
    std::copy(first, last, data() + held);
  }
  void clear() { room_.size = 0; }
  void swap(Buffer& other) noexcept { room_.swap(other.room_); }
  [[nodiscard]] bool operator==(const Buffer& other) const {
    return std::equal(begin(), end(), other.begin(), other.end());
  }

 private:
  void set_size(std::size_t count) {
    if (count > capacity()) reserve(std::max(count, 2 * size()));
    room_.size = count;
  }

  buffer_impl::Room room_;
};

}  // namespace shoal
