// Rows as searches compare them: centred and scaled in double precision, so that float32 keeps all its digits
// for the differences between rows.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include <shoal/io/centred_rows.hpp>
#include <shoal/neighbors/neighbors.hpp>

namespace shoal {

/// Length and offset of a row, from which the keys of its pairs are computed.
struct RowMeasure {
  float length, offset;
};

/// The key by which row x ranks row y, an upper bound of their exact key (SearchRows). `dot` is z·z' in
/// float32, summed in any order, and `rounding` bounds its relative error.
SHOAL_HD inline float pair_key(float dot, RowMeasure x, RowMeasure y, float rounding) {
  return dot + (x.offset + y.offset) + rounding * (x.length * y.length);
}
/// The most by which the exact key of a pair may be below its key.
SHOAL_HD inline float key_slack(RowMeasure x, RowMeasure y, float rounding) {
  const float offsets = (x.offset < 0 ? -x.offset : x.offset) + (y.offset < 0 ? -y.offset : y.offset);
  return 2 * (rounding * (x.length * y.length) + 0x1p-21f * offsets) + 1e-36f;
}
/// A bound on the rounding error of Σ z z' over d float32 products, in units of ‖z‖ ‖z'‖, including the
/// rounding of z and z'.
constexpr float dot_rounding(Index d) { return static_cast<float>(d + 16) * 0x1p-24f; }

/// The rows of a search as CentredRows z (io/centred_rows.hpp), normalised first if the similarity is cosine,
/// with what the keys of their pairs need. The exact key of a pair orders the neighbours of both:
///   cosine, Euclidean   −‖z − z'‖² / 2 = z·z' + o + o',   o = −‖z‖² / 2
///   inner product       s² (u·u' − μ·μ) = z·z' + o + o',   o = s z·μ
/// for rows u = z / s + μ.
class SearchRows {
 public:
  /// Makes one pass over the source. Throws bad_data for rows that are not finite or, under cosine, zero.
  SearchRows(const char* function, AnyRows source, Similarity similarity, Workers workers)
      : SearchRows(source, similarity, [&](const auto& each) {
          return CentredRows(function, source, similarity == Similarity::cosine, workers, each);
        }) {}

  /// Rows with the centre of `others`; see share_scale().
  SearchRows(const char* function, AnyRows source, const SearchRows& others, Workers workers)
      : SearchRows(source, others.similarity_, [&](const auto& each) {
          return CentredRows(function, source, others.rows_, workers, each);
        }) {}

  /// Rows with a given centre; see set_widest().
  SearchRows(const char* function, AnyRows source, Similarity similarity, const std::vector<double>& centre,
             Workers workers)
      : SearchRows(source, similarity, [&](const auto& each) {
          return CentredRows(function, source, similarity == Similarity::cosine, centre, workers, each);
        }) {}

  /// The largest element, which determines the scale; set that of other rows to have the same scale.
  [[nodiscard]] double widest() const { return rows_.widest(); }
  void set_widest(double widest) { rows_.set_widest(widest); }

  /// A bound on |u − μ| of all rows.
  [[nodiscard]] double longest() const { return widest() * std::sqrt(static_cast<double>(cols())); }

  /// Gives both the same scale.
  friend void share_scale(SearchRows& a, SearchRows& b) { share_scale(a.rows_, b.rows_); }

  [[nodiscard]] Index rows() const { return rows_.rows(); }
  [[nodiscard]] Index cols() const { return rows_.cols(); }
  [[nodiscard]] Similarity similarity() const { return similarity_; }
  [[nodiscard]] const CentredRows& centred() const { return rows_; }
  [[nodiscard]] AnyRows source() const { return rows_.source(); }
  void read(Index first, MatrixView<float> z) const { rows_.read(first, z); }
  void gather(std::span<const Index> ids, MatrixView<float> z) const { rows_.gather(ids, z); }

  [[nodiscard]] RowMeasure measure(Index i) const {
    const double s = rows_.scale(), square = squares_[at(i)];
    const double offset = s * s * (similarity_ == Similarity::inner_product ? along_[at(i)] : -square / 2);
    return {static_cast<float>(std::sqrt(square) * s * 1.0001),
            static_cast<float>(offset + 0x1p-22 * std::abs(offset) + 1e-37)};
  }

  /// The proximity of row i, which the source returns as x, and row j of `others`, in double precision: their
  /// inner product, or minus their squared distance, computed from their differences. Ranks have the order of
  /// the exact keys, but no digits are lost to cancellation.
  [[nodiscard]] double exact_rank(Index i, const float* x, const SearchRows& others, Index j,
                                  const float* y) const {
    if (similarity_ != Similarity::inner_product) return -rows_.square_gap(i, x, others.rows_, j, y);
    return sum_in_double(cols(),
                         [=](Index k) { return static_cast<double>(x[k]) * static_cast<double>(y[k]); });
  }
  /// The exact key of a pair with that rank.
  [[nodiscard]] double key_of(double rank) const {
    const double s = rows_.scale();
    return s * s * (similarity_ == Similarity::inner_product ? rank - centre_square_ : rank / 2);
  }
  /// The similarity of a pair with that rank: its cosine, inner product, or distance.
  [[nodiscard]] double similarity_of_rank(double rank) const {
    return similarity_ == Similarity::cosine      ? 1 + rank / 2
           : similarity_ == Similarity::euclidean ? std::sqrt(-rank)
                                                  : rank;
  }
  /// The possible error of key_of and of the offsets of rows i and j. For inner products it is what double
  /// precision loses when u·u', u·μ and μ·μ cancel, with |u| ≤ |z| / s + |μ|; otherwise it is negligible.
  [[nodiscard]] double key_doubt(Index i, const SearchRows& others, Index j) const {
    return key_doubt(i, std::sqrt(others.squares_[at(j)]));
  }
  /// The same for a pair of row i with any row whose |u − μ| is at most `length`.
  [[nodiscard]] double key_doubt(Index i, double length) const {
    if (similarity_ != Similarity::inner_product) return 0;
    const double s = rows_.scale(), centre = std::sqrt(centre_square_),
                 lengths = (std::sqrt(squares_[at(i)]) + centre) * (length + centre);
    return static_cast<double>(cols() + 8) * 0x1p-52 * s * s * lengths;
  }
  /// The similarity of two rows whose key is `key` up to rounding.
  [[nodiscard]] float similarity_of(float key) const {
    const double score = static_cast<double>(key) / (rows_.scale() * rows_.scale());
    if (similarity_ == Similarity::inner_product) return static_cast<float>(score + centre_square_);
    return static_cast<float>(similarity_ == Similarity::cosine ? 1 + score
                                                                : std::sqrt(std::max(0.0, -2 * score)));
  }

  /// The memory held for n rows, in bytes.
  static std::size_t bytes(Index n) { return static_cast<std::size_t>(n) * 3 * sizeof(double); }

 private:
  /// centred(each) makes the centred rows and calls each(…) for each of them.
  template <class Centred>
  SearchRows(AnyRows source, Similarity similarity, const Centred& centred)
      : similarity_(similarity),
        squares_(at(source.rows())),
        along_(similarity == Similarity::inner_product ? at(source.rows()) : 0),
        rows_(centred([this](Index id, const float* row, double factor, std::span<const double> centre) {
          look_at(id, row, factor, centre);
        })) {
    for (const double m : rows_.centre()) centre_square_ += m * m;
  }

  void look_at(Index id, const float* row, double factor, std::span<const double> centre) {
    const auto gap = [=](Index k) { return static_cast<double>(row[k]) * factor - centre[at(k)]; };
    const auto d = static_cast<Index>(centre.size());
    squares_[at(id)] = sum_in_double(d, [&](Index k) { return gap(k) * gap(k); });
    if (!along_.empty()) along_[at(id)] = sum_in_double(d, [&](Index k) { return gap(k) * centre[at(k)]; });
  }

  static std::size_t at(Index i) { return static_cast<std::size_t>(i); }

  Similarity similarity_;
  double centre_square_ = 0;
  std::vector<double> squares_, along_;
  CentredRows rows_;
};

}  // namespace shoal
