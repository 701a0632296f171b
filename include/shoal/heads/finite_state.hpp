// Checks that the state of a training is finite.
#pragma once

#include <string>

#include <shoal/core/finite.hpp>
#include <shoal/heads/engine.hpp>

namespace shoal {

/// A description of what is not finite in a training, such as "the student's parameters of head 2", or an
/// empty text if everything is finite. O(parameters).
[[nodiscard]] inline std::string not_finite_part(const HeadState& state) {
  const auto first_bad = [](const float* values, Index count) {
    Index i = 0;
    while (i < count && is_finite(values[i])) ++i;
    return i;
  };
  const auto part = [&](const char* name, const Buffer<float>& values) {
    const auto count = static_cast<Index>(values.size());
    const Index bad = first_bad(values.data(), count);
    return bad == count ? std::string()
                        : std::string(name) + " of head " + std::to_string(state.shape.head_of(bad));
  };
  for (const auto& [name, values] : {std::pair("the student's parameters", &state.student),
                                     {"the teacher's parameters", &state.teacher},
                                     {"the optimizer's first moments", &state.first_moment},
                                     {"the optimizer's second moments", &state.second_moment}})
    if (std::string found = part(name, *values); !found.empty()) return found;
  const Index bad = first_bad(state.marginal.data(), state.marginal.size());
  if (bad == state.marginal.size()) return {};
  return "the running marginal of head " + std::to_string(bad / state.marginal.cols());
}

}  // namespace shoal
