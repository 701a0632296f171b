// The median of a sample.
#pragma once

#include <algorithm>
#include <vector>

/// Returns the median, or the mean of the two middle values if their number is even; 0 if there are none.
inline double median(std::vector<float> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + std::ssize(values) / 2;
  std::ranges::nth_element(values, middle);
  const float below = values.size() % 2 == 1 ? *middle : *std::max_element(values.begin(), middle);
  return (static_cast<double>(*middle) + static_cast<double>(below)) / 2;
}
