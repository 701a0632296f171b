// The laws of a communicator, to be checked by all of its ranks at once.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <shoal/backend/communicator.hpp>
#include <shoal/laws/expect.hpp>

namespace shoal::laws {

namespace communicator_impl {

template <Communicator C> void sums_gathers_and_broadcasts(const C& ranks) {
  const int p = ranks.size(), own = ranks.rank();
  std::vector<std::int64_t> sums{own + 1, std::int64_t{1} << 60 >> p, -own};
  ranks.sum(sums);
  expect(sums ==
         std::vector<std::int64_t>{p * (p + 1) / 2, p * (std::int64_t{1} << 60 >> p), -p * (p - 1) / 2});
  ranks.sum({});

  std::vector<std::size_t> sizes;  // rank 0 contributes nothing
  for (int r = 0; r < p; ++r) sizes.push_back(static_cast<std::size_t>(3 * r));
  std::vector<std::byte> mine(sizes[static_cast<std::size_t>(own)], static_cast<std::byte>(own)), expected;
  for (int r = 0; r < p; ++r)
    expected.insert(expected.end(), sizes[static_cast<std::size_t>(r)], static_cast<std::byte>(r));
  std::vector<std::byte> all(expected.size());
  ranks.all_gather(mine, sizes, all);
  expect(all == expected);

  for (int root = 0; root < p; ++root) {
    std::vector<std::byte> value(100'000, static_cast<std::byte>(own == root ? 7 + root : 0));
    ranks.broadcast(value, root);
    expect(value == std::vector<std::byte>(100'000, static_cast<std::byte>(7 + root)));
  }
}

template <Communicator C> void passes_round(const C& ranks) {
  const int p = ranks.size(), own = ranks.rank();
  // After p rounds the data comes back, whatever its length.
  for (const std::size_t size : {std::size_t{0}, std::size_t{5}, std::size_t{1'000'000}}) {
    std::vector<std::byte> travelling(size, static_cast<std::byte>(own)), next(size);
    int worked = 0;
    for (int round = 0; round < p; ++round) {
      ranks.ring(travelling, next, [&] { ++worked; });
      std::swap(travelling, next);
      expect(travelling ==
             std::vector<std::byte>(size, static_cast<std::byte>((own + 2 * p - round - 1) % p)));
    }
    expect(worked == p);
  }
  std::vector<std::byte> sent(1000, std::byte{1}), received(1000, std::byte{0});
  expect_refused([&] { ranks.ring(sent, received, [] { fail(Errc::stopped, "the work fails"); }); });
  expect(received == sent);  // and no rank is left waiting
}

/// Ranks of the same parity are ranks of their own.
template <Communicator C> void divides(const C& ranks) {
  if constexpr (DivisibleCommunicator<C>) {
    const int p = ranks.size(), own = ranks.rank();
    const C part = ranks.split(own % 2);
    expect(part.rank() == own / 2 && part.size() == (p + 1 - own % 2) / 2);
    std::int64_t members = 0, sum = own;
    for (int r = own % 2; r < p; r += 2) members += r;
    part.sum({&sum, 1});
    expect(sum == members);
    const AnyCommunicator any = AnyCommunicator(ranks).split(own % 2);
    std::int64_t again = own;
    any.sum({&again, 1});
    expect(any.size() == part.size() && again == members);
  }
}

/// Checks what ranks agree on before each exchange.
template <Communicator C> void agrees_on_errors(const C& ranks) {
  const int p = ranks.size(), own = ranks.rank();
  const AnyCommunicator any(ranks);
  any.meet();
  const std::vector<int> told(static_cast<std::size_t>(own % 2), own);
  std::vector<int> odd;
  for (int r = 1; r < p; r += 2) odd.push_back(r);
  expect(any.all_gather(told) == odd);
  const int bad = p - 1;
  const auto work = [&] {  // the last rank fails in the middle of exchanges
    std::int64_t one = 1;
    any.sum({&one, 1});
    check(own != bad, Errc::bad_data, "work: row 5 is bad");
    any.sum({&one, 1});
    return one;
  };
  const auto expect_error = [](const auto& failing, Errc code, const std::string& message) {
    try {
      failing();
    } catch (const error& e) {
      return expect(e.code() == code && message == e.what());
    }
    expect(false);  // no error
  };
  const std::string rank = p == 1 ? "" : "rank " + std::to_string(bad) + " of " + std::to_string(p) + ": ";
  expect_error([&] { together(any, work); }, Errc::bad_data, rank + "work: row 5 is bad");
  const auto late = [&] { check(own != bad, Errc::too_large, "late"); };  // after all others are done
  expect_error([&] { together(any, late); }, Errc::too_large, rank + "late");
  const auto alike = [] { fail(Errc::invalid_argument, "clusters (0)"); };
  expect_error([&] { together(any, alike); }, Errc::invalid_argument, "clusters (0)");
  expect(together(any, [&] { return 3; }) == 3);
}

}  // namespace communicator_impl

/// Checks the laws of Communicator; to be called by all ranks. Throws error(invalid_argument) for a law that
/// does not hold; the ranks where it holds may then wait for those where it does not.
template <Communicator C> void obeys_communicator(const C& ranks) {
  expect(ranks.size() >= 1 && ranks.rank() >= 0 && ranks.rank() < ranks.size());
  communicator_impl::sums_gathers_and_broadcasts(ranks);
  communicator_impl::passes_round(ranks);
  communicator_impl::divides(ranks);
  communicator_impl::agrees_on_errors(ranks);
}

}  // namespace shoal::laws
