// Views that outlive the call that receives them: settings, samplers and row sources hold these.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

#include <shoal/core/matrix.hpp>

namespace shoal {

/// Whether an S owns none of its elements, so that it may be destroyed before the views that are made from
/// it.
template <class S> inline constexpr bool is_view = false;
template <class T, std::size_t n> inline constexpr bool is_view<std::span<T, n>> = true;
template <class T> inline constexpr bool is_view<MatrixView<T>> = true;

/// A View that may be stored. It converts from whatever View converts from, except from a temporary that owns
/// its elements, which would be gone at the end of the statement. Named objects are accepted, and must
/// outlive the object that stores the view.
template <class View> class BorrowedView : public View {
 public:
  BorrowedView() = default;
  template <std::convertible_to<View> S>
    requires(std::is_lvalue_reference_v<S> || is_view<std::remove_cv_t<S>>)
  BorrowedView(S&& source)  // NOLINT: as the view is
      : View(std::forward<S>(source)) {}
};
template <class View> inline constexpr bool is_view<BorrowedView<View>> = true;

}  // namespace shoal
