// What a run is about to do, told in one line before it starts.
#pragma once

#include "machine.hpp"

#include <string>

#include <shoal/io/row_source.hpp>

/// Work before it starts. What is 0 or empty is not told.
struct WorkPlan {
  std::string work;       ///< "into 24 clusters by k-means"
  double products = 0;    ///< multiplications and additions of features, at most
  std::size_t bytes = 0;  ///< of memory beyond the features
  double seconds = 0;     ///< about, at most
  std::string advice;     ///< what to change where it takes hours
};

/// Prints the plan as one line.
void print_plan(shoal::AnyRows rows, const WorkPlan& plan, const Machine& machine);
