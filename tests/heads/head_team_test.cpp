#include "support/thread_ranks.hpp"

#include <doctest/doctest.h>

#include <shoal/heads/head_team.hpp>

using namespace shoal;

TEST_CASE("ranks are divided among heads as evenly as possible, and one rank leads each team") {
  for (const Index heads : {1, 2, 5})
    for (const Index ranks : {5, 6, 9}) {
      std::vector<Index> members(static_cast<std::size_t>(heads), 0), leaders = members;
      for (Index rank = 0; rank < ranks; ++rank) {
        const auto head = static_cast<std::size_t>(HeadTeam::head_of(rank, heads, ranks));
        if (HeadTeam::leads(rank, heads, ranks)) {
          CHECK(members[head] == 0);
          ++leaders[head];
        }
        ++members[head];
      }
      CHECK(leaders == std::vector<Index>(leaders.size(), 1));
      CHECK(std::ranges::max(members) - std::ranges::min(members) <= 1);
    }
}

TEST_CASE("a team divides its work and exchanges it; the error of a rank of another team reaches all") {
  constexpr int ranks = 5, heads = 2;
  std::vector<std::vector<int>> done(ranks);
  CHECK_THROWS_WITH_AS(
      test::over_ranks(ranks,
                       [&](const test::ThreadRank& rank) {
                         const AnyCommunicator all(rank);
                         together(all, [&] {
                           const HeadTeam team(all, heads);
                           const int head = static_cast<int>(HeadTeam::head_of(rank.rank(), heads, ranks));
                           std::vector<int> work(7, -1);
                           const Block own = team.part(7, team.rank());
                           for (Index i = own.first; i < own.first + own.count; ++i)
                             work[static_cast<std::size_t>(i)] = 10 * head + static_cast<int>(i);
                           const auto exchange = [&] {
                             team.exchange<int>([&](Index other, const auto& f) {
                               const Block part = team.part(7, other);
                               f(std::span(work).subspan(static_cast<std::size_t>(part.first),
                                                         static_cast<std::size_t>(part.count)));
                             });
                           };
                           exchange();
                           done[static_cast<std::size_t>(rank.rank())] = work;
                           check(rank.rank() != 4, Errc::bad_data, "rank 4 fails");
                           exchange();
                         });
                       }),
      "rank 4 of 5: rank 4 fails", error);
  for (int rank = 0; rank < ranks; ++rank)
    for (int i = 0; i < 7; ++i)
      CHECK(done[static_cast<std::size_t>(rank)][static_cast<std::size_t>(i)] ==
            10 * static_cast<int>(HeadTeam::head_of(rank, heads, ranks)) + i);
}
