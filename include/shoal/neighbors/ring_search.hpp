// The exact nearest neighbours of rows that are distributed over ranks.
#pragma once

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <shoal/core/buffer.hpp>
#include <shoal/core/fixed_array.hpp>
#include <shoal/neighbors/exact_order.hpp>
#include <shoal/neighbors/neighbor_query.hpp>
#include <shoal/neighbors/ring.hpp>
#include <shoal/neighbors/search_part.hpp>

namespace shoal {

/// The centre of the rows of all ranks, which one process would use for them. An exchange.
inline std::vector<double> centre_of_ranks(AnyRows own, const Shard& shard, Similarity similarity) {
  CheckedRows rows(own, false, "exact_neighbors");
  rows.skip_checks();
  return CentredRows::centre_of(shard.sample(rows, CentredRows::sample_rows),
                                similarity == Similarity::cosine);
}

/// A search over ranks that compares each row with the rows of all ranks, whose slots are their ids. Another
/// one (neighbors/list_pairs.hpp) compares it with those of some inverted lists.
struct AllPairs {
  /// The division of this rank's rows, and of visiting rows, into blocks.
  [[nodiscard]] Buffer<Block> blocks(Index rows) const {
    Buffer<Block> cut;
    for (Index i = 0; i < block_count(rows, search_block_rows); ++i)
      cut.push_back(block_at(rows, search_block_rows, i));
    return cut;
  }
  /// The blocks of visiting rows.
  struct Guests {
    Buffer<Block> blocks;
  };
  [[nodiscard]] Guests guests(Index, Index rows) const { return {blocks(rows)}; }
  /// Calls f(rows, guest) for the blocks of guests that some rows of this rank's block are compared with.
  template <template <int> class P, class F>
  void each(Index, const PrefilterBlock<P>& own, const Guests& guests, const F& f) const {
    for (Index j = 0; j < std::ssize(guests.blocks); ++j) f(own.all(), j);
  }
  [[nodiscard]] Index id(Index slot) const { return slot; }
  [[nodiscard]] Index slot(Index id) const { return id; }
};

/// Each rank keeps its rows, and the rows of all ranks are sent past it at most three times. First the
/// prefilter finds, for each row, a few more candidates than its m neighbours. Then the exact ranks of the
/// candidates are computed in double, which decides their order and whether a dropped candidate could be
/// among the m. For rows where it could, all pairs are finally computed in double. So each rank gets what one
/// process gets for its rows, with the lowest id first on ties; the ids of a row with fewer than m candidates
/// are −1. O(n² d / ranks) time for each rank if all pairs are compared, twice that of one process, which
/// computes each pair once for both rows.
template <template <int> class P, class Pairs = AllPairs> class RingSearch {
 public:
  using Part = SearchPart<P>;

  /// The rows and features of the query are those of this rank.
  RingSearch(const NeighborQuery& query, const AnyCommunicator& ranks, Workers workers)
      : RingSearch(query, Shard(ranks, query.features.rows(), query.features.cols()), {}, {}, workers) {}

  /// `pairs` says which rows are compared; `centre` is that of the rows, if it is known. Slots number the
  /// rows of all ranks.
  RingSearch(const NeighborQuery& query, Shard slots, std::vector<double> centre, Pairs pairs,
             Workers workers)
      : query_(query),
        workers_(workers),
        shard_(std::move(slots)),
        pairs_(std::move(pairs)),
        count_(query.settings.count),
        centre_(std::move(centre)) {
    check_neighbor_settings("exact_neighbors", query.settings, shard_.total(),
                            shard_.total() - (query.self ? 1 : 0));
    prepare();
  }

  Neighbors run() {
    const Index rows = asking_->rows();
    TopRows top(rows, candidates_for(count_));
    find_candidates(top);
    FixedArray<Ranked> ranked(rows);
    for (Index i = 0; i < rows; ++i)
      for (const std::uint64_t word : top.sorted(i)) ranked[i].push_back({0, id_of(word)});
    rank_candidates(ranked);
    std::vector<Index> again;
    for (Index i = 0; i < rows; ++i) {
      Ranked& best = ranked[i];
      std::sort(best.begin(), best.end());
      if (top.dropped(i) && !certain(i, best, score_of(top.sorted(i).back()))) again.push_back(i);
      best.resize(std::min(best.size(), static_cast<std::size_t>(count_)));
    }
    if (shard_.sum(std::ssize(again)) > 0) search_in_double(again, ranked);
    return neighbors_of(ranked);
  }

 private:
  using Ranked = Buffer<ExactCandidate>;  // of one row

  /// The rows of all ranks with the centre and scale that one process would use.
  void prepare() {
    const NeighborSettings& settings = query_.settings;
    if (centre_.empty()) centre_ = centre_of_ranks(query_.features, shard_, settings.similarity);
    const char* who = query_.self ? "exact_neighbors" : "exact_neighbors: queries";
    asking_.emplace(who, query_.queries, settings.similarity, centre_, workers_);
    double widest = asking_->widest();
    if (!query_.self)
      widest = std::max(
          widest,
          SearchRows("exact_neighbors", query_.features, settings.similarity, centre_, workers_).widest());
    asking_->set_widest(shard_.max(widest));
  }
  /// Whether a slot is that of one of this rank's own rows, which asks.
  [[nodiscard]] bool is_self(Index row, Index slot) const {
    return query_.self && slot == shard_.first() + row;
  }

  /// Calls visit(first slot, rows) as each_visitor does, with the rows measured.
  template <class Visit> void each_piece(const Visit& visit) const {
    each_visitor(query_.features, shard_, workers_, [&](const VisitingRows& guests) {
      const Rows source(guests.rows);
      SearchRows rows("exact_neighbors", source, query_.settings.similarity, centre_, workers_);
      rows.set_widest(asking_->widest());
      visit(guests.first, rows);
    });
  }

  void find_candidates(TopRows& top) {
    const Part own(*asking_, 0, asking_->rows(), pairs_.blocks(asking_->rows()), {}, workers_);
    UnitProgress progress(query_.hook, any_stops(shard_.ranks()));
    const auto begin = [&](Index done) {
      return progress.begin({.phase = "neighbors", .done = done, .total = shard_.total()});
    };
    begin(0);
    Index done = 0;
    each_piece([&](Index first, const SearchRows& guests) {
      const auto cut = pairs_.guests(first, guests.rows());
      const Part base(guests, 0, guests.rows(), cut.blocks, {}, workers_);
      workers_.each_task(own.blocks(), [&](Index i, int) {
        pairs_.each(i, own[i], cut, [&](const PrefilterRows<P>& asking, Index j) {
          each_candidate(own[i], asking, base[j], top.thresholds() + own.slot(i), nullptr,
                         [&](Index r, Index s, float key) {
                           const Index row = own.slot(i) + r, slot = first + base.slot(j) + s;
                           if (key >= top.threshold(row) && !is_self(row, slot))
                             top.offer(row, key, pairs_.id(slot));
                         });
        });
      });
      done += guests.rows();
      progress.pass(done, shard_.total());
    });
    check(begin(done), Errc::stopped, "exact_neighbors: stopped by the hook; half a search is of no use");
  }

  /// Calls f(place, x) for each of these rows, which may repeat, as their source returns them, on the
  /// workers; `place` counts through `which`.
  template <class F> void each_asking(std::span<const Index> which, const F& f) const {
    constexpr Index at_once = 64;
    workers_.each_block(std::ssize(which), at_once, [&](Block b, int) {
      const auto ids = which.subspan(static_cast<std::size_t>(b.first), static_cast<std::size_t>(b.count));
      Matrix<float> x(b.count, asking_->cols());
      asking_->source().gather(ids, x);
      for (Index i = 0; i < b.count; ++i) f(static_cast<std::size_t>(b.first + i), x.row(i));
    });
  }

  /// The exact rank of a row of this rank and the guest at `place`.
  [[nodiscard]] double exact_rank(Index row, const float* x, const SearchRows& guests, Index place) const {
    return asking_->exact_rank(row, x, guests, place, guests.source().in_place().row(place));
  }

  /// Computes the exact rank of each candidate when its row visits.
  void rank_candidates(FixedArray<Ranked>& ranked) const {
    struct Reference {
      Index slot, row;
      ExactCandidate* candidate;
    };
    Buffer<Reference> all;
    for (Index row = 0; row < ranked.size(); ++row)
      for (ExactCandidate& candidate : ranked[row])
        all.push_back({pairs_.slot(candidate.id), row, &candidate});
    const auto by_slot = [](const Reference& a, const Reference& b) {
      return a.slot != b.slot ? a.slot < b.slot : a.row < b.row;
    };
    const auto by_row = [](const Reference& a, const Reference& b) {
      return a.row != b.row ? a.row < b.row : a.slot < b.slot;
    };
    const auto place_of = [&](Index slot) {
      return std::lower_bound(all.begin(), all.end(), Reference{slot, 0, nullptr}, by_slot);
    };
    std::sort(all.begin(), all.end(), by_slot);
    each_piece([&](Index first, const SearchRows& guests) {
      Buffer<Reference> met(place_of(first), place_of(first + guests.rows()));
      std::sort(met.begin(), met.end(), by_row);
      std::vector<Index> rows;
      for (const Reference& r : met) rows.push_back(r.row);
      each_asking(rows, [&](std::size_t k, const float* x) {
        met[k].candidate->rank = exact_rank(met[k].row, x, guests, met[k].slot - first);
      });
    });
  }

  /// Whether no dropped candidate, whose key is at most `dropped`, can be better than the m-th.
  [[nodiscard]] bool certain(Index row, const Ranked& best, float dropped) const {
    if (std::ssize(best) < count_) return false;
    const double rank = best[static_cast<std::size_t>(count_) - 1].rank;
    // A distance of 0 is the smallest possible, so no dropped row is nearer; among equal rows those of lower
    // ids are kept.
    if (rank == 0 && query_.settings.similarity != Similarity::inner_product) return true;
    return asking_->key_of(rank) - asking_->key_doubt(row, asking_->longest()) > static_cast<double>(dropped);
  }

  void search_in_double(const std::vector<Index>& rows, FixedArray<Ranked>& ranked) const {
    for (const Index row : rows) ranked[row].clear();
    each_piece([&](Index first, const SearchRows& guests) {
      each_asking(rows, [&](std::size_t k, const float* x) {
        Ranked& held = ranked[rows[k]];
        for (Index place = 0; place < guests.rows(); ++place) {
          if (is_self(rows[k], first + place)) continue;
          const ExactCandidate candidate{exact_rank(rows[k], x, guests, place), pairs_.id(first + place)};
          if (std::ssize(held) == count_ && !(candidate < held.back())) continue;
          if (std::ssize(held) == count_) held.pop_back();
          held.insert(std::upper_bound(held.begin(), held.end(), candidate), candidate);
        }
      });
    });
  }

  [[nodiscard]] Neighbors neighbors_of(const FixedArray<Ranked>& ranked) const {
    Neighbors result = room_for_neighbors(ranked.size(), query_.settings);
    for (Index i = 0; i < result.ids.rows(); ++i) {
      if (std::ssize(ranked[i]) < count_) {
        std::fill_n(result.ids.row(i), count_, -1);
        continue;
      }
      for (Index k = 0; k < count_; ++k) {
        const ExactCandidate& best = ranked[i][static_cast<std::size_t>(k)];
        result.ids(i, k) = static_cast<std::int32_t>(best.id);
        if (!query_.settings.keep_similarities) continue;
        const auto value = static_cast<float>(asking_->similarity_of_rank(best.rank));
        check(is_finite(value), Errc::bad_data, "exact_neighbors: the similarity of row ", i, " and row ",
              best.id, " (", asking_->similarity_of_rank(best.rank), ") is beyond the range of float32");
        result.similarities(i, k) = value;
      }
    }
    return result;
  }

  const NeighborQuery& query_;
  Workers workers_;
  Shard shard_;  // of slots
  Pairs pairs_;
  Index count_;
  std::vector<double> centre_;
  std::optional<SearchRows> asking_;
};

}  // namespace shoal
