// What every policy of a training says about itself: a name, and its parameters by name.
#pragma once

#include <string_view>
#include <type_traits>

#include <shoal/core/config.hpp>

namespace shoal {

/// A visitor of fields that does nothing: the probe of the concept below.
struct AnyField {
  template <class T> void operator()(const char*, const T&) const {}
};

/// A small value that a training is composed of: an objective, a balancer. It has
///   static constexpr const char* name        unique among the policies of a program
///   void fields(visit) const                 calls visit("parameter", value) for each of its parameters
///   void validate() const                    optional; throws for a parameter out of its range
/// A policy without parameters needs no fields(). Name and fields tell trainings apart: a checkpoint is
/// resumed only where they are the same.
template <class P>
concept Policy = std::is_trivially_copyable_v<P> && requires {
  { P::name } -> std::convertible_to<std::string_view>;
} &&(std::is_empty_v<P> || requires(const P policy) { policy.fields(AnyField{}); });

/// Throws where a policy has a parameter out of its range.
template <Policy P> void validate_policy(const P& policy) {
  if constexpr (requires { policy.validate(); }) policy.validate();
}

/// visit(name, value) for each parameter of a policy.
template <Policy P, class Visit> void each_field(const P& policy, Visit&& visit) {
  if constexpr (!std::is_empty_v<P>) policy.fields(visit);
}

}  // namespace shoal
