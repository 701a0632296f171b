// Validation of models, in particular of those read from a file, which anyone may have written.
#pragma once

#include <cmath>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <utility>

#include <shoal/core/finite.hpp>
#include <shoal/heads/head_model.hpp>
#include <shoal/model/graph_model.hpp>

namespace shoal {

namespace check_model_impl {

/// The tolerance of a float32 sum of a few thousand squares that should be 1.
inline constexpr double unit_slack = 1e-3;

/// The caller, as messages name it, and the code of the error.
struct Asking {
  std::string who;
  Errc code;

  template <class... Parts> void expect(bool ok, const Parts&... parts) const {
    check(ok, code, who, ": not a model that can be used: ", parts...);
  }
  void finite(std::span<const float> values, const char* what) const {
    for (std::size_t i = 0; i < values.size(); ++i)
      expect(is_finite(values[i]), what, " (", values[i], " at ", i, ") must be finite");
  }
  /// Checks a number of clusters, which must fit labels of type int32.
  void clusters(Index count) const {
    expect(count >= 1 && count <= std::numeric_limits<Label>::max(), "clusters (", count,
           ") must be in [1, 2^31)");
  }
  /// Checks a temperature, which must be a positive normal number of type T.
  template <class T> void temperature(double value) const {
    using limits = std::numeric_limits<T>;
    expect(value >= double{limits::min()} && value <= double{limits::max()}, "temperature (", value,
           ") must be from ", double{limits::min()}, " to ", double{limits::max()});
  }
  /// Checks that there is no scaling, or one mean and one positive scale for each column.
  void scaling(const ColumnScaling& of, Index columns) const {
    expect(of.mean.size() == of.scale.size() && (of.mean.empty() || std::ssize(of.mean) == columns), "mean (",
           of.mean.size(), ") and scale (", of.scale.size(), ") must have one entry for each of the ",
           columns, " columns, or none");
    finite(of.mean, "mean");
    finite(of.scale, "scale");
    for (const float scale : of.scale) expect(scale > 0, "scale (", scale, ") must be positive");
  }
};

/// The number of parameters of a shape, if that is at most `held`, or else some number above `held`. No
/// product overflows, since each size is at most `held`.
inline Index parameters_of(const HeadShape& shape, Index held) {
  Index needed = 0, inputs = shape.features;
  const auto add = [&](Index outputs) {
    const Index each = checked_product("check_model: parameters", {shape.heads, outputs});
    needed = each > held || inputs >= held || each > (held - needed) / (inputs + 1)
                 ? held + 1
                 : needed + each * (inputs + 1);
    inputs = outputs;
    return needed <= held;
  };
  for (const Index width : shape.widths)
    if (!add(width)) return needed;
  (void)add(shape.clusters);
  return needed;
}

}  // namespace check_model_impl

/// Checks a k-means model. Throws error(code), with a message that starts with `who`, unless the model has
/// clusters and columns, finite centroids (of unit length under cosine), a valid temperature, and a scaling
/// that fits.
inline void check_model(const KMeansModel& model, std::string who, Errc code) {
  const check_model_impl::Asking asking{std::move(who), code};
  const Index d = model.centroids.cols();
  asking.clusters(model.centroids.rows());
  asking.expect(d >= 1, "columns (", d, ") must be at least 1");
  for (Index c = 0; c < model.centroids.rows(); ++c) {
    const double square = squared_norm(model.centroids.row(c), d);
    asking.expect(is_finite(square), "centroid ", c, " must be finite");
    asking.expect(!model.cosine || std::abs(square - 1) <= check_model_impl::unit_slack, "centroid ", c,
                  " has the squared length ", square,
                  ", where cosine distances are of vectors of length one");
  }
  asking.temperature<double>(model.temperature);
  asking.scaling(model.scaling, d);
}

/// Checks a graph model: its centroids as above, and labelled rows of unit length, each with the label of a
/// cluster.
inline void check_model(const GraphModel& model, std::string who, Errc code) {
  const check_model_impl::Asking asking{who, code};
  check_model(model.centroids, who, code);
  const Index clusters = model.centroids.centroids.rows(), rows = model.rows.rows(), d = model.rows.cols();
  asking.expect(model.centroids.cosine, "the distance of a neighbour graph must be cosine");
  asking.expect(d == model.centroids.centroids.cols(), "rows (", d,
                " columns) must be as wide as the centroids (", model.centroids.centroids.cols(), ")");
  asking.expect(rows >= 1 && std::ssize(model.labels) == rows, "labels (", model.labels.size(),
                ") must be one a row (", rows, "), at least one");
  asking.expect(model.neighbors >= 1 && model.neighbors <= rows, "neighbors (", model.neighbors,
                ") must be in [1, ", rows, "], the number of rows");
  for (Index i = 0; i < rows; ++i) {
    const Label label = model.labels[static_cast<std::size_t>(i)];
    asking.expect(label >= 0 && label < clusters, "label ", label, " of row ", i, " must be in [0, ",
                  clusters, ")");
    const double square = squared_norm(model.rows.row(i), d);
    asking.expect(std::abs(square - 1) <= check_model_impl::unit_slack, "row ", i, " has the squared length ",
                  square, ", not one");
  }
}

/// Checks a model of heads: the number of parameters fits the shape, all are finite, and the best head
/// exists.
inline void check_model(const HeadModel& model, std::string who, Errc code) {
  const check_model_impl::Asking asking{std::move(who), code};
  const HeadShape& shape = model.shape;
  const auto held = std::ssize(model.parameters);
  const auto size = [&](Index value, const char* what) {
    asking.expect(value >= 1 && value <= held, what, " (", value, ") must be in [1, ", held,
                  "], the number of parameters");
  };
  asking.clusters(shape.clusters);
  size(shape.features, "features");
  size(shape.heads, "heads");
  size(std::ssize(shape.widths), "layers");
  for (const Index width : shape.widths) size(width, "width");
  const Index needed = check_model_impl::parameters_of(shape, held);
  asking.expect(needed == held, "parameters (", held, ") must be ", needed > held ? "more" : "fewer",
                " for heads of this shape");
  asking.expect(model.best >= 0 && model.best < shape.heads, "best head (", model.best, ") must be in [0, ",
                shape.heads, ")");
  asking.temperature<float>(model.temperature);
  asking.scaling(model.scaling, shape.features);
  asking.finite(model.parameters, "parameters");
}

}  // namespace shoal
