// What the tests over ranks share: rows cut into shards.
#pragma once

#include <algorithm>
#include <kmeans/support.hpp>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/backend/ranks.hpp>
#include <shoal/io/row_source.hpp>
#include <shoal/mpi/communicator.hpp>

namespace mpi_test {

using namespace shoal;
using kmeans_test::blobs;

inline const Cpu one_thread({.threads = 1});

/// Where each rank's rows begin.
struct Cut {
  std::string name;
  std::vector<Index> starts;  // [ranks + 1]

  [[nodiscard]] Index first(int rank) const { return starts[static_cast<std::size_t>(rank)]; }
  [[nodiscard]] Index rows(int rank) const { return first(rank + 1) - first(rank); }
};

/// n rows in even parts; with most rows on the last rank; and with none on all ranks but every third.
inline std::vector<Cut> cuts(Index n, int ranks) {
  Cut even{"even", {}}, uneven{"uneven", {}}, gaps{"with empty shards", {}};
  const Index bearing = (ranks + 2) / 3;
  for (int r = 0; r <= ranks; ++r) {
    even.starts.push_back(n * r / ranks);
    uneven.starts.push_back(r == ranks ? n : std::min<Index>(n, 7 * r + r * r));
    gaps.starts.push_back(std::min(n, n * ((r + 2) / 3) / bearing));
  }
  gaps.starts.back() = n;
  return {even, uneven, gaps};
}

/// Those of the rows that are this rank's.
inline MatrixView<const float> part(const Matrix<float>& rows, const Cut& cut, int rank) {
  return rows.view().block(cut.first(rank), cut.rows(rank));
}
template <class T> std::span<const T> part(const std::vector<T>& values, const Cut& cut, int rank) {
  if (values.empty()) return {};
  return std::span(values).subspan(static_cast<std::size_t>(cut.first(rank)),
                                   static_cast<std::size_t>(cut.rows(rank)));
}

inline bool same_bytes(MatrixView<const float> a, MatrixView<const float> b) {
  if (a.rows != b.rows || a.cols != b.cols) return false;
  for (Index i = 0; i < a.rows; ++i)
    if (!std::equal(a.row(i), a.row(i) + a.cols, b.row(i))) return false;
  return true;
}

}  // namespace mpi_test
