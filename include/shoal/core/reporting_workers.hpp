// Workers that tell a hook how far their tasks have come, for walks too long to wait for.
#pragma once

#include <atomic>
#include <thread>

#include <shoal/core/check.hpp>
#include <shoal/core/progress.hpp>
#include <shoal/core/workers.hpp>

namespace shoal {

/// Workers that report to a hook, and end the work if it asks to stop, after each task that ran on the thread
/// that made them. Every backend of shoal runs some tasks of each walk there. No other thread waits for the
/// hook, and the results of tasks are those that the workers below would give. The workers' backend and the
/// hook must outlive it.
class ReportingWorkers {
 public:
  /// `function` is named by the error if the hook asks to stop.
  ReportingWorkers(const char* function, Workers workers, const Hook& hook)
      : function_(function), workers_(workers), hook_(hook) {}

  /// Reports `now`. Reports of the next walks add `units` to now.done for each task done.
  void begin(const Progress& now, Index units) {
    now_ = now;
    units_ = units;
    report_done(0);
  }

  [[nodiscard]] int threads() const { return workers_.threads(); }
  [[nodiscard]] std::size_t memory() const { return workers_.memory(); }

  /// Calls f(task, worker) as Workers does. Throws stopped if the hook asks to stop; no task is started then.
  template <class F> void each_task(Index tasks, F&& f) const {
    std::atomic<Index> done{0};
    workers_.each_task(tasks, [&](Index task, int worker) {
      f(task, worker);
      const Index now = done.fetch_add(1, std::memory_order_relaxed) + 1;
      if (std::this_thread::get_id() == owner_) report_done(now);
    });
  }

 private:
  void report_done(Index tasks) const {
    Progress now = now_;
    now.done += tasks * units_;
    check(report(hook_, now), Errc::stopped, function_,
          ": stopped by the hook; what is done of it is of no use");
  }

  const char* function_;
  Workers workers_;
  const Hook& hook_;
  std::thread::id owner_ = std::this_thread::get_id();
  Progress now_;
  Index units_ = 0;
};

}  // namespace shoal
