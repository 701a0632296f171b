// One exact search, and its prepared rows.
#pragma once

#include <optional>

#include <shoal/core/progress.hpp>
#include <shoal/neighbors/search_rows.hpp>

namespace shoal {

/// One exact search: for each row of `queries`, the nearest rows of `features`.
struct NeighborQuery {
  AnyRows queries, features;
  bool self;  ///< whether both are the same, so that no row is its own neighbour
  const NeighborSettings& settings;
  const Hook& hook;

  [[nodiscard]] NeighborShape shape() const {
    return {features.rows(), features.cols(), self ? std::optional<Index>{} : queries.rows()};
  }
};

/// The rows of a query with a common centre and scale. The pass that computes these also checks all rows.
class PreparedQuery {
 public:
  SearchRows asked;

  PreparedQuery(const NeighborQuery& query, Workers workers)
      : asked("exact_neighbors", query.features, query.settings.similarity, workers) {
    if (query.self) return;
    asking_.emplace("exact_neighbors: queries", query.queries, asked, workers);
    share_scale(*asking_, asked);
  }

  [[nodiscard]] const SearchRows& asking() const { return asking_ ? *asking_ : asked; }

 private:
  std::optional<SearchRows> asking_;
};

}  // namespace shoal
