#include "support/refused.hpp"

#include <atomic>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/reporting_workers.hpp>

using namespace shoal;

static_assert(TaskRunner<ReportingWorkers>);

TEST_CASE("each task that ran on the caller's thread is reported, and all tasks run once") {
  for (const int threads : {1, 2, 7}) {
    const Cpu cpu({.threads = threads, .memory = 123});
    std::vector<Progress> told;
    bool elsewhere = false;
    const Hook hook = [&, caller = std::this_thread::get_id()](const Progress& now) {
      elsewhere = elsewhere || std::this_thread::get_id() != caller;
      told.push_back(now);
      return true;
    };
    ReportingWorkers workers("test", cpu, hook);
    CHECK((workers.threads() == threads && workers.memory() == 123));
    for (const Index units : {0, 1, 3}) {
      told.clear();
      workers.begin({.phase = "walk", .done = 10, .total = 100}, units);
      REQUIRE(told.size() == 1);
      CHECK(told[0].done == 10);
      std::atomic<Index> ran{0};
      std::vector<std::atomic<int>> times(200);
      std::atomic<Index> own{0};
      Workers(workers).each_task(200, [&, caller = std::this_thread::get_id()](Index task, int) {
        ++times[static_cast<std::size_t>(task)];
        ++ran;
        if (std::this_thread::get_id() == caller) ++own;
      });
      CHECK(ran == 200);
      for (const auto& n : times) REQUIRE_UNARY(n == 1);
      CHECK(std::ssize(told) == own + 1);
      for (std::size_t k = 1; k < told.size(); ++k) {
        CHECK((told[k].phase == "walk" && told[k].total == 100));
        CHECK(told[k].done >= told[k - 1].done);
        CHECK((told[k].done - 10 <= 200 * units && (units == 0 || (told[k].done - 10) % units == 0)));
      }
      if (threads == 1) CHECK(told.back().done == 10 + 200 * units);
    }
    CHECK(!elsewhere);
  }
}

TEST_CASE("a hook that says stop ends the walk after the task, and its name is in the error") {
  const Cpu cpu({.threads = 1});
  Index ran = 0;
  const Hook hook = [&](const Progress& now) { return now.done < 5; };
  ReportingWorkers workers("walk_far", cpu, hook);
  workers.begin({.phase = "walk"}, 1);
  const auto walk = [&] { workers.each_task(50, [&](Index, int) { ++ran; }); };
  const error stopped = test::error_of(walk);
  CHECK(stopped.code() == Errc::stopped);
  CHECK(std::string(stopped.what()).starts_with("walk_far: "));
  CHECK(ran == 5);
  const Hook never = [](const Progress&) { return false; };
  ReportingWorkers refused("walk_far", cpu, never);
  CHECK(test::error_of([&] { refused.begin({}, 1); }).code() == Errc::stopped);
}

TEST_CASE("without a hook nothing is asked; tasks within tasks of other threads do not ask either") {
  const Cpu cpu({.threads = 3});
  const Hook none;
  ReportingWorkers silent("test", cpu, none);
  silent.begin({}, 1);
  std::atomic<Index> ran{0};
  silent.each_task(40, [&](Index, int) { silent.each_task(3, [&](Index, int) { ++ran; }); });
  CHECK(ran == 120);
  std::atomic<bool> elsewhere = false;
  const Hook hook = [&, caller = std::this_thread::get_id()](const Progress&) {
    if (std::this_thread::get_id() != caller) elsewhere = true;
    return true;
  };
  ReportingWorkers asking("test", cpu, hook);
  asking.each_task(40, [&](Index, int) { asking.each_task(3, [&](Index, int) { ++ran; }); });
  CHECK((ran == 240 && !elsewhere));
}
