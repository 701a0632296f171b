// An object behind a pointer to its base class.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace shoal {

/// A Derived, made of the arguments, as a std::unique_ptr<Base>. Unlike a std::make_unique<Derived> that is
/// then converted, it spares the compiler a std::unique_ptr for each derived class.
template <class Base, class Derived, class... Args>
[[nodiscard]] std::unique_ptr<Base> make_owned(Args&&... args) {
  static_assert(std::has_virtual_destructor_v<Base>);
  return std::unique_ptr<Base>(new Derived(std::forward<Args>(args)...));
}

}  // namespace shoal
