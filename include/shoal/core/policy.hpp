// Policies of a training (objectives, balancers), which have a name and named parameters.
#pragma once

#include <string_view>
#include <type_traits>

#include <shoal/core/config.hpp>

namespace shoal {

/// A visitor of fields that does nothing, with which the concept below is checked.
struct AnyField {
  template <class T> void operator()(const char*, const T&) const {}
};

/// A small value that a training is composed of: an objective or a balancer. It has
///   static constexpr const char* name        unique among the policies of a program
///   void fields(visit) const                 calls visit("parameter", value) for each of its parameters
///   void validate() const                    optional; throws for a parameter out of its range
/// A policy without parameters needs no fields(). A checkpoint is resumed only if the names and fields of its
/// policies are the same.
template <class P>
concept Policy = std::is_trivially_copyable_v<P> && requires {
  { P::name } -> std::convertible_to<std::string_view>;
} &&(std::is_empty_v<P> || requires(const P policy) { policy.fields(AnyField{}); });

/// Throws if a parameter of the policy is out of its range.
template <Policy P> void validate_policy(const P& policy) {
  if constexpr (requires { policy.validate(); }) policy.validate();
}

/// Calls visit(name, value) for each parameter of a policy.
template <Policy P, class Visit> void each_field(const P& policy, Visit&& visit) {
  if constexpr (!std::is_empty_v<P>) policy.fields(visit);
}

}  // namespace shoal
