#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/core/waitable.hpp>

using namespace shoal;

namespace {

/// Two threads hand a number back and forth: each waits until the other has changed it.
template <template <class> class W> int handed(int times) {
  W<int> number{0};
  std::thread other([&] {
    for (int i = 0; i < times; ++i) {
      for (int now = number; now % 2 == 0; now = number) number.wait(now);
      number.fetch_add(1);
      number.notify_all();
    }
  });
  for (int i = 0; i < times; ++i) {
    number.fetch_add(1);
    number.notify_all();
    for (int now = number; now % 2 == 1; now = number) number.wait(now);
  }
  other.join();
  return number;
}

}  // namespace

TEST_CASE("no notification is lost between a look at the number and the wait") {
  CHECK(handed<LockedWaitable>(500) == 1'000);
  CHECK(handed<Waitable>(500) == 1'000);
}

TEST_CASE("all that wait are woken, and what has changed is not waited for") {
  LockedWaitable<unsigned> round{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) threads.emplace_back([&] { round.wait(0); });
  round = 1;
  round.notify_all();
  for (std::thread& thread : threads) thread.join();
  round.wait(0);
  CHECK(round == 1);
}
