// The memory that a call will hold, by use, before any of it is allocated.
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/config.hpp>

namespace shoal {

/// The peak bytes of one call beyond its inputs, part by part: what `plan(settings, shape, backend)` returns
/// for every algorithm. Parts stand in the order in which they were added.
class MemoryPlan {
 public:
  /// One use of memory.
  struct Part {
    std::string_view name;  ///< a string literal
    std::size_t bytes;
  };

  /// Adds `bytes` to the part of that name, a string literal.
  MemoryPlan& add(std::string_view name, std::size_t bytes) {
    for (Part& part : parts_)
      if (part.name == name) {
        part.bytes += bytes;
        return *this;
      }
    parts_.push_back({name, bytes});
    return *this;
  }

  /// The bytes of a part; 0 where the plan has no such part.
  [[nodiscard]] std::size_t operator[](std::string_view name) const {
    for (const Part& part : parts_)
      if (part.name == name) return part.bytes;
    return 0;
  }
  [[nodiscard]] std::size_t total() const {
    std::size_t sum = 0;
    for (const Part& part : parts_) sum += part.bytes;
    return sum;
  }
  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }
  /// Whether the whole fits a budget in bytes (0: no limit).
  [[nodiscard]] bool fits(std::size_t budget) const { return budget == 0 || total() <= budget; }

 private:
  std::vector<Part> parts_;
};

/// The bytes of `count` elements of `each` bytes.
constexpr std::size_t bytes_for(Index count, std::size_t each) {
  return static_cast<std::size_t>(count) * each;
}

/// Bytes as people read them: "800 bytes", "0.0195 GiB", "3.25 GiB".
inline std::string memory_text(std::size_t bytes) {
  if (bytes < (std::size_t{1} << 20)) return std::to_string(bytes) + " bytes";
  char text[32];
  std::snprintf(text, sizeof text, "%.3g GiB", static_cast<double>(bytes) / 0x1p30);
  return text;
}

/// Throws error(too_large) unless the plan fits the budget in bytes (0: no limit). The message begins with
/// `who` and lists the parts; `advice` may say which settings would need less.
inline void check_budget(const char* who, const MemoryPlan& plan, std::size_t budget,
                         std::string_view advice = {}) {
  if (plan.fits(budget)) return;
  std::string parts;
  for (const MemoryPlan::Part& part : plan.parts()) {
    if (part.bytes == 0) continue;
    if (!parts.empty()) parts += ", ";
    parts.append(part.name).append(" ").append(memory_text(part.bytes));
  }
  fail(Errc::too_large, who, ": needs ", memory_text(plan.total()), " (", parts,
       "), more than the memory budget of ", memory_text(budget), advice.empty() ? "" : "; ", advice);
}

}  // namespace shoal
