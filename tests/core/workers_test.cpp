#include "support/refused.hpp"

#include <atomic>
#include <numeric>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/check.hpp>
#include <shoal/core/workers.hpp>

using namespace shoal;

namespace {

/// A runner as unlike a pool as the concept allows: the last task first, and worker ids that jump.
struct Backwards {
  [[nodiscard]] int threads() const { return 3; }
  [[nodiscard]] std::size_t memory() const { return 77; }
  template <class F> void each_task(Index tasks, F&& f) const {
    for (Index task = tasks; task-- > 0;) f(task, static_cast<int>(task * 2 % 3));
  }
};
static_assert(TaskRunner<Backwards> && TaskRunner<Cpu> && TaskRunner<Workers>);
static_assert(!TaskRunner<int>);

void covers(Workers workers, Index n, Index size) {
  std::vector<std::atomic<int>> seen(static_cast<std::size_t>(n)), rows(static_cast<std::size_t>(n));
  std::atomic<int> outside = 0;
  workers.each_block(n, size, [&](Block b, int worker) {
    if (worker < 0 || worker >= workers.threads() || b.count < 1 || b.count > size) ++outside;
    for (Index i = b.first; i < b.first + b.count; ++i) ++seen[static_cast<std::size_t>(i)];
  });
  workers.each_row(n, [&](Index i) { ++rows[static_cast<std::size_t>(i)]; });
  CHECK(outside == 0);
  for (const auto& times : seen) CHECK_UNARY(times == 1);
  for (const auto& times : rows) CHECK_UNARY(times == 1);
}

/// A number that depends on the order of what is merged.
std::uint64_t digest(Workers workers) {
  return workers.reduce_blocks(
      1000, 7, std::uint64_t{1}, [](Block b) { return static_cast<std::uint64_t>(b.first * 31 + b.count); },
      [](std::uint64_t& all, std::uint64_t part) { all = all * 6364136223846793005u + part; });
}

}  // namespace

TEST_CASE("each row is walked once, by blocks of any size, with any runner") {
  const Cpu one({.threads = 1}), seven({.threads = 7});
  for (const Index n : {0, 1, 5, 1023, 1024, 1025, 3000})
    for (const Index size : {1, 7, 1024, 100000}) {
      covers(one, n, size);
      covers(seven, n, size);
      covers(Backwards{}, n, size);
    }
}

TEST_CASE("a reduction folds from the left in the order of blocks, whoever runs them") {
  std::uint64_t expected = 1;
  for (Index first = 0; first < 1000; first += 7)
    expected = expected * 6364136223846793005u +
               static_cast<std::uint64_t>(first * 31 + std::min<Index>(7, 1000 - first));
  CHECK(digest(Backwards{}) == expected);
  for (const int threads : {1, 2, 7}) CHECK(digest(Cpu({.threads = threads})) == expected);
  CHECK(Workers(Backwards{})
            .reduce_blocks(
                0, 7, 5, [](Block) { return 1; }, [](int& a, int b) { a += b; }) == 5);
}

TEST_CASE("it says what the runner says, and copies refer to the same runner") {
  const Backwards runner;
  const Workers workers(runner), copy = workers;
  CHECK(copy.threads() == 3);
  CHECK(copy.memory() == 77);
  std::vector<Index> order;
  copy.each_task(4, [&](Index task, int) { order.push_back(task); });
  CHECK(order == std::vector<Index>{3, 2, 1, 0});
}

TEST_CASE("what a task throws reaches the caller") {
  const Cpu cpu({.threads = 3});
  const auto fails_at = [](Workers workers, Index row) {
    workers.each_row(5000, [&](Index i) { check(i != row, Errc::bad_data, "row ", i, " is bad"); });
  };
  test::refused(Errc::bad_data, "row 4321 is bad", [&] { fails_at(cpu, 4321); });
  test::refused(Errc::bad_data, "row 0 is bad", [&] { fails_at(Backwards{}, 0); });
  covers(cpu, 100, 3);  // it goes on
}
