// Work outside Python's lock, which Ctrl-C ends and whose progress a callable hears of.
#pragma once

#include "arrays.hpp"

#include <exception>
#include <thread>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/progress.hpp>

/// What hears of the progress of a fit, and stops it: a callable (phase, done, total, objective), which may
/// return False to stop, and Ctrl-C. What the callable throws ends the work and is thrown from finish().
class PythonHook {
 public:
  explicit PythonHook(nb::object progress) : progress_(std::move(progress)) {}

  /// The hook for a fit, which calls it without Python's lock. This must outlive it.
  [[nodiscard]] shoal::Hook hook() {
    return [this, caller = std::this_thread::get_id()](const shoal::Progress& now) {
      if (stops_) return false;
      const nb::gil_scoped_acquire lock;
      if (std::this_thread::get_id() == caller && PyErr_CheckSignals() != 0) {
        PyErr_Clear();
        interrupted_ = stops_ = true;
      } else if (!progress_.is_none()) {
        call(now);
      }
      return !stops_;
    };
  }
  /// Throws what the callable has thrown; returns whether Ctrl-C ended the work.
  bool finish() {
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    return interrupted_;
  }
  [[nodiscard]] bool interrupted() const { return interrupted_; }

 private:
  void call(const shoal::Progress& now) {
    try {
      const nb::object answer =
          progress_(nb::str(now.phase.data(), now.phase.size()), now.done, now.total, now.objective);
      stops_ = answer.is(nb::handle(Py_False));
    } catch (const nb::python_error& e) {
      if (e.matches(PyExc_KeyboardInterrupt))  // Ctrl-C while the callable ran
        interrupted_ = true;
      else
        failure_ = std::current_exception();
      stops_ = true;
    } catch (...) {
      failure_ = std::current_exception();
      stops_ = true;
    }
  }

  nb::object progress_;
  std::exception_ptr failure_;
  bool stops_ = false, interrupted_ = false;
};

/// Returns work(hook) without Python's lock. Where the work was stopped before there was a result, Ctrl-C is
/// a KeyboardInterrupt, and what the callable has thrown is thrown.
template <class Work> auto unlocked(PythonHook& python, Work&& work) {
  try {
    auto result = [&] {
      const nb::gil_scoped_release free;
      return work(python.hook());
    }();
    python.finish();
    return result;
  } catch (const shoal::error& e) {
    if (e.code() == shoal::Errc::stopped && python.finish()) {
      PyErr_SetNone(PyExc_KeyboardInterrupt);
      throw nb::python_error();
    }
    throw;
  }
}

/// The processor, with some threads; 0 for all cores.
inline shoal::Cpu cpu_of(int threads) { return shoal::Cpu({.threads = threads}); }

void add_kmeans(nb::module_& m);
void add_heads(nb::module_& m);
void add_neighbors(nb::module_& m);
void add_metrics(nb::module_& m);
void add_hierarchy(nb::module_& m);
