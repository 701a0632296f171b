// The ranks that train one head together.
#pragma once

#include <algorithm>
#include <numeric>
#include <span>
#include <vector>

#include <shoal/backend/communicator.hpp>
#include <shoal/core/buffer.hpp>
#include <shoal/core/parallel.hpp>

namespace shoal {

/// Where there are more ranks than heads, the ranks are divided into as many teams, as evenly as possible.
/// The ranks of a team compute different rows of a step, exchange them, and update different parameters of
/// their head, each of which one rank computes from all rows as one process does. All teams make the same
/// exchanges at the same time, so that an error of one rank reaches all.
class HeadTeam {
 public:
  /// The communicator must be divisible, outlive the team, and have at least as many ranks as there are
  /// heads. An exchange.
  HeadTeam(const AnyCommunicator& ranks, Index heads)
      : all_(ranks), team_(ranks.split(static_cast<int>(head_of(ranks.rank(), heads, ranks.size())))) {}

  /// The head of a rank, and whether it is the first one of that head.
  static Index head_of(Index rank, Index heads, Index ranks) { return rank * heads / ranks; }
  static bool leads(Index rank, Index heads, Index ranks) {
    return rank == 0 || head_of(rank - 1, heads, ranks) != head_of(rank, heads, ranks);
  }

  [[nodiscard]] int rank() const { return team_.rank(); }
  [[nodiscard]] int size() const { return team_.size(); }
  /// The part of `count` units of work that a rank of the team does.
  [[nodiscard]] Block part(Index count, Index rank) const {
    const Index first = count * rank / size();
    return {rank, first, count * (rank + 1) / size() - first};
  }

  /// Exchanges what the ranks of the team have computed: each(rank, f) calls f(span of T) for all places of
  /// what that rank computes, in some fixed order.
  template <class T, class Each> void exchange(const Each& each) const {
    own_.clear();
    sizes_.assign(static_cast<std::size_t>(size()), 0);
    for (int rank = 0; rank < size(); ++rank)
      each(rank, [&](std::span<T> values) {
        const auto bytes = std::as_bytes(values);
        sizes_[static_cast<std::size_t>(rank)] += bytes.size();
        if (rank == team_.rank()) own_.append(bytes.data(), bytes.data() + bytes.size());
      });
    gathered_.resize(std::accumulate(sizes_.begin(), sizes_.end(), std::size_t{0}));
    all_.meet();
    team_.all_gather_known(own_, sizes_, gathered_);
    const std::byte* next = gathered_.data();
    for (int rank = 0; rank < size(); ++rank)
      each(rank, [&](std::span<T> values) {
        const auto bytes = std::as_writable_bytes(values);
        if (rank != team_.rank()) std::copy_n(next, bytes.size(), bytes.begin());
        next += bytes.size();
      });
  }

 private:
  const AnyCommunicator& all_;
  AnyCommunicator team_;
  mutable Buffer<std::byte> own_, gathered_;  // kept, since exchanges of the same sizes follow
  mutable std::vector<std::size_t> sizes_;
};

}  // namespace shoal
