// The laws of a communicator, to be checked by all of its ranks at once.
#pragma once

#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/backend/communicator.hpp>

namespace laws {

template <shoal::Communicator C> void obeys_communicator(const C& ranks) {
  using namespace shoal;
  const int p = ranks.size(), own = ranks.rank();
  REQUIRE((p >= 1 && own >= 0 && own < p));

  std::vector<std::int64_t> sums{own + 1, std::int64_t{1} << 60 >> p, -own};
  ranks.sum(sums);
  CHECK(sums ==
        std::vector<std::int64_t>{p * (p + 1) / 2, p * (std::int64_t{1} << 60 >> p), -p * (p - 1) / 2});
  ranks.sum({});

  std::vector<std::size_t> sizes;  // rank 0 has nothing to give
  for (int r = 0; r < p; ++r) sizes.push_back(static_cast<std::size_t>(3 * r));
  std::vector<std::byte> mine(sizes[static_cast<std::size_t>(own)], static_cast<std::byte>(own)), expected;
  for (int r = 0; r < p; ++r)
    expected.insert(expected.end(), sizes[static_cast<std::size_t>(r)], static_cast<std::byte>(r));
  std::vector<std::byte> all(expected.size());
  ranks.all_gather(mine, sizes, all);
  CHECK(all == expected);

  for (int root = 0; root < p; ++root) {
    std::vector<std::byte> value(100'000, static_cast<std::byte>(own == root ? 7 + root : 0));
    ranks.broadcast(value, root);
    CHECK(value == std::vector<std::byte>(100'000, static_cast<std::byte>(7 + root)));
  }

  // After p rounds what was sent comes back, whatever its length.
  for (const std::size_t size : {std::size_t{0}, std::size_t{5}, std::size_t{1'000'000}}) {
    std::vector<std::byte> travelling(size, static_cast<std::byte>(own)), next(size);
    int worked = 0;
    for (int round = 0; round < p; ++round) {
      ranks.ring(travelling, next, [&] { ++worked; });
      std::swap(travelling, next);
      CHECK(travelling ==
            std::vector<std::byte>(size, static_cast<std::byte>((own + 2 * p - round - 1) % p)));
    }
    CHECK(worked == p);
  }
  std::vector<std::byte> sent(1000, std::byte{1}), received(1000, std::byte{0});
  CHECK_THROWS_AS(ranks.ring(sent, received, [] { throw 5; }), int);
  CHECK(received == sent);  // and no rank was left waiting

  // What ranks agree on before each exchange.
  const AnyCommunicator any(ranks);
  CHECK_NOTHROW(any.meet());
  const std::vector<int> told(static_cast<std::size_t>(own % 2), own);
  std::vector<int> odd;
  for (int r = 1; r < p; r += 2) odd.push_back(r);
  CHECK(any.all_gather(std::span<const int>(told)) == odd);
  const int bad = p - 1;
  const auto work = [&] {  // the last rank fails in the middle of exchanges
    std::int64_t one = 1;
    any.sum({&one, 1});
    check(own != bad, Errc::bad_data, "work: row 5 is bad");
    any.sum({&one, 1});
    return one;
  };
  try {
    together(any, work);
    FAIL("no rank threw");
  } catch (const error& e) {
    CHECK(e.code() == Errc::bad_data);
    CHECK(std::string(e.what()) ==
          (p == 1 ? "" : "rank " + std::to_string(bad) + " of " + std::to_string(p) + ": ") +
              "work: row 5 is bad");
  }
  const auto late = [&] { check(own != bad, Errc::too_large, "late"); };  // after all others are done
  CHECK_THROWS_AS(together(any, late), error);
  const auto alike = [] { fail(Errc::invalid_argument, "clusters (0)"); };
  CHECK_THROWS_WITH_AS(together(any, alike), "clusters (0)", error);
  CHECK(together(any, [&] { return 3; }) == 3);
}

}  // namespace laws
