// What a training needs in memory, told before any of it is allocated.
#pragma once

#include <algorithm>
#include <cstddef>

#include <shoal/core/check.hpp>
#include <shoal/heads/cpu/forward.hpp>
#include <shoal/heads/cpu/pair_blocks.hpp>
#include <shoal/heads/heads.hpp>

namespace shoal {

/// Which rows of probabilities a step needs before it can compute the first loss.
template <class Obj> constexpr bool surveys_partners = Obj::marginal || Obj::agreement != Agreement::none;

/// Peak bytes of a training on the CPU beyond its features, by use. No part grows with B × C × H but
/// `partner_rows`, which is there only where the budget has room for it: the results are the same bits
/// without.
struct HeadPlan {
  std::size_t parameters = 0;    ///< student, teacher and the optimizer's two moments, all heads
  std::size_t batch = 0;         ///< this batch and the next one, and this one packed
  std::size_t activations = 0;   ///< one head's hidden layers
  std::size_t logits = 0;        ///< one head's B × C, both views
  std::size_t packed = 0;        ///< one head's parameters as factors of products
  std::size_t scratch = 0;       ///< all threads' blocks of rows
  std::size_t partner_rows = 0;  ///< the partners' logits of the first pass, kept for the second
  std::size_t total = 0;
};

/// The plan of a training on features of d columns with `threads` threads, for a budget in bytes (0: none).
/// Partner rows are kept where they fit the budget and take at most a gibibyte.
template <class Obj, class Bal>
[[nodiscard]] HeadPlan plan(const Heads<Obj, Bal>& settings, Index d, int threads, std::size_t budget = 0) {
  const HeadShape shape = settings.shape(d);
  const auto bytes = [](Index floats) { return static_cast<std::size_t>(floats) * sizeof(float); };
  const auto factors = [&](Index count) {
    return settings.precision == Precision::bfloat16 ? bytes(count) / 2 : bytes(count);
  };
  const Index rows = 2 * settings.batch, C = settings.clusters, K = settings.bottleneck;
  Index hidden = 0, widest = K;
  for (const Index width : settings.hidden) hidden += width, widest = std::max(widest, width);
  const PairGroups groups(settings.batch, C, threads);
  const Index group = groups.most_rows(), one_head = shape.size() / shape.heads;
  const Index partials = groups.blocks() * 2 * C;

  HeadPlan p;
  p.parameters = bytes(shape.size() * (Obj::teacher ? 4 : 3) + settings.heads * C);
  p.batch = bytes(rows * d * 2) + factors(rows * d * 2);
  p.activations =
      bytes(rows * (2 * hidden + 2 * K + 2) + settings.heads * rows * 2) + factors(rows * (hidden + K));
  p.logits = bytes(rows * C + partials + 4 * C);
  p.packed = factors(one_head * (Obj::teacher ? 3 : 2));
  const auto workers = static_cast<std::size_t>(threads);
  p.scratch = workers * bytes(group * (3 * widest + K + d + PackedHead::cluster_block) + 4 * C +
                              128 * std::max(widest, d));
  p.total = p.parameters + p.batch + p.activations + p.logits + p.packed + p.scratch;
  const std::size_t kept = bytes(rows * C * (Obj::agreement == Agreement::heads ? settings.heads : 1));
  constexpr std::size_t gibibyte = std::size_t{1} << 30;
  if (Obj::teacher && surveys_partners<Obj> && kept <= gibibyte && (budget == 0 || p.total + kept <= budget))
    p.partner_rows = kept;
  const std::size_t passing = Obj::teacher && p.partner_rows == 0 ? workers * bytes(group * C) : 0;
  p.scratch += passing;
  p.total += p.partner_rows + passing;
  return p;
}

/// Throws too_large, with what would fit, where the plan exceeds the budget (0: none).
template <class Obj, class Bal>
void check_plan(const Heads<Obj, Bal>& settings, Index d, int threads, std::size_t budget) {
  const std::size_t total = plan(settings, d, threads, budget).total;
  if (budget == 0 || total <= budget) return;
  const auto fits = [&](Index batch, Index heads) {
    Heads<Obj, Bal> smaller = settings;
    smaller.batch = batch, smaller.heads = heads;
    return plan(smaller, d, threads, budget).total <= budget;
  };
  Index batch = settings.batch, heads = settings.heads;
  while (batch > 0 && !fits(batch, settings.heads)) batch /= 2;
  while (heads > 0 && !fits(settings.batch, heads)) heads /= 2;
  fail(Errc::too_large, "fit: a training with clusters ", settings.clusters, ", heads ", settings.heads,
       ", batch ", settings.batch, " needs ", total, " bytes; the budget is ", budget,
       "; it would hold batch ", batch, " or heads ", heads, " (0: not by this alone)");
}

}  // namespace shoal
