// Exact optimal one-to-one assignment on a sparse, possibly rectangular table of profits, with a proof of
// optimality.
#pragma once

#include <algorithm>
#include <limits>
#include <queue>
#include <span>
#include <utility>
#include <vector>

#include <shoal/core/buffer.hpp>
#include <shoal/core/check.hpp>
#include <shoal/core/config.hpp>

namespace shoal {

/// Profits w_ij ≥ 0 of pairing row i with column j, as compressed rows; pairs that are not listed have profit
/// 0.
template <class W> struct Profits {
  Index rows = 0;
  Index cols = 0;
  std::span<const Index> row_start;  ///< [rows + 1]
  std::span<const Label> column;     ///< [cells], each column at most once in a row
  std::span<const W> profit;         ///< [cells]
};

/// min(rows, cols) pairs of the greatest total profit, and the dual prices that prove it: row_price[i] +
/// col_price[j] ≥ w_ij for all i and j, all prices ≥ 0, and Σ row_price + Σ col_price = total, so that no
/// assignment can have more.
template <class W> struct Assignment {
  std::vector<Label> row_to_col;  ///< [rows] −1 where the row has no column (rows > cols)
  std::vector<Label> col_to_row;  ///< [cols] −1 where the column has no row (cols > rows)
  W total = 0;
  std::vector<W> row_price;
  std::vector<W> col_price;
};

namespace assignment_impl {

/// The search for one more row's best place, row after row, from the assignment of the rows before it.
template <class W> class Search {
 public:
  explicit Search(const Profits<W>& profits)
      : p_(profits),
        col_distance_(static_cast<std::size_t>(p_.cols), unreached),
        from_row_(static_cast<std::size_t>(p_.cols), -1) {
    out_.row_to_col.assign(static_cast<std::size_t>(p_.rows), -1);
    out_.col_to_row.assign(static_cast<std::size_t>(p_.cols), -1);
    out_.row_price.assign(static_cast<std::size_t>(p_.rows), 0);
    out_.col_price.assign(static_cast<std::size_t>(p_.cols), 0);
  }

  /// Prices that are feasible with nothing assigned: each row at its best profit, columns free. Rows whose
  /// best column is still free take it at once.
  void start() {
    for (Label i = 0; i < p_.rows; ++i) {
      W& price = at(out_.row_price, i);
      for (Index e = begin(i); e < end(i); ++e) price = std::max(price, at(p_.profit, e));
      for (Index e = begin(i); e < end(i) && at(out_.row_to_col, i) < 0; ++e)
        if (at(p_.profit, e) == price && at(out_.col_to_row, at(p_.column, e)) < 0) pair(i, at(p_.column, e));
    }
  }

  /// Finds a shortest path in reduced profit from the unassigned row to a free column, or to a row that
  /// should give up its column; then updates prices and pairs along the path (Jonker and Volgenant, Computing
  /// 38, 1987, on sparse rows).
  void place(Label row) {
    heap_ = {};
    touched_.clear();
    scanned_.clear();
    best_ = at(out_.row_price, row);
    best_row_ = row;
    best_col_ = -1;
    scan(row, 0);
    while (!heap_.empty()) {
      const auto [distance, j] = heap_.top();
      heap_.pop();
      if (distance >= best_) break;
      if (distance > at(col_distance_, j)) continue;
      scanned_.push_back({distance, j});
      scan(at(out_.col_to_row, j), distance);
    }
    move_prices(row);
    move_pairs(row);
    for (const Label j : touched_) at(col_distance_, j) = unreached;
  }

  /// Pairs the remaining rows and columns with profit 0, lowest indices first.
  void complete() {
    Label j = 0;
    for (Label i = 0; i < p_.rows; ++i) {
      if (at(out_.row_to_col, i) >= 0) continue;
      while (j < p_.cols && at(out_.col_to_row, j) >= 0) ++j;
      if (j == p_.cols) return;
      pair(i, j);
    }
  }

  [[nodiscard]] bool waits(Label row) const {
    return at(out_.row_to_col, row) < 0 && at(out_.row_price, row) > 0;
  }

  Assignment<W> finish() {
    for (const W price : out_.row_price) out_.total += price;
    for (const W price : out_.col_price) out_.total += price;
    return std::move(out_);
  }

 private:
  struct Reached {
    W distance;
    Label col;
    bool operator>(const Reached& o) const {
      return distance != o.distance ? distance > o.distance : col > o.col;
    }
  };
  static constexpr W unreached = std::numeric_limits<W>::max();

  template <class V, class I> static decltype(auto) at(V&& values, I i) {
    return values[static_cast<std::size_t>(i)];
  }
  [[nodiscard]] Index begin(Label i) const { return at(p_.row_start, i); }
  [[nodiscard]] Index end(Label i) const { return at(p_.row_start, i + 1); }

  void pair(Label i, Label j) {
    at(out_.row_to_col, i) = j;
    at(out_.col_to_row, j) = i;
  }

  /// Relaxes the columns of a row at `distance`. Free columns end the path: they have price 0.
  void scan(Label i, W distance) {
    const W base = distance + at(out_.row_price, i);
    if (base < best_) {
      best_ = base;
      best_row_ = i;
      best_col_ = -1;
    }
    for (Index e = begin(i); e < end(i); ++e) {
      const Label j = at(p_.column, e);
      const W reached = base - at(p_.profit, e) + at(out_.col_price, j);
      if (reached >= at(col_distance_, j) || reached >= best_) continue;
      if (at(out_.col_to_row, j) < 0) {
        best_ = reached;
        best_row_ = i;
        best_col_ = j;
        continue;
      }
      if (at(col_distance_, j) == unreached) touched_.push_back(j);
      at(col_distance_, j) = reached;
      at(from_row_, j) = i;
      heap_.push({reached, j});
    }
  }

  void move_prices(Label row) {
    at(out_.row_price, row) -= best_;
    for (const Reached& r : scanned_) {
      at(out_.col_price, r.col) += best_ - r.distance;
      at(out_.row_price, at(out_.col_to_row, r.col)) -= best_ - r.distance;
    }
  }

  void move_pairs(Label row) {
    Label i = best_row_, j = best_col_;
    for (;;) {
      const Label given_up = at(out_.row_to_col, i);
      at(out_.row_to_col, i) = j;
      if (j >= 0) at(out_.col_to_row, j) = i;
      if (i == row) return;
      j = given_up;
      i = at(from_row_, j);
    }
  }

  Profits<W> p_;
  Assignment<W> out_;
  std::vector<W> col_distance_;
  std::vector<Label> from_row_;
  std::priority_queue<Reached, Buffer<Reached>, std::greater<>> heap_;
  std::vector<Label> touched_;
  Buffer<Reached> scanned_;
  W best_ = 0;
  Label best_row_ = 0, best_col_ = 0;
};

}  // namespace assignment_impl

/// Returns the assignment of the greatest total profit. W is an integer type, or a floating-point type, whose
/// sums are then exact to rounding only. Where several assignments are best, the choice is a fixed function
/// of the table. One thread; the time is at worst rows × cells × log(cols), in practice a small multiple of
/// the cells. Throws invalid_argument for arrays that do not fit together, columns out of range, and profits
/// that are negative or NaN.
template <class W> [[nodiscard]] Assignment<W> assign(const Profits<W>& profits) {
  check(static_cast<Index>(profits.row_start.size()) == profits.rows + 1 &&
            profits.column.size() == profits.profit.size() &&
            profits.row_start.back() == static_cast<Index>(profits.column.size()),
        Errc::invalid_argument, "assign: row_start (", profits.row_start.size(), " entries), column (",
        profits.column.size(), ") and profit (", profits.profit.size(), ") must describe ", profits.rows,
        " rows");
  for (std::size_t e = 0; e < profits.column.size(); ++e) {
    check(profits.column[e] >= 0 && profits.column[e] < profits.cols, Errc::invalid_argument,
          "assign: column (", profits.column[e], ") must be in [0, ", profits.cols, ")");
    check(profits.profit[e] >= 0, Errc::invalid_argument, "assign: profit (", profits.profit[e],
          ") must be ≥ 0");
  }
  assignment_impl::Search<W> search(profits);
  search.start();
  for (Label i = 0; i < profits.rows; ++i)
    if (search.waits(i)) search.place(i);
  search.complete();
  return search.finish();
}

}  // namespace shoal
