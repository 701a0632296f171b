// Factors that are packed once and multiplied many times, whoever multiplies: shoal's register tiles in
// float32 or bfloat16, or a library.
#pragma once

#include <shoal/core/check.hpp>
#include <shoal/linalg/bfloat16_tile.hpp>
#include <shoal/linalg/precision.hpp>
#include <shoal/linalg/product.hpp>

namespace shoal {

/// Who multiplies packed factors.
struct ProductRule {
  Precision precision = Precision::float32;
  ProductFunction library = nullptr;  ///< null: the tiles; a library multiplies in float32 only
};

/// Throws unless a CPU has products by this rule.
inline void check_rule(ProductRule rule) {
  check(rule.precision == Precision::float32 || rule.precision == Precision::bfloat16, Errc::invalid_argument,
        "products in ", name_of(rule.precision), " are a GPU's; those of a CPU must be float32 or bfloat16");
  check(rule.library == nullptr || rule.precision == Precision::float32, Errc::invalid_argument,
        "products in bfloat16 are made by shoal's own tiles; leave CpuSettings::library unset");
}

/// A factor of products as its rule wants it: in panels of `Width` rows, or, for a library, a copy as it is.
template <int Width> class PackedFactor {
 public:
  PackedFactor() = default;
  explicit PackedFactor(ProductRule rule) : rule_(rule) { check_rule(rule); }

  /// Takes in a factor as [rows × inner dimension].
  void pack(Operand factor) {
    if (rule_.library != nullptr)
      copy(factor);
    else if (rule_.precision == Precision::bfloat16)
      pairs_.pack(factor);
    else
      floats_.pack(factor);
  }

  [[nodiscard]] const ProductRule& rule() const { return rule_; }
  [[nodiscard]] const Panels<Width>& floats() const { return floats_; }
  [[nodiscard]] const Bfloat16Panels<Width>& pairs() const { return pairs_; }
  [[nodiscard]] Operand copied() const { return {copy_, transposed_}; }

 private:
  void copy(Operand factor) {
    const MatrixView<const float> m = factor.matrix;
    copy_ = Matrix<float>(m.rows, m.cols);
    for (Index i = 0; i < m.rows; ++i) std::copy_n(m.row(i), m.cols, copy_.row(i));
    transposed_ = factor.transposed;
  }

  ProductRule rule_;
  Panels<Width> floats_;
  Bfloat16Panels<Width> pairs_;
  Matrix<float> copy_;
  bool transposed_ = false;
};

using LeftFactor = PackedFactor<tile_rows>;
using RightFactor = PackedFactor<tile_cols>;

/// c ← left · rightᵀ, or c += left · rightᵀ, for factors of one rule. By tiles, the bits of an element depend
/// on its own factors only.
inline void multiply_packed(const LeftFactor& left, const RightFactor& right, MatrixView<float> c,
                            Update update) {
  const auto write = [&](Index i, Index j, const Tile& tile) { write_tile(tile, i, j, c, update); };
  if (left.rule().library != nullptr)
    left.rule().library(left.copied(), right.copied().transpose(), c, update);
  else if (left.rule().precision == Precision::bfloat16)
    each_tile(left.pairs(), right.pairs(), write);
  else
    each_tile(left.floats(), right.floats(), write);
}

}  // namespace shoal
