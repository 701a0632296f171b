// A fixed number of objects of any type.
#pragma once

#include <cstddef>
#include <new>
#include <utility>

#include <shoal/core/config.hpp>

namespace shoal {

/// An array of objects of any type, whose number is fixed: the scratch space of each worker, the result of
/// each block. Unlike a std::vector it neither grows nor is copied, and the compiler is spared that.
template <class T> class FixedArray {
 public:
  FixedArray() = default;
  /// `count` objects T(args...).
  template <class... Args> explicit FixedArray(Index count, const Args&... args) : FixedArray() {
    items_ = static_cast<T*>(::operator new(static_cast<std::size_t>(count) * sizeof(T), alignment));
    for (; count_ < count; ++count_) ::new (items_ + count_) T(args...);
  }
  FixedArray(FixedArray&& other) noexcept { swap(other); }
  FixedArray& operator=(FixedArray&& other) noexcept {
    FixedArray taken(std::move(other));
    swap(taken);
    return *this;
  }
  ~FixedArray() {
    for (Index i = count_; i-- > 0;) items_[i].~T();
    ::operator delete(items_, alignment);
  }

  [[nodiscard]] Index size() const { return count_; }
  [[nodiscard]] T* begin() { return items_; }
  [[nodiscard]] const T* begin() const { return items_; }
  [[nodiscard]] T* end() { return items_ + count_; }
  [[nodiscard]] const T* end() const { return items_ + count_; }
  T& operator[](Index i) { return items_[i]; }
  const T& operator[](Index i) const { return items_[i]; }

  void swap(FixedArray& other) noexcept {
    std::swap(items_, other.items_);
    std::swap(count_, other.count_);
  }

 private:
  static constexpr std::align_val_t alignment{alignof(T)};

  T* items_ = nullptr;
  Index count_ = 0;
};

}  // namespace shoal
