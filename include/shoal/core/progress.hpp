// How long-running work reports its progress to its caller, who may stop it. The library never prints.
#pragma once

#include <functional>
#include <string_view>
#include <utility>

#include <shoal/core/config.hpp>

namespace shoal {

/// The state of long-running work at one moment.
struct Progress {
  std::string_view phase = {};   ///< what is being done: "neighbors", "k-means", "heads"
  Index done = 0;                ///< units done: row blocks, iterations or steps
  Index total = 0;               ///< units in all; 0 when that can't be known
  double objective = 0;          ///< the latest loss or objective; NaN where there is none
  std::string_view detail = {};  ///< one short remark, such as how many clusters are occupied; may be empty
  double part = 0;               ///< share done of the unit under way, in [0, 1)
  Index moved = 0;               ///< items that the last unit changed: rows that k-means gave another cluster
  double spared = 0;             ///< share of the last unit's work that was not needed; 0 if it did all of it
};

/// A function that is called on the caller's own thread between units of work; it returns false to stop. Work
/// that is stopped ends at the next safe point and returns what it has; the result says why it stopped. An
/// empty hook is never called.
using Hook = std::function<bool(const Progress&)>;

/// Calls the hook if there is one. True means that work goes on.
inline bool report(const Hook& hook, const Progress& progress) { return !hook || hook(progress); }

/// Tells a hook how far the unit of work under way has come, where units are long: whoever walks over rows in
/// it calls pass(). A wish to stop is kept until the unit ends.
class UnitProgress {
 public:
  /// Whether any of those who share the work stops, asked by all of them between units with their own wish.
  using AnyStops = std::function<bool(bool stops)>;

  /// The hook must outlive it. `any_stops` is empty where the work is not shared.
  explicit UnitProgress(const Hook& hook, AnyStops any_stops = {})
      : hook_(&hook), any_stops_(std::move(any_stops)) {}

  /// Reports that `now.done` units are done and that the next begins. False where work is to stop.
  bool begin(const Progress& now) {
    now_ = now;
    tell();
    if (any_stops_) stopped_ = any_stops_(stopped_);
    return !stopped_;
  }
  /// Reports that a pass over `all` rows in this unit has done `rows` of them. Of several passes in one unit
  /// only what goes beyond those before is told.
  void pass(Index rows, Index all) {
    const double part = static_cast<double>(rows) / static_cast<double>(all);
    if (rows >= all || part <= now_.part) return;
    now_.part = part;
    tell();
  }
  /// Whether the hook has asked to stop.
  [[nodiscard]] bool stopped() const { return stopped_; }

 private:
  void tell() { stopped_ = !report(*hook_, now_) || stopped_; }

  const Hook* hook_;
  AnyStops any_stops_;
  Progress now_;
  bool stopped_ = false;
};

}  // namespace shoal
