// The exact nearest neighbours of rows that are distributed over ranks.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include <shoal/neighbors/exact_order.hpp>
#include <shoal/neighbors/neighbor_query.hpp>
#include <shoal/neighbors/ring.hpp>
#include <shoal/neighbors/search_part.hpp>

namespace shoal {

/// Each rank keeps its rows, and the rows of all ranks are sent past it at most three times. First the
/// prefilter finds, for each row, a few more candidates than its m neighbours. Then the exact ranks of the
/// candidates are computed in double, which decides their order and whether a dropped candidate could be
/// among the m. For rows where it could, all pairs are finally computed in double. So each rank gets what one
/// process gets for its rows, with the lowest id first on ties. O(n² d / ranks) time for each rank, twice
/// that of one process, which computes each pair once for both rows.
template <template <int> class P> class RingSearch {
 public:
  using Part = SearchPart<P>;

  /// The rows and features of the query are those of this rank.
  RingSearch(const NeighborQuery& query, const AnyCommunicator& ranks, Workers workers)
      : query_(query),
        workers_(workers),
        shard_(ranks, query.features.rows(), query.features.cols()),
        count_(query.settings.count) {
    check_neighbor_settings("exact_neighbors", query.settings, shard_.total(),
                            shard_.total() - (query.self ? 1 : 0));
    prepare();
  }

  Neighbors run() {
    const Index rows = asking_->rows();
    TopRows top(rows, candidates_for(count_));
    find_candidates(top);
    std::vector<Ranked> ranked(static_cast<std::size_t>(rows));
    for (Index i = 0; i < rows; ++i)
      for (const std::uint64_t word : top.sorted(i))
        ranked[static_cast<std::size_t>(i)].push_back({0, id_of(word)});
    rank_candidates(ranked);
    std::vector<Index> again;
    for (Index i = 0; i < rows; ++i) {
      Ranked& best = ranked[static_cast<std::size_t>(i)];
      std::sort(best.begin(), best.end());
      if (top.dropped(i) && !certain(i, best, score_of(top.sorted(i).back()))) again.push_back(i);
      best.resize(std::min(best.size(), static_cast<std::size_t>(count_)));
    }
    if (shard_.sum(std::ssize(again)) > 0) search_in_double(again, ranked);
    return neighbors_of(ranked);
  }

 private:
  using Ranked = std::vector<ExactCandidate>;  // of one row

  /// The rows of all ranks with the centre and scale that one process would use.
  void prepare() {
    const NeighborSettings& settings = query_.settings;
    const CheckedRows raw = trusted(query_.features);
    centre_ = CentredRows::centre_of(shard_.sample(raw, CentredRows::sample_rows),
                                     settings.similarity == Similarity::cosine);
    const char* who = query_.self ? "exact_neighbors" : "exact_neighbors: queries";
    asking_.emplace(who, query_.queries, settings.similarity, centre_, workers_);
    double widest = asking_->widest();
    if (!query_.self)
      widest = std::max(
          widest,
          SearchRows("exact_neighbors", query_.features, settings.similarity, centre_, workers_).widest());
    widest_ = shard_.max(widest);
    asking_->set_widest(widest_);
  }
  static CheckedRows trusted(AnyRows source) {
    CheckedRows rows(source, false, "exact_neighbors");
    rows.skip_checks();
    return rows;
  }
  /// The first id of this rank's own rows among the searched ones, if they are among them.
  [[nodiscard]] bool is_self(Index row, Index id) const { return query_.self && id == shard_.first() + row; }

  /// Calls visit(first id, rows) as each_visitor does, with the rows measured.
  template <class Visit> void each_piece(const Visit& visit) const {
    each_visitor(query_.features, shard_, workers_, [&](const VisitingRows& guests) {
      const Rows source(guests.rows);
      SearchRows rows("exact_neighbors", source, query_.settings.similarity, centre_, workers_);
      rows.set_widest(widest_);
      visit(guests.first, rows);
    });
  }

  void find_candidates(TopRows& top) {
    const Part own(*asking_, {0, 0, asking_->rows()}, search_block_rows, workers_);
    UnitProgress progress(query_.hook, any_stops(shard_.ranks()));
    const auto begin = [&](Index done) {
      return progress.begin({.phase = "neighbors", .done = done, .total = shard_.total()});
    };
    begin(0);
    Index done = 0;
    each_piece([&](Index first, const SearchRows& guests) {
      const Part base(guests, {0, 0, guests.rows()}, search_block_rows, workers_);
      workers_.each_task(own.blocks(), [&](Index i, int) {
        for (Index j = 0; j < base.blocks(); ++j)
          each_candidate(own[i], own[i].panels(), base[j], top.thresholds() + own.slot(i), nullptr,
                         [&](Index r, Index s, float key) {
                           const Index row = own.slot(i) + r, id = first + base.slot(j) + s;
                           if (key >= top.threshold(row) && !is_self(row, id)) top.offer(row, key, id);
                         });
      });
      done += guests.rows();
      progress.pass(done, shard_.total());
    });
    check(begin(done), Errc::stopped, "exact_neighbors: stopped by the hook; half a search is of no use");
  }

  /// Calls f(row, x, guests, first) for each block of this rank's rows, as their source returns them, on the
  /// workers.
  template <class F> void each_meeting(std::span<const Index> which, const F& f) const {
    constexpr Index at_once = 64;
    each_piece([&](Index first, const SearchRows& guests) {
      workers_.each_block(std::ssize(which), at_once, [&](Block b, int) {
        const auto ids = which.subspan(static_cast<std::size_t>(b.first), static_cast<std::size_t>(b.count));
        Matrix<float> x(b.count, asking_->cols());
        asking_->source().gather(ids, x);
        for (Index i = 0; i < b.count; ++i) f(ids[static_cast<std::size_t>(i)], x.row(i), guests, first);
      });
    });
  }

  /// Row `id` of this rank in full precision.
  [[nodiscard]] double exact_rank(Index row, const float* x, const SearchRows& guests, Index place) const {
    return asking_->exact_rank(row, x, guests, place, guests.source().in_place().row(place));
  }

  void rank_candidates(std::vector<Ranked>& ranked) const {
    std::vector<Index> all(ranked.size());
    std::iota(all.begin(), all.end(), Index{0});
    each_meeting(all, [&](Index row, const float* x, const SearchRows& guests, Index first) {
      for (ExactCandidate& candidate : ranked[static_cast<std::size_t>(row)])
        if (candidate.id >= first && candidate.id < first + guests.rows())
          candidate.rank = exact_rank(row, x, guests, candidate.id - first);
    });
  }

  /// Whether no dropped candidate, whose key is at most `dropped`, can be better than the m-th.
  [[nodiscard]] bool certain(Index row, const Ranked& best, float dropped) const {
    if (std::ssize(best) < count_) return false;
    const double rank = best[static_cast<std::size_t>(count_) - 1].rank;
    // A distance of 0 is the smallest possible, so no dropped row is nearer; among equal rows those of lower
    // ids are kept.
    if (rank == 0 && query_.settings.similarity != Similarity::inner_product) return true;
    const double longest = widest_ * std::sqrt(static_cast<double>(asking_->cols()));  // a bound on |u − μ|
    return asking_->key_of(rank) - asking_->key_doubt(row, longest) > static_cast<double>(dropped);
  }

  void search_in_double(const std::vector<Index>& rows, std::vector<Ranked>& ranked) const {
    for (const Index row : rows) ranked[static_cast<std::size_t>(row)].clear();
    each_meeting(rows, [&](Index row, const float* x, const SearchRows& guests, Index first) {
      Ranked& held = ranked[static_cast<std::size_t>(row)];
      for (Index place = 0; place < guests.rows(); ++place) {
        if (is_self(row, first + place)) continue;
        const ExactCandidate candidate{exact_rank(row, x, guests, place), first + place};
        if (std::ssize(held) == count_ && !(candidate < held.back())) continue;
        if (std::ssize(held) == count_) held.pop_back();
        held.insert(std::upper_bound(held.begin(), held.end(), candidate), candidate);
      }
    });
  }

  [[nodiscard]] Neighbors neighbors_of(const std::vector<Ranked>& ranked) const {
    Neighbors result = room_for_neighbors(std::ssize(ranked), query_.settings);
    for (Index i = 0; i < result.ids.rows(); ++i)
      for (Index k = 0; k < count_; ++k) {
        const ExactCandidate& best = ranked[static_cast<std::size_t>(i)][static_cast<std::size_t>(k)];
        result.ids(i, k) = static_cast<std::int32_t>(best.id);
        if (!query_.settings.keep_similarities) continue;
        const auto value = static_cast<float>(asking_->similarity_of_rank(best.rank));
        check(is_finite(value), Errc::bad_data, "exact_neighbors: the similarity of row ", i, " and row ",
              best.id, " (", asking_->similarity_of_rank(best.rank), ") is beyond the range of float32");
        result.similarities(i, k) = value;
      }
    return result;
  }

  const NeighborQuery& query_;
  Workers workers_;
  Shard shard_;
  Index count_;
  std::vector<double> centre_;
  std::optional<SearchRows> asking_;
  double widest_ = 0;
};

}  // namespace shoal
