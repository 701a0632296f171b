#include "support/child.hpp"
#include "support/refused.hpp"

#include <atomic>
#include <new>
#include <numeric>
#include <stdexcept>
#if !defined(_WIN32)
#include <sys/resource.h>
#endif

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>

using namespace shoal;

TEST_CASE("each task runs once, whatever the number of threads") {
  for (const int threads : {1, 2, 7}) {
    const Cpu cpu(CpuSettings{.threads = threads});
    CHECK(cpu.threads() == threads);
    std::vector<std::atomic<int>> calls(1000);
    for (int round = 0; round < 50; ++round)
      cpu.each_task(1000, [&](Index i, int worker) {
        CHECK_UNARY(worker >= 0 && worker < threads);
        ++calls[static_cast<std::size_t>(i)];
      });
    for (const auto& c : calls) CHECK(c == 50);
  }
}

TEST_CASE("of many short runs none is joined by a thread that wakes when it is over") {
  const Cpu cpu(CpuSettings{.threads = 7});
  for (int round = 0; round < 20'000; ++round) {
    int calls[3] = {0, 0, 0};  // gone when the run is over
    std::atomic<int> held[7] = {};
    cpu.each_task(2 + round % 2, [&](Index i, int worker) {
      const int before = ++held[worker];
      calls[i] += before;
      --held[worker];
    });
    CHECK_UNARY(calls[0] == 1 && calls[1] == 1 && calls[2] == round % 2);
  }
}

TEST_CASE("no tasks, one task and nested calls") {
  const Cpu cpu(CpuSettings{.threads = 3});
  cpu.each_task(0, [](Index, int) { FAIL("no task to run"); });
  std::atomic<int> calls = 0;
  cpu.each_task(4, [&](Index, int) { cpu.each_task(5, [&](Index, int) { ++calls; }); });
  CHECK(calls == 20);
}

TEST_CASE("the exception of the lowest failing task reaches the caller, and the pool lives on") {
  const Cpu cpu(CpuSettings{.threads = 2});
  for (int round = 0; round < 20; ++round)
    CHECK_THROWS_WITH_AS(cpu.each_task(100,
                                       [](Index i, int) {
                                         if (i >= 3) throw std::runtime_error(i == 3 ? "3" : "later");
                                       }),
                         "3", std::runtime_error);
  std::atomic<int> calls = 0;
  cpu.each_task(10, [&](Index, int) { ++calls; });
  CHECK(calls == 10);
}

TEST_CASE("a reduction merges in block order: the same bits for 1, 2 and 7 threads") {
  const auto total = [](int threads) {
    const Cpu cpu(CpuSettings{.threads = threads});
    return Workers(cpu).reduce_blocks(
        100003, 64, 0.f,
        [](Block b) {
          float s = 0;
          for (Index i = b.first; i < b.first + b.count; ++i) s += 1.f / static_cast<float>(i + 1);
          return s;
        },
        [](float& sum, float part) { sum += part; });
  };
  CHECK(total(1) == total(2));
  CHECK(total(1) == total(7));
}

#if !defined(_WIN32)  // limits and forks are POSIX's
TEST_CASE("threads that can't be started are done without: the same work by those there are") {
  const auto sum = [](const Cpu& cpu) {
    return Workers(cpu).reduce_blocks(
        5000, 64, Index{0}, [](Block b) { return b.first * b.count; },
        [](Index& all, Index part) { all += part; });
  };
  const Index expected = sum(Cpu({.threads = 1}));
  CHECK(sum(Cpu({.threads = 300})) == expected);
  if (test::sanitized) return;
  const int status = test::in_child([&] {
    const rlimit room{std::size_t{1} << 28, std::size_t{1} << 28};  // some thirty stacks
    if (::setrlimit(RLIMIT_AS, &room) != 0) return 1;
    const Cpu cpu({.threads = 20000});
    if (cpu.threads() < 1 || cpu.threads() > 1000) return 2;
    return sum(cpu) == expected ? 0 : 3;
  });
  CHECK(status == 0);
}

TEST_CASE("a forked child that uses its parent's threads is told so, and may have its own") {
  const Cpu cpu({.threads = 3});
  cpu.each_task(10, [](Index, int) {});
  const int status = test::in_child([&] {
    const Cpu copy = cpu;  // its end, with the child's, must not wait for threads that aren't there
    int alone = 0;
    copy.each_task(1, [&](Index, int) { ++alone; });
    if (alone != 1) return 1;
    try {
      copy.each_task(10, [](Index, int) {});
      return 2;
    } catch (const error& e) {
      if (e.code() != Errc::invalid_argument || std::string(e.what()).find("fork") == std::string::npos)
        return 3;
    }
    std::atomic<int> calls = 0;
    Cpu({.threads = 2}).each_task(10, [&](Index, int) { ++calls; });
    return calls == 10 ? 0 : 4;
  });
  CHECK(status == 0);

  const int ended = test::in_child([] {
    auto* pool = new Pool(3);
    const int inner = test::in_child([&] {
      delete pool;  // by a child that has none of its threads
      return 0;
    });
    delete pool;
    return inner;
  });
  CHECK(ended == 0);
}
#endif

TEST_CASE("memory that runs out in a task is an error of shoal") {
  for (const int threads : {1, 3}) {
    const Cpu cpu({.threads = threads});
    test::refused(Errc::too_large, "memory",
                  [&] { cpu.each_task(50, [](Index, int) { throw std::bad_alloc(); }); });
    test::refused(Errc::too_large, "bytes", [&] {
      cpu.each_task(50, [](Index, int) { (void)Matrix<float>(Index{1} << 30, Index{1} << 30); });
    });
  }
}
