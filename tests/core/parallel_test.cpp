#include <atomic>
#include <numeric>
#include <stdexcept>

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
