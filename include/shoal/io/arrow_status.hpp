// What calls of Arrow's library give: a value, or shoal::error. Its memory has a limit, whatever a file says.
#pragma once

#include <arrow/memory_pool.h>
#include <arrow/result.h>
#include <arrow/status.h>
#include <cstdint>
#include <exception>
#include <new>
#include <string>
#include <utility>

#include <shoal/core/check.hpp>

namespace shoal::arrow_rows_impl {

/// The memory of one open file. A header may promise pages of any size: allocations beyond the limit fail.
class Memory {
 public:
  static constexpr std::int64_t limit = std::int64_t{1} << 31;

  [[nodiscard]] arrow::MemoryPool* pool() { return &capped_; }
  /// Bytes that are held at present.
  [[nodiscard]] std::int64_t held() const { return counted_.bytes_allocated(); }

 private:
  arrow::ProxyMemoryPool counted_{arrow::default_memory_pool()};
  arrow::CappedMemoryPool capped_{&counted_, limit};
};

/// Throws bad_file, with what the library says, unless a call went well.
inline void require(const arrow::Status& status, const std::string& name) {
  check(!status.IsOutOfMemory(), Errc::bad_file, name, " can't be read: it asks for more than ",
        Memory::limit >> 30,
        " GiB of memory at a time, so that it is damaged, or written in pieces that are too large");
  check(status.ok(), Errc::bad_file, name, " can't be read: ", status.message());
}
template <class T> T value(arrow::Result<T> result, const std::string& name) {
  require(result.status(), name);
  return std::move(result).ValueUnsafe();
}

/// Calls f(), and turns exceptions of the library into bad_file.
template <class F> decltype(auto) guarded(const std::string& name, const F& f) {
  try {
    return f();
  } catch (const error&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& e) {
    fail(Errc::bad_file, name, " can't be read: ", e.what());
  }
}

}  // namespace shoal::arrow_rows_impl
