// The concept RowSource, through which every algorithm reads its features, and rows in memory.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

#include <shoal/core/borrowed_view.hpp>
#include <shoal/core/check.hpp>
#include <shoal/core/matrix.hpp>
#include <shoal/simd/widen.hpp>

namespace shoal {

/// n rows of d features, stored anywhere and in any precision, read as float32. Laws (laws/row_source.hpp):
/// rows() and cols() never change. read(first, out) fills `out` with the rows [first, first + out.rows), and
/// gather(ids, out) with the rows of those ids in that order; out.cols is cols(). A row has the same bits
/// each time and by either function. Both functions are const, safe to call from several threads, and write
/// to nothing but `out`. will_need(first, count) may start to read ahead; count = 0 says that no row is
/// needed for now; it may do nothing. A source may also have in_place(), which returns a view of all rows
/// (see Rows).
template <class S>
concept RowSource = requires(const S s, Index first, std::span<const Index> ids, MatrixView<float> out) {
  { s.rows() } -> std::convertible_to<Index>;
  { s.cols() } -> std::convertible_to<Index>;
  s.read(first, out);
  s.gather(ids, out);
  s.will_need(first, first);
};

/// Rows in memory (or mapped into it): a view of elements of any Dtype, row-major, at an address of any
/// alignment, that owns nothing.
class Rows {
 public:
  /// The rows of a view.
  Rows(MatrixView<const float> m)
      : Rows(m.data, Dtype::float32, m.rows, m.cols, m.stride) {}  // NOLINT: a view
  /// The rows of a matrix, which must outlive them.
  Rows(const Matrix<float>& m) : Rows(m.view()) {}  // NOLINT
  Rows(Matrix<float>&&) = delete;                   // a temporary would be destroyed before it is read
  /// `stride` is the number of elements from one row to the next.
  Rows(const void* data, Dtype type, Index rows, Index cols, Index stride)
      : data_(static_cast<const std::byte*>(data)), type_(type), rows_(rows), cols_(cols), stride_(stride) {}

  [[nodiscard]] Index rows() const { return rows_; }
  [[nodiscard]] Index cols() const { return cols_; }
  [[nodiscard]] Dtype dtype() const { return type_; }

  void read(Index first, MatrixView<float> out) const {
    for (Index i = 0; i < out.rows; ++i) widen(type_, row(first + i), out.row(i), cols_);
  }
  void gather(std::span<const Index> ids, MatrixView<float> out) const {
    for (std::size_t i = 0; i < ids.size(); ++i)
      widen(type_, row(ids[i]), out.row(static_cast<Index>(i)), cols_);
  }
  void will_need(Index, Index) const {}
  /// All rows as they lie in memory, for readers that need no copy; no data where they are not aligned
  /// float32.
  [[nodiscard]] MatrixView<const float> in_place() const {
    if (type_ != Dtype::float32 || reinterpret_cast<std::uintptr_t>(data_) % alignof(float) != 0) return {};
    return {reinterpret_cast<const float*>(data_), rows_, cols_, stride_};
  }

 private:
  [[nodiscard]] const void* row(Index i) const {
    return data_ + static_cast<std::size_t>(i * stride_) * bytes_of(type_);
  }

  const std::byte* data_;
  Dtype type_;
  Index rows_, cols_, stride_;
};
static_assert(RowSource<Rows>);

class AnyRows;

/// A type that has some function of a row source but does not satisfy RowSource: another function is missing
/// or has a different signature.
template <class S>
concept UnfinishedRowSource = !RowSource<S> && !requires(const S& s) {
  s.operator AnyRows();
}
&&(
    requires(S s, Index first, MatrixView<float> out) { s.read(first, out); } ||
    requires(S s, std::span<const Index> ids, MatrixView<float> out) { s.gather(ids, out); });

/// A type-erased reference to any row source. Algorithms take it, so that each is compiled once and not once
/// for each source. The source must outlive it.
class AnyRows {
 public:
  template <RowSource S>
    requires(!std::derived_from<S, AnyRows>)
  AnyRows(const S& source)  // NOLINT: a reference to any source
      : source_(&source),
        rows_(source.rows()),
        cols_(source.cols()),
        read_([](const void* s, Index first, MatrixView<float> out) {
          static_cast<const S*>(s)->read(first, out);
        }),
        gather_([](const void* s, std::span<const Index> ids, MatrixView<float> out) {
          static_cast<const S*>(s)->gather(ids, out);
        }),
        will_need_([](const void* s, Index first, Index count) {
          static_cast<const S*>(s)->will_need(first, count);
        }) {
    if constexpr (requires { source.in_place(); }) in_place_ = source.in_place();
  }

  /// Reports at compile time what an incomplete source lacks.
  template <UnfinishedRowSource S> AnyRows(const S&) {  // NOLINT
    static_assert(
        requires(const S s) {
          { s.rows() } -> std::convertible_to<Index>;
        },
        "a RowSource needs: Index rows() const");
    static_assert(
        requires(const S s) {
          { s.cols() } -> std::convertible_to<Index>;
        },
        "a RowSource needs: Index cols() const");
    static_assert(
        requires(const S s, Index first, MatrixView<float> out) { s.read(first, out); },
        "a RowSource needs: void read(Index first, MatrixView<float> out) const");
    static_assert(
        requires(const S s, std::span<const Index> ids, MatrixView<float> out) { s.gather(ids, out); },
        "a RowSource needs: void gather(std::span<const Index> ids, MatrixView<float> out) const");
    static_assert(
        requires(const S s, Index first) { s.will_need(first, first); },
        "a RowSource needs: void will_need(Index first, Index count) const, which may do nothing");
  }

  /// A matrix in memory.
  AnyRows(const Matrix<float>& matrix)  // NOLINT
      : source_(&matrix),
        rows_(matrix.rows()),
        cols_(matrix.cols()),
        read_([](const void* m, Index first, MatrixView<float> out) {
          Rows(*static_cast<const Matrix<float>*>(m)).read(first, out);
        }),
        gather_([](const void* m, std::span<const Index> ids, MatrixView<float> out) {
          Rows(*static_cast<const Matrix<float>*>(m)).gather(ids, out);
        }),
        will_need_([](const void*, Index, Index) {}),
        in_place_(matrix) {}

  [[nodiscard]] Index rows() const { return rows_; }
  [[nodiscard]] Index cols() const { return cols_; }
  void read(Index first, MatrixView<float> out) const { read_(source_, first, out); }
  /// Throws invalid_argument for an id that is not a row: ids may come from a file or from a user's sampler.
  void gather(std::span<const Index> ids, MatrixView<float> out) const {
    for (const Index id : ids)
      check(id >= 0 && id < rows_, Errc::invalid_argument, "gather: row ", id,
            " is asked for; there are rows 0 to ", rows_ - 1);
    gather_(source_, ids, out);
  }
  void will_need(Index first, Index count) const { will_need_(source_, first, count); }
  [[nodiscard]] MatrixView<const float> in_place() const { return in_place_; }

 private:
  const void* source_ = nullptr;
  Index rows_ = 0, cols_ = 0;
  void (*read_)(const void*, Index, MatrixView<float>) = nullptr;
  void (*gather_)(const void*, std::span<const Index>, MatrixView<float>) = nullptr;
  void (*will_need_)(const void*, Index, Index) = nullptr;
  MatrixView<const float> in_place_;
};
static_assert(RowSource<AnyRows>);
template <> inline constexpr bool is_view<AnyRows> = true;

}  // namespace shoal
