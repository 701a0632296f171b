// An array that starts on a cache line.
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <new>
#include <type_traits>
#include <utility>

#include <shoal/core/check.hpp>
#include <shoal/core/config.hpp>
#include <shoal/core/sizes.hpp>

namespace shoal {

namespace buffer_impl {
inline constexpr std::align_val_t cache_line{64};

inline void* allocate(std::size_t count, std::size_t size) {
  const auto bytes = static_cast<std::size_t>(
      checked_product("Buffer: bytes", {static_cast<Index>(count), static_cast<Index>(size)}));
  void* start = ::operator new(bytes, cache_line, std::nothrow);
  check(start != nullptr, Errc::too_large, "an array of ", bytes, " bytes does not fit into memory");
  return start;
}
inline void release(void* start) { ::operator delete(start, cache_line); }
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
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(const Buffer& other) {
    if (this == &other) return *this;
    clear();
    set_size(other.size_);
    std::copy(other.begin(), other.end(), data_);
    return *this;
  }
  Buffer& operator=(Buffer&& other) noexcept {
    Buffer taken(std::move(other));
    swap(taken);
    return *this;
  }
  ~Buffer() { buffer_impl::release(data_); }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] T* data() { return data_; }
  [[nodiscard]] const T* data() const { return data_; }
  [[nodiscard]] T* begin() { return data_; }
  [[nodiscard]] const T* begin() const { return data_; }
  [[nodiscard]] T* end() { return data_ + size_; }
  [[nodiscard]] const T* end() const { return data_ + size_; }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }
  [[nodiscard]] T& front() { return data_[0]; }
  [[nodiscard]] const T& front() const { return data_[0]; }
  [[nodiscard]] T& back() { return data_[size_ - 1]; }
  [[nodiscard]] const T& back() const { return data_[size_ - 1]; }

  /// Keeps the first elements.
  void resize(std::size_t count) {
    const std::size_t held = size_;
    set_size(count);
    if constexpr (!std::is_trivially_default_constructible_v<T>)
      if (count > held) std::fill(data_ + held, data_ + count, T{});
  }
  void resize(std::size_t count, T value) {
    const std::size_t held = size_;
    set_size(count);
    if (count > held) std::fill(data_ + held, data_ + count, value);
  }
  void reserve(std::size_t count) {
    if (count <= capacity_) return;
    Buffer larger;
    larger.data_ = static_cast<T*>(buffer_impl::allocate(count, sizeof(T)));
    larger.capacity_ = count;
    larger.size_ = size_;
    std::copy_n(data_, size_, larger.data_);
    swap(larger);
  }
  void assign(std::size_t count, T value) {
    clear();
    resize(count, value);
  }
  void assign(const T* first, const T* last) { *this = Buffer(first, last); }
  void push_back(T value) { resize(size_ + 1, value); }
  void pop_back() { --size_; }
  /// Inserts a value before `place`.
  void insert(const T* place, T value) {
    const std::ptrdiff_t at = place - data_;
    push_back(value);
    std::rotate(data_ + at, end() - 1, end());
  }
  /// Appends values that are not among those held.
  void append(const T* first, const T* last) {
    const std::size_t held = size_;
    set_size(held + static_cast<std::size_t>(last - first));
    std::copy(first, last, data_ + held);
  }
  void clear() { size_ = 0; }
  void swap(Buffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }
  [[nodiscard]] bool operator==(const Buffer& other) const {
    return std::equal(begin(), end(), other.begin(), other.end());
  }

 private:
  void set_size(std::size_t count) {
    if (count > capacity_) reserve(std::max(count, 2 * size_));
    size_ = count;
  }

  T* data_ = nullptr;
  std::size_t size_ = 0, capacity_ = 0;
};

}  // namespace shoal
