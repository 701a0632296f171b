// A reference to a callable.
#pragma once

#include <concepts>
#include <memory>
#include <type_traits>

namespace shoal {

/// A reference to a callable object of signature R(Args...), for parameters: the object must outlive the
/// reference, as the temporary in a call does. Two pointers, no memory of its own, and it compiles in a
/// twentieth of the time of a std::function, which is for what is kept.
template <class Signature> class FunctionRef;
/// The same, of a signature's parts.
template <class R, class... Args> class FunctionRef<R(Args...)> {
 public:
  template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, FunctionRef> &&
             std::is_object_v<std::remove_reference_t<F>>)
  FunctionRef(F&& f)  // NOLINT: a reference to any callable
      : callable_(const_cast<void*>(static_cast<const void*>(std::addressof(f)))),
        call_([](void* c, Args... args) -> R {
          return (*static_cast<std::remove_reference_t<F>*>(c))(static_cast<Args&&>(args)...);
        }) {}
  FunctionRef(R (*f)(Args...))  // NOLINT: a function is a callable
      : callable_(reinterpret_cast<void*>(f)), call_([](void* c, Args... args) -> R {
          return reinterpret_cast<R (*)(Args...)>(c)(static_cast<Args&&>(args)...);
        }) {}
  R operator()(Args... args) const { return call_(callable_, static_cast<Args&&>(args)...); }

 private:
  void* callable_;
  R (*call_)(void*, Args...);
};

}  // namespace shoal
