// The customisation point of the search through inverted lists.
#pragma once

#include <optional>
#include <vector>

#include <shoal/backend/backend.hpp>
#include <shoal/core/memory_plan.hpp>
#include <shoal/neighbors/list_search.hpp>

namespace shoal {

/// The rows of a search through lists, and the lists that each looks into. All must outlive the search.
struct ListQuestion {
  const SearchRows& rows;
  MatrixView<const std::int32_t> probes;  ///< [n × lists of each row] nearest first
  Index lists;
  Index rows_at_once;  ///< rows that a host holds in each of two parts, or all
  const NeighborSettings& settings;
  ReportingWorkers& workers;  ///< of the host
};

/// The search through lists on a backend B. This primary template is that of a host's threads; a Gpu
/// specialises it (neighbors/cuda/list_search.cuh). Laws: each row is compared with the rows of its lists,
/// and gets the nearest of them; the same bits for any number of threads.
template <Backend B> struct ListSearchOn {
  /// The memory of the search on a device with memory of its own, where a row is compared with `probes`
  /// lists; none where a host's is used.
  static std::optional<MemoryPlan> plan(const NeighborSettings&, const NeighborShape&, Index /*probes*/,
                                        const B&) {
    return {};
  }
  /// Fills the ids of the result. Returns the rows whose lists held too few rows.
  static std::vector<Index> find(const ListQuestion& q, const B& /*backend*/, Neighbors& result) {
    return ListSearch<FastestPanels>(q.rows, q.probes, q.lists, q.rows_at_once, q.settings, q.workers)
        .run(result);
  }
};

}  // namespace shoal
