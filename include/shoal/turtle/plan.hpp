// The memory plan of TURTLE.
#pragma once

#include <algorithm>
#include <span>

#include <shoal/core/memory_plan.hpp>
#include <shoal/core/sizes.hpp>
#include <shoal/turtle/settings.hpp>

namespace shoal {

/// The peak memory of the host in fit(settings, spaces, backend) beyond the rows, in bytes by use, for `rows`
/// rows given in spaces with these numbers of features. It is the same on every backend; what a Gpu holds on
/// its device is checked against its own budget. O(spaces). Throws invalid_argument for settings out of range
/// and too_large for sizes that can't be counted in bytes.
[[nodiscard]] inline MemoryPlan plan(const Turtle& settings, Index rows, std::span<const Index> features) {
  turtle_impl::check_settings(settings, rows);
  const Index batch = std::min(settings.batch, rows), clusters = settings.clusters;
  constexpr Index arrays_of_a_layer =
      9;  // weights, gradient and two moments of two layers, and the effective one
  MemoryPlan plan;
  for (const Index d : features) {
    plan.add("layers", static_cast<std::size_t>(checked_product("plan(Turtle): bytes of C × (d + 1)",
                                                                {arrays_of_a_layer * 4, clusters, d + 1})));
    plan.add("batch", static_cast<std::size_t>(
                          checked_product("plan(Turtle): bytes of B × (d + 1)", {4, batch, d + 1})));
  }
  const Index of_labels = 3 + std::ssize(features);
  plan.add("label distributions", static_cast<std::size_t>(checked_product(
                                      "plan(Turtle): bytes of B × C", {of_labels * 4, batch, clusters})));
  plan.add("labels", bytes_for(rows, 8));
  plan.add("steps", bytes_for(settings.steps, sizeof(TurtleStep)));
  return plan;
}

}  // namespace shoal
