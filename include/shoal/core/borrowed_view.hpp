// Views that are kept beyond the call that they are given in: settings, samplers and row sources hold these.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

#include <shoal/core/matrix.hpp>

namespace shoal {

/// Whether an S owns nothing of what it shows, so that it may end before the views made of it.
template <class S> inline constexpr bool is_view = false;
template <class T, std::size_t n> inline constexpr bool is_view<std::span<T, n>> = true;
template <class T> inline constexpr bool is_view<MatrixView<T>> = true;

/// A view that is kept, made of all that the view is made of but what would be gone when the statement ends:
/// a temporary that is no view itself. Whatever has a name is taken, and must outlive whoever keeps the view.
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
