// What the laws on a device share: each is printed, and failures are counted.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include <shoal/core/config.hpp>

namespace device {

using shoal::Index;

inline int failures = 0;

inline void require(bool ok, const std::string& what, Index size) {
  std::printf("%-6s %s, %lld\n", ok ? "ok" : "FAILED", what.c_str(), static_cast<long long>(size));
  failures += ok ? 0 : 1;
}

inline bool near(double a, double b, double share) {
  return std::abs(a - b) <= share * std::max(std::abs(a), std::abs(b));
}

template <class T> double share_equal(const std::vector<T>& a, const std::vector<T>& b) {
  double same = 0;
  for (std::size_t i = 0; i < a.size(); ++i) same += a[i] == b[i] ? 1 : 0;
  return same / static_cast<double>(a.size());
}

}  // namespace device
