#include "cluster_map.hpp"

#include "html.hpp"
#include "plot.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <shoal/core/sample.hpp>

namespace {

using shoal::Index;

/// Returns the rows, scaled to unit length, minus the mean of the first `count`.
shoal::Matrix<float> centred(shoal::AnyRows features, const std::vector<Index>& ids, Index count) {
  shoal::Matrix<float> rows(std::ssize(ids), features.cols());
  features.gather(ids, rows);
  std::vector<double> mean(static_cast<std::size_t>(rows.cols()), 0.);
  for (Index i = 0; i < rows.rows(); ++i) {
    double square = 0;
    for (const float x : rows.view().span(i)) square += static_cast<double>(x) * static_cast<double>(x);
    const double scale = square > 0 ? 1 / std::sqrt(square) : 0;
    for (Index j = 0; j < rows.cols(); ++j) {
      rows(i, j) = static_cast<float>(static_cast<double>(rows(i, j)) * scale);
      if (i < count)
        mean[static_cast<std::size_t>(j)] += static_cast<double>(rows(i, j)) / static_cast<double>(count);
    }
  }
  for (Index i = 0; i < rows.rows(); ++i)
    for (Index j = 0; j < rows.cols(); ++j)
      rows(i, j) -= static_cast<float>(mean[static_cast<std::size_t>(j)]);
  return rows;
}

using Direction = std::vector<double>;

/// Returns the products of the rows with a direction.
std::vector<double> along(const shoal::Matrix<float>& rows, const Direction& v) {
  std::vector<double> products(static_cast<std::size_t>(rows.rows()), 0.);
  for (Index i = 0; i < rows.rows(); ++i)
    for (Index j = 0; j < rows.cols(); ++j)
      products[static_cast<std::size_t>(i)] +=
          static_cast<double>(rows(i, j)) * v[static_cast<std::size_t>(j)];
  return products;
}

/// Makes v orthogonal to the directions `before` and scales it to length 1.
void straighten(Direction& v, std::span<const Direction> before) {
  for (const Direction& u : before) {
    double product = 0;
    for (std::size_t j = 0; j < v.size(); ++j) product += u[j] * v[j];
    for (std::size_t j = 0; j < v.size(); ++j) v[j] -= product * u[j];
  }
  double square = 0;
  for (const double x : v) square += x * x;
  for (double& x : v) x = square > 0 ? x / std::sqrt(square) : 0;
}

/// Returns the coordinates of the rows on the first two principal components of the first `count`, by power
/// iteration. 20 rounds are precise enough for a picture.
std::array<std::vector<double>, 2> principal_plane(const shoal::Matrix<float>& rows, Index count) {
  const auto d = static_cast<std::size_t>(rows.cols());
  std::vector<Direction> axes;
  for (std::size_t k = 0; k < 2; ++k) {
    Direction v(d);
    for (std::size_t j = 0; j < d; ++j)  // a start to which no data is likely to be orthogonal
      v[j] = 1 + std::sin(static_cast<double>((k + 1) * (j + 1)));
    straighten(v, axes);
    for (int round = 0; round < 20; ++round) {
      const std::vector<double> products = along(rows, v);
      std::ranges::fill(v, 0.);
      for (Index i = 0; i < count; ++i)
        for (std::size_t j = 0; j < d; ++j)
          v[j] += products[static_cast<std::size_t>(i)] * static_cast<double>(rows(i, static_cast<Index>(j)));
      straighten(v, axes);
    }
    axes.push_back(std::move(v));
  }
  return {along(rows, axes[0]), along(rows, axes[1])};
}

/// Appends rows of the named clusters until each has `each` of them, or all that there are: among many
/// clusters hardly any of theirs is one of the `ids`.
void add_named(std::span<const shoal::Label> labels, std::span<const MapName> names, Index each,
               std::vector<Index>& ids) {
  std::vector<std::vector<Index>> members(names.size());
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (const auto found = std::ranges::find(names, labels[i], &MapName::cluster); found != names.end())
      members[static_cast<std::size_t>(found - names.begin())].push_back(static_cast<Index>(i));
  const std::vector<Index> held = ids;  // ascending
  for (std::vector<Index>& own : members) {
    const auto total = std::ssize(own);
    std::erase_if(own, [&](Index id) { return std::ranges::binary_search(held, id); });
    const Index missing = std::min(each - (total - std::ssize(own)), std::ssize(own));
    if (missing <= 0) continue;
    for (const Index k : shoal::spread_rows(std::ssize(own), missing))
      ids.push_back(own[static_cast<std::size_t>(k)]);
  }
}

}  // namespace

std::string cluster_map(shoal::AnyRows features, std::span<const shoal::Label> labels,
                        std::span<const MapName> names) {
  if (features.rows() < 3 || features.cols() < 2) return "";
  std::vector<Index> ids = shoal::spread_rows(features.rows(), std::min(map_rows, features.rows()));
  const Index count = std::ssize(ids);
  add_named(labels, names, map_rows_each, ids);
  const auto plane = principal_plane(centred(features, ids, count), count);
  const auto position = [&](std::size_t i) { return Point{plane[0][i], plane[1][i]}; };
  Plot plot("Samples on their first two principal components, with the names of the largest clusters",
            axis_over("first principal component", plane[0]), axis_over("second", plane[1]),
            {.width = 960, .height = 520});
  std::vector<Point> others, named;
  std::vector<std::pair<Point, Index>> middles(names.size(), {{0, 0}, 0});
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto found = std::ranges::find(names, labels[static_cast<std::size_t>(ids[i])], &MapName::cluster);
    if (found == names.end()) {
      others.push_back(position(i));
      continue;
    }
    named.push_back(position(i));
    auto& [sum, count] = middles[static_cast<std::size_t>(found - names.begin())];
    sum = {sum.x + plane[0][i], sum.y + plane[1][i]};
    ++count;
  }
  const double radius = ids.size() > 1000 ? 1.6 : 2.5;
  plot.dots(others, radius, ink::text);
  plot.dots(named, 8 * named.size() < others.size() ? 1.8 * radius : radius, ink::accent);
  for (std::size_t k = 0; k < names.size(); ++k)
    if (const auto& [sum, count] = middles[k]; count > 0)
      plot.label({sum.x / static_cast<double>(count), sum.y / static_cast<double>(count)},
                 clipped(names[k].name, 24), names[k].link);
  return plot.svg();
}
