// The engines of heads on a GPU: with this header fit() of heads/fit.hpp and predict() of heads/predict.hpp
// run on one. A checkpoint of one kind of machine can't be resumed on another, since their sums differ in
// their last bits.
#pragma once

#include <shoal/backend/gpu.cuh>
#include <shoal/heads/cuda/scorer.cuh>
#include <shoal/heads/cuda/step.cuh>
#include <shoal/heads/fit.hpp>
#include <shoal/neighbors/cuda/search.cuh>

namespace shoal {

/// The m nearest other rows of every row, as exact_neighbors of neighbors/exact.hpp, on a GPU.
template <class Rt>
[[nodiscard]] Neighbors exact_neighbors(AnyRows features, const NeighborSettings& settings,
                                        const Gpu<Rt>& gpu, const Hook& hook = {}) {
  check_neighbor_settings("exact_neighbors", settings, features.rows(), features.rows() - 1);
  return search_neighbors(gpu.stream(), features, features, true, settings,
                          gpu.room_beside(search_bytes(features.cols(), settings.count)), hook,
                          gpu.settings().precision);
}

/// The same for rows of another set.
template <class Rt>
[[nodiscard]] Neighbors exact_neighbors(AnyRows queries, AnyRows features, const NeighborSettings& settings,
                                        const Gpu<Rt>& gpu, const Hook& hook = {}) {
  check(queries.cols() == features.cols(), Errc::invalid_argument, "exact_neighbors: queries has ",
        queries.cols(), " columns and features ", features.cols(), "; they must be the same");
  check_neighbor_settings("exact_neighbors", settings, features.rows(), features.rows());
  return search_neighbors(gpu.stream(), queries, features, false, settings,
                          gpu.room_beside(search_bytes(features.cols(), settings.count)), hook,
                          gpu.settings().precision);
}

}  // namespace shoal
