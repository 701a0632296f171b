// How long work tells its caller where it stands, and is told to stop. The library never prints.
#pragma once

#include <functional>
#include <string_view>

#include <shoal/core/config.hpp>

namespace shoal {

/// A moment of long work.
struct Progress {
  std::string_view phase = {};   ///< what is being done: "neighbors", "k-means", "heads"
  Index done = 0;                ///< units done: row blocks, iterations or steps
  Index total = 0;               ///< units in all; 0 when that can't be known
  double objective = 0;          ///< the latest loss or objective; NaN where there is none
  std::string_view detail = {};  ///< one short remark, such as the guards of a training; may be empty
};

/// Called from the caller's own thread between units of work; return false to stop. Work that is stopped ends
/// at the next safe point with what it has (results say why they stopped). An empty hook is never called.
using Hook = std::function<bool(const Progress&)>;

/// Calls the hook if there is one; true means go on.
inline bool report(const Hook& hook, const Progress& progress) { return !hook || hook(progress); }

}  // namespace shoal
