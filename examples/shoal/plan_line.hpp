// The plan of a run, printed in one line before it starts.
#pragma once

#include "machine.hpp"

#include <string>

#include <shoal/io/row_source.hpp>

/// The plan of a run. Fields that are 0 or empty are not printed.
struct WorkPlan {
  std::string work;       ///< "into 24 clusters by k-means"
  double products = 0;    ///< upper bound on multiply-adds of features
  std::size_t bytes = 0;  ///< memory beyond the features
  double seconds = 0;     ///< approximate upper bound
  std::string advice;     ///< what to change if it takes hours
};

/// Prints the plan as one line.
void print_plan(shoal::AnyRows rows, const WorkPlan& plan, const Machine& machine);
