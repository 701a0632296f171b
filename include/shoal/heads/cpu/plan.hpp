// The memory plan of a training on the CPU, computed before any of it is allocated.
#pragma once

#include <algorithm>
#include <cstddef>

#include <shoal/core/memory_plan.hpp>
#include <shoal/heads/cpu/forward.hpp>
#include <shoal/heads/cpu/pair_blocks.hpp>
#include <shoal/heads/plan.hpp>
#include <shoal/linalg/packed_factor.hpp>

namespace shoal {

/// The peak memory of a training by FusedStep (heads/cpu/fused_step.hpp), in bytes by use, on features with d
/// columns, with `threads` threads and a budget in bytes (0: no limit). No part grows with B × C × H except
/// "partner rows", the partners' logits that the first pass keeps for the second. They are kept only if they
/// fit the budget and take at most a gibibyte; the results have the same bits without.
[[nodiscard]] inline MemoryPlan fused_step_plan(const HeadSettings& settings, Index d, int threads,
                                                std::size_t budget = 0) {
  const HeadShape shape = settings.shape(d);
  const LossNeeds& needs = settings.needs;
  const auto bytes = [](Index floats) { return bytes_for(floats, sizeof(float)); };
  const auto factors = [&](Index count) {
    return in_pairs({settings.precision}) ? bytes(count) / 2 : bytes(count);
  };
  const Index rows = settings.rows(), C = settings.clusters, K = settings.bottleneck;
  Index hidden = 0, widest = K;
  for (const Index width : settings.hidden) hidden += width, widest = std::max(widest, width);
  const PairGroups groups(settings.batch, C, threads);
  const Index group = groups.most_rows(), one_head = shape.size() / shape.heads;
  const Index partials = groups.blocks() * 2 * C;
  const auto workers = static_cast<std::size_t>(threads);

  MemoryPlan p;
  p.add("parameters", state_bytes(settings, shape))
      .add("batch", bytes(rows * d * 3) + factors(rows * d * 2))
      .add("activations",
           bytes(rows * (2 * hidden + 2 * K + 2) + settings.heads * rows * 2) + factors(rows * (hidden + K)))
      .add("logits", bytes(rows * C + partials + 4 * C))
      .add("packed parameters", factors(one_head * (needs.teacher ? 3 : 2)))
      .add("scratch", workers * bytes(group * (3 * widest + K + d + PackedHead::cluster_block) + 4 * C +
                                      128 * std::max(widest, d)));
  if (!needs.teacher) return p;
  const std::size_t kept = bytes(rows * C * (needs.all_heads() ? settings.heads : 1));
  constexpr std::size_t gibibyte = std::size_t{1} << 30;
  const bool keeps =
      needs.partner_statistics() && kept <= gibibyte && (budget == 0 || p.total() + kept <= budget);
  return keeps ? p.add("partner rows", kept) : p.add("scratch", workers * bytes(group * C));
}

}  // namespace shoal
