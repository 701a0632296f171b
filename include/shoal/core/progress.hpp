// How long-running work reports its progress to its caller, who may stop it. The library never prints.
#pragma once

#include <functional>
#include <string_view>

#include <shoal/core/config.hpp>

namespace shoal {

/// The state of long-running work at one moment.
struct Progress {
  std::string_view phase = {};   ///< what is being done: "neighbors", "k-means", "heads"
  Index done = 0;                ///< units done: row blocks, iterations or steps
  Index total = 0;               ///< units in all; 0 when that can't be known
  double objective = 0;          ///< the latest loss or objective; NaN where there is none
  std::string_view detail = {};  ///< one short remark, such as how many clusters are occupied; may be empty
};

/// A function that is called on the caller's own thread between units of work; it returns false to stop. Work
/// that is stopped ends at the next safe point and returns what it has; the result says why it stopped. An
/// empty hook is never called.
using Hook = std::function<bool(const Progress&)>;

/// Calls the hook if there is one. True means that work goes on.
inline bool report(const Hook& hook, const Progress& progress) { return !hook || hook(progress); }

}  // namespace shoal
