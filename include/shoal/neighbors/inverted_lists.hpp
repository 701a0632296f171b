// Approximate nearest neighbours for millions of rows: each row looks into the lists of the centroids nearest
// to it.
#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include <shoal/core/workers.hpp>
#include <shoal/io/subset.hpp>
#include <shoal/kmeans/kmeans.hpp>
#include <shoal/neighbors/queries.hpp>

namespace shoal {

struct ListSettings {
  Index lists = 0;         ///< clusters that the rows are divided into; 0: 2 √n
  Index probes = 16;       ///< lists that a row is compared with: all lists give exact neighbours
  Index iterations = 8;    ///< of the k-means that learns the lists
  Index training = 32;     ///< rows for each list that it learns from
  std::uint64_t seed = 0;  ///< of the k-means
};

namespace inverted_lists_impl {

/// `lists` centroids, learnt from rows spread over the source.
inline Matrix<float> learn(AnyRows features, Index lists, const NeighborSettings& settings,
                           const ListSettings& how, Workers workers, const Hook& hook) {
  std::vector<Index> ids(static_cast<std::size_t>(std::min(features.rows(), lists * how.training)));
  const auto sample = static_cast<Index>(ids.size());
  for (Index i = 0; i < sample; ++i) ids[static_cast<std::size_t>(i)] = i * features.rows() / sample;
  const auto centroids = [&]<class Geo>(Geo) {
    KMeans<Geo> kmeans{.clusters = lists, .iterations = how.iterations, .seed = how.seed};
    kmeans.seeding = Seeding::random;
    return fit(kmeans, Subset(features, ids), workers, hook).centroids;
  };
  return settings.similarity == Similarity::cosine ? centroids(Cosine{}) : centroids(Euclidean{});
}

/// The rows in the order of their lists, cut into blocks that lie in one list each.
struct Order {
  std::vector<Index> row_of;  ///< [n] the row in each slot: by list, then second list, then row
  std::vector<Block> blocks;  ///< of slots
  std::vector<Index>
      first_block;  ///< [lists + 1] the blocks of list l are [first_block[l], first_block[l + 1])

  Order(MatrixView<const std::int32_t> probes, Index lists) : row_of(static_cast<std::size_t>(probes.rows)) {
    std::iota(row_of.begin(), row_of.end(), Index{0});
    // Rows that share their second list too share more of the rest: a panel of them has fewer lists to visit.
    std::sort(row_of.begin(), row_of.end(), [&](Index a, Index b) {
      const auto key = [&](Index row) {
        return std::tuple(probes(row, 0), probes(row, probes.cols > 1 ? 1 : 0), row);
      };
      return key(a) < key(b);
    });
    Index slot = 0;
    for (Index list = 0; list < lists; ++list) {
      first_block.push_back(static_cast<Index>(blocks.size()));
      Index end = slot;
      while (end < probes.rows && probes(row_of[static_cast<std::size_t>(end)], 0) == list) ++end;
      for (; slot < end; slot = std::min(end, slot + search_block_rows))
        blocks.push_back({static_cast<Index>(blocks.size()), slot, std::min(search_block_rows, end - slot)});
    }
    first_block.push_back(static_cast<Index>(blocks.size()));
  }
};

/// The search, over parts of the ordered rows.
template <template <int> class P> class ListSearch {
 public:
  using Part = SearchPart<P>;

  ListSearch(AnyRows features, MatrixView<const std::int32_t> probes, Index lists, Index rows_at_once,
             const NeighborSettings& settings, Workers workers, const Hook& hook)
      : features_(searchable(features, settings.similarity, "approximate_neighbors")),
        probes_(probes),
        order_(probes, lists),
        settings_(settings),
        workers_(workers),
        hook_(hook),
        centre_(mean_of(features_.sample(1024))) {
    Index rows = 0;
    for (const Block& block : order_.blocks) {  // parts of whole blocks
      if (ends_.empty() || rows + block.count > rows_at_once) ends_.push_back(block.index), rows = 0;
      rows += block.count;
      ends_.back() = block.index + 1;
    }
  }

  /// Fills result; returns the rows whose lists held too few.
  std::vector<Index> run(Neighbors& result) {
    std::vector<Index> short_of;
    const auto parts = static_cast<Index>(ends_.size());
    for (Index p = 0; p < parts; ++p) {
      const Part asking = load(p);
      TopRows top(asking.rows(), settings_.count);
      for (Index q = 0; q < parts; ++q) {
        if (q == p)
          search(asking, p, asking, p, top);
        else
          search(asking, p, load(q), q, top);
        check(report(hook_, {.phase = "neighbors", .done = p * parts + q + 1, .total = parts * parts}),
              Errc::stopped, "approximate_neighbors: stopped by the hook; half a search is of no use");
      }
      const Index first = asking.slot(0);
      for (const Index row :
           take_best(top, result, workers_, [&](Index slot) { return row_in(first + slot); }))
        short_of.push_back(row);
    }
    return short_of;
  }

 private:
  [[nodiscard]] Index row_in(Index slot) const { return order_.row_of[static_cast<std::size_t>(slot)]; }
  [[nodiscard]] Index first_block(Index part) const {
    return part == 0 ? 0 : ends_[static_cast<std::size_t>(part - 1)];
  }
  [[nodiscard]] Index end_block(Index part) const { return ends_[static_cast<std::size_t>(part)]; }

  [[nodiscard]] Part load(Index part) const {
    const auto begin = order_.blocks.begin();
    std::vector<Block> cut(begin + first_block(part), begin + end_block(part));
    const Index first = cut.front().first, count = cut.back().first + cut.back().count - first;
    for (Block& block : cut) block.first -= first;
    return Part(first, count, std::move(cut), centre_, workers_, [&](Block b, MatrixView<float> into) {
      features_.gather({order_.row_of.data() + first + b.first, static_cast<std::size_t>(b.count)}, into);
    });
  }

  void search(const Part& a, Index of_a, const Part& b, Index of_b, TopRows& top) const {
    workers_.each_task(a.blocks(), [&](Index i, int) {
      std::vector<std::int32_t> panels;
      const std::vector<Visit> visits =
          visits_of(order_.blocks[static_cast<std::size_t>(first_block(of_a) + i)]);
      for (std::size_t v = 0; v < visits.size();) {
        const Index list = visits[v].list;
        for (panels.clear(); v < visits.size() && visits[v].list == list; ++v)
          panels.push_back(visits[v].panel);
        const auto l = static_cast<std::size_t>(list);
        const Index first = std::max(order_.first_block[l], first_block(of_b));
        const Index end = std::min(order_.first_block[l + 1], end_block(of_b));
        for (Index j = first; j < end; ++j) meet(a, i, panels, b, j - first_block(of_b), top);
      }
    });
  }

  /// A panel of a block looks into a list; `rank` is the list's place among the nearest of some row of the
  /// panel.
  struct Visit {
    std::int32_t list, panel, rank;
  };

  /// What the panels of a block visit, list by list: the lists that are nearest to some row first, for high
  /// bars soon.
  [[nodiscard]] std::vector<Visit> visits_of(Block block) const {
    std::vector<Visit> visits;
    std::vector<std::pair<std::int32_t, std::int32_t>> best;  // of each list: (list, its lowest rank)
    for (Index r = 0; r < block.count; ++r)
      for (Index k = 0; k < probes_.cols; ++k)
        visits.push_back({probes_(row_in(block.first + r), k), static_cast<std::int32_t>(r / tile_rows),
                          static_cast<std::int32_t>(k)});
    const auto by_list = [](const Visit& v) { return std::tuple(v.list, v.rank, v.panel); };
    std::sort(visits.begin(), visits.end(),
              [&](const Visit& x, const Visit& y) { return by_list(x) < by_list(y); });
    for (std::size_t v = 0; v < visits.size(); ++v) {  // all visits to a list carry its lowest rank
      const bool again = v > 0 && visits[v].list == visits[v - 1].list;
      if (again) visits[v].rank = visits[v - 1].rank;
    }
    const auto by_rank = [](const Visit& v) { return std::tuple(v.rank, v.list, v.panel); };
    std::sort(visits.begin(), visits.end(),
              [&](const Visit& x, const Visit& y) { return by_rank(x) < by_rank(y); });
    const auto same = [&](const Visit& x, const Visit& y) { return by_rank(x) == by_rank(y); };
    visits.erase(std::unique(visits.begin(), visits.end(), same), visits.end());
    return visits;
  }

  void meet(const Part& a, Index i, std::span<const std::int32_t> panels, const Part& b, Index j,
            TopRows& top) const {
    const auto &x = a[i], &y = b[j];
    const Index from_x = a.slot(i) - a.slot(0), from_y = b.slot(j), self = a.slot(i) - from_y;
    each_hit(x, panels, y, top.bars() + from_x, nullptr, [&](Index r, Index c, float score) {
      if (self + r == c) return;
      if (score >= top.bar(from_x + r)) top.offer(from_x + r, score, row_in(from_y + c));
    });
  }

  CheckedRows features_;
  MatrixView<const std::int32_t> probes_;
  Order order_;
  NeighborSettings settings_;
  Workers workers_;
  const Hook& hook_;
  std::vector<float> centre_;
  std::vector<Index> ends_;  // the block behind each part's last
};

/// The exact neighbours of some rows, each without itself, into their rows of the result.
inline void search_exactly(AnyRows features, std::span<const Index> rows, NeighborSettings settings,
                           Neighbors& result, Workers workers) {
  const Index m = settings.count++;
  const Neighbors found = exact_neighbors(Subset(features, rows), features, settings, workers);
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (Index k = 0, to = 0; k <= m && to < m; ++k) {
      const auto from = static_cast<Index>(i);
      if (found.ids(from, k) == rows[i]) continue;
      result.ids(rows[i], to) = found.ids(from, k);
      if (settings.keep_similarities) result.similarities(rows[i], to) = found.similarities(from, k);
      ++to;
    }
}

}  // namespace inverted_lists_impl

/// The lists that n rows are divided into.
inline Index list_count(Index n, const ListSettings& how) {
  const Index lists = how.lists > 0 ? how.lists : std::llround(2 * std::sqrt(static_cast<double>(n)));
  return std::clamp<Index>(lists, 1, std::max<Index>(n, 1));
}

/// What approximate_neighbors of n rows of d columns will hold: the k-means that learns the lists; then the
/// probes of all rows, and all rows or, under a memory budget, two parts of them. Throws too_large where the
/// budget is too small for that.
inline NeighborPlan approximate_neighbors_plan(Index n, Index d, const NeighborSettings& settings,
                                               const ListSettings& how, Workers workers) {
  using Part = SearchPart<FastestPanels>;
  const auto size = [](Index count) { return static_cast<std::size_t>(count); };
  const Index lists = list_count(n, how), probes = std::min(how.probes, lists);
  const std::size_t fixed = neighbors_bytes(n, settings) + size(n * probes) * 4 + size(n) * 16 +
                            size(lists * d) * 32 + size(workers.threads() * search_block_rows * d) * 4;
  const std::size_t a_row = Part::bytes_a_row(d), best = TopRows::bytes(1, settings.count);
  const std::size_t learning =
      plan_kmeans(std::min(n, lists * how.training), d, lists, Bounds::automatic, workers).bytes;
  const std::size_t whole = std::max(learning, fixed + size(n) * (a_row + best));
  if (workers.memory() == 0 || whole <= workers.memory()) return {whole, n};
  const std::size_t least = std::max(learning, fixed + size(search_block_rows) * (2 * a_row + best));
  check(least <= workers.memory(), Errc::too_large, "approximate_neighbors: ", n, " rows of ", d,
        " columns need ", least, " bytes at least; the budget is ", workers.memory());
  const auto rows = static_cast<Index>((workers.memory() - fixed) / (2 * a_row + best));
  return {std::max(learning, fixed + size(rows) * (2 * a_row + best)), rows};
}

/// m near rows of every row, as exact_neighbors but not always the nearest (see neighbor_recall): k-means
/// divides the rows into lists, and a row is compared with those of the `probes` lists whose centroids are
/// nearest to it, or to one of the few rows beside it. A row whose lists hold too few is compared with all.
/// The similarities are exact; the same bits for any number of threads and any memory budget. O(n d (lists +
/// n · probes / lists)) time. Throws as exact_neighbors, and invalid_argument unless lists ≤ n, and probes,
/// iterations and training ≥ 1.
inline Neighbors approximate_neighbors(AnyRows features, const NeighborSettings& settings,
                                       const ListSettings& how, Workers workers, const Hook& hook = {}) {
  const char* function = "approximate_neighbors";
  const Index n = features.rows();
  check_neighbor_settings(function, settings, n, n - 1);
  check(how.lists >= 0 && how.lists <= n, Errc::invalid_argument, function, ": lists (", how.lists,
        ") must be from 0 (automatic) to the number of rows (", n, ")");
  check(how.probes >= 1 && how.iterations >= 1 && how.training >= 1, Errc::invalid_argument, function,
        ": probes (", how.probes, "), iterations (", how.iterations, ") and training (", how.training,
        ") must be at least 1");
  const Index lists = list_count(n, how);
  const NeighborPlan plan = approximate_neighbors_plan(n, features.cols(), settings, how, workers);
  const Matrix<float> centroids = inverted_lists_impl::learn(features, lists, settings, how, workers, hook);
  const NeighborSettings probing{.count = std::min(how.probes, lists), .similarity = settings.similarity};
  const Neighbors probes = exact_neighbors(features, Rows(centroids), probing, workers, hook);
  Neighbors result = room_for_neighbors(n, settings);
  const std::vector<Index> short_of =
      inverted_lists_impl::ListSearch<FastestPanels>(features, probes.ids, lists, plan.rows_at_once, settings,
                                                     workers, hook)
          .run(result);
  inverted_lists_impl::search_exactly(features, short_of, settings, result, workers);
  return result;
}

/// The share of the exact neighbours that `found` has, over `sample` rows spread over the source.
inline double neighbor_recall(AnyRows features, const Neighbors& found, Similarity similarity, Index sample,
                              Workers workers) {
  const Index n = features.rows(), m = found.ids.cols();
  check(found.ids.rows() == n && m >= 1, Errc::invalid_argument, "neighbor_recall: found is for ",
        found.ids.rows(), " rows; the source has ", n);
  std::vector<Index> rows(static_cast<std::size_t>(std::clamp<Index>(sample, 1, n)));
  for (std::size_t i = 0; i < rows.size(); ++i)
    rows[i] = static_cast<Index>(i) * n / static_cast<Index>(rows.size());
  Neighbors exact{Matrix<std::int32_t>(n, m), {}};
  inverted_lists_impl::search_exactly(features, rows, {.count = m, .similarity = similarity}, exact, workers);
  Index right = 0;
  for (const Index row : rows) {
    const auto ids = found.ids.view().span(row);
    for (const std::int32_t id : exact.ids.view().span(row)) right += std::count(ids.begin(), ids.end(), id);
  }
  return static_cast<double>(right) / static_cast<double>(static_cast<Index>(rows.size()) * m);
}

}  // namespace shoal
