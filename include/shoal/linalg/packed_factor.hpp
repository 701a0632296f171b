// Factors that are packed once and multiplied many times, by shoal's register tiles in float32 or bfloat16,
// or by a library.
#pragma once

#include <shoal/core/check.hpp>
#include <shoal/linalg/bfloat16_tile.hpp>
#include <shoal/linalg/precision.hpp>
#include <shoal/linalg/product.hpp>

namespace shoal {

/// How packed factors are multiplied.
struct ProductRule {
  Precision precision = Precision::float32;
  ProductFunction library = nullptr;  ///< null: the tiles; a library multiplies in float32 only
};

/// Throws invalid_argument unless a CPU can multiply by this rule.
inline void check_rule(ProductRule rule) {
  check(rule.precision == Precision::float32 || rule.precision == Precision::bfloat16, Errc::invalid_argument,
        "products in ", name_of(rule.precision), " are a GPU's; those of a CPU must be float32 or bfloat16");
  check(rule.library == nullptr || rule.precision == Precision::float32, Errc::invalid_argument,
        "products in bfloat16 are made by shoal's own tiles; leave CpuSettings::library unset");
}

/// Whether factors are packed as pairs of bfloat16. Where the target can't multiply these, they are floats
/// that were rounded, which takes no longer than other floats.
constexpr bool in_pairs(ProductRule rule) {
  return multiplies_bfloat16 && rule.precision == Precision::bfloat16;
}

/// A factor in the form that its rule needs: in panels of `Width` rows or, for a library, as a plain copy.
template <int Width> class PackedFactor {
 public:
  PackedFactor() = default;
  explicit PackedFactor(ProductRule rule) : rule_(rule) { check_rule(rule); }

  /// Packs a factor [rows × inner dimension].
  void pack(Operand factor) {
    if (rule_.library != nullptr)
      copy(factor);
    else if (in_pairs(rule_))
      pairs_.pack(factor);
    else
      pack_floats(factor);
  }

  [[nodiscard]] const ProductRule& rule() const { return rule_; }
  [[nodiscard]] const Panels<Width>& floats() const { return floats_; }
  [[nodiscard]] const Bfloat16Panels<Width>& pairs() const { return pairs_; }
  [[nodiscard]] Operand copied() const { return {copy_, transposed_}; }

 private:
  void pack_floats(Operand factor) {
    floats_.pack(factor);
    if (rule_.precision == Precision::bfloat16)
      floats_.replace([](FloatVector x) { return from_bits(round_to_bfloat16(x)); });
  }

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

/// c ← left · rightᵀ, or c += left · rightᵀ, for factors of the same rule. With shoal's tiles the bits of an
/// element depend on its own row and column only.
inline void multiply_packed(const LeftFactor& left, const RightFactor& right, MatrixView<float> c,
                            Update update) {
  const auto write = [&](Index i, Index j, const Tile& tile) { write_tile(tile, i, j, c, update); };
  if (left.rule().library != nullptr)
    left.rule().library(left.copied(), right.copied().transpose(), c, update);
  else if (in_pairs(left.rule()))
    each_tile(left.pairs(), right.pairs(), write);
  else
    each_tile(left.floats(), right.floats(), write);
}

}  // namespace shoal
