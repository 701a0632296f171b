// The forward pass of one head on any backend: one product for each layer, and the layer's formula row by
// row.
#pragma once

#include <utility>
#include <vector>

#include <shoal/backend/backend.hpp>
#include <shoal/heads/gelu.hpp>
#include <shoal/heads/last_layer.hpp>
#include <shoal/heads/shape.hpp>
#include <shoal/heads/unit_rows.hpp>

namespace shoal {

/// The forward pass of up to R rows through one head, with the values that the backward pass needs.
class GenericForward {
 public:
  /// `backward`: whether to keep the derivatives of GELU.
  GenericForward(const HeadShape& shape, Index rows, bool backward, AnyBackend backend)
      : backend_(backend),
        length_(static_cast<std::size_t>(rows)),
        weight_(shape.clusters, shape.bottleneck()),
        logits_(rows, shape.clusters) {
    for (Index l = 0; l < shape.layers(); ++l) {
      output_.emplace_back(rows, shape.outputs(l));
      derivative_.emplace_back(backward ? rows : 0, shape.outputs(l));
    }
  }

  /// The memory for R rows, in floats.
  static Index floats(const HeadShape& shape, Index rows, bool backward) {
    Index widths = 0;
    for (const Index width : shape.widths) widths += width;
    return rows * (widths * (backward ? 2 : 1) + 1 + shape.clusters) + shape.clusters * shape.bottleneck();
  }

  /// Passes the rows x, at most R, through a head:
  ///   hidden layers  u ← gelu(u Wᵀ + b),   bottleneck  z ← (u Wᵀ + b) / ‖·‖,   logits ← z wᵀ, w = g v / ‖v‖,
  /// and of a plain head  z ← gelu(u Wᵀ + b),   logits ← z Wᵀ + b.
  void run(HeadView<const float> head, MatrixView<const float> x) {
    const Index last = std::ssize(output_) - 1;
    const bool plain = head.shape->plain;
    for (Index l = 0; l <= last; ++l) {
      const MatrixView<float> y = rows_of(output_[static_cast<std::size_t>(l)], x.rows);
      backend_.product({l == 0 ? x : MatrixView<const float>(output(l - 1, x.rows)), false},
                       {head.weight(l), true}, y);
      const float* bias = head.bias(l);
      backend_.each_task(x.rows, [&](Index i, int) {
        const CpuTeam team{y.cols};
        float* kept = derivative_[static_cast<std::size_t>(l)].rows() > 0 ? derivative(l).row(i) : nullptr;
        if (l < last || plain)
          team.each([&](auto k) { add_bias_gelu(k, bias, y.row(i), kept); });
        else
          length_[static_cast<std::size_t>(i)] = add_bias_normalize(team, bias, y.row(i));
      });
    }
    backend_.each_task(weight_.rows(),
                       [&](Index c, int) { last_weight(CpuTeam{weight_.cols()}, head, c, weight_.row(c)); });
    const MatrixView<float> z = logits(x.rows);
    backend_.product({output(last, x.rows), false}, {weight_, true}, z);
    if (plain)
      backend_.each_task(x.rows, [&](Index i, int) {
        CpuTeam{z.cols}.each([&](auto k) { k.store(z.row(i), k.load(z.row(i)) + k.load(head.gains())); });
      });
  }

  /// For the first `rows` rows: the output of layer l (the bottleneck for the last), the derivative of GELU
  /// where it follows layer l, and the logits, which are not yet divided by a temperature.
  [[nodiscard]] MatrixView<float> output(Index l, Index rows) {
    return rows_of(output_[static_cast<std::size_t>(l)], rows);
  }
  [[nodiscard]] MatrixView<float> derivative(Index l) { return derivative_[static_cast<std::size_t>(l)]; }
  [[nodiscard]] MatrixView<float> logits(Index rows) { return rows_of(logits_, rows); }
  /// The norms of the bottleneck's rows before normalisation.
  [[nodiscard]] const float* length() const { return length_.data(); }
  /// The weights of the logits in the last run().
  [[nodiscard]] MatrixView<const float> weight() const { return weight_; }

 private:
  static MatrixView<float> rows_of(Matrix<float>& m, Index rows) { return m.view().block(0, rows); }

  AnyBackend backend_;
  std::vector<Matrix<float>> output_, derivative_;
  Buffer<float> length_;
  Matrix<float> weight_, logits_;
};

}  // namespace shoal
