#include <array>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/core/borrowed_view.hpp>

using namespace shoal;

namespace {
using Floats = BorrowedView<std::span<const float>>;
using Cells = BorrowedView<MatrixView<const float>>;
template <class To, class From>
constexpr bool takes = std::convertible_to<From, To>&& std::assignable_from<To&, From>;
}  // namespace

// What has a name, and views by any name or none.
static_assert(takes<Floats, std::vector<float>&> && takes<Floats, const std::vector<float>&>);
static_assert(takes<Floats, std::span<const float>> && takes<Floats, std::span<float>> &&
              takes<Floats, Floats>);
static_assert(takes<Cells, Matrix<float>&> && takes<Cells, const Matrix<float>&>);
static_assert(takes<Cells, MatrixView<const float>> && takes<Cells, MatrixView<float>> &&
              takes<Cells, Cells>);
// What would be gone.
static_assert(!takes<Floats, std::vector<float>> && !takes<Floats, const std::vector<float>>);
static_assert(!takes<Floats, std::array<float, 3>>);
static_assert(!takes<Cells, Matrix<float>> && !takes<Cells, const Matrix<float>>);
// What the view is not made of.
static_assert(!takes<Floats, std::vector<double>&> && !takes<Cells, Matrix<double>&> &&
              !takes<Floats, std::string&>);

TEST_CASE("a kept view is the view, and stands wherever one is taken") {
  std::vector<float> values{1, 2, 3, 4};
  Floats kept = values;
  CHECK(kept.data() == values.data());
  CHECK(kept.size() == 4);
  CHECK(Floats().empty());
  kept = std::span<const float>(values).subspan(1);
  const std::span<const float> plain = kept;
  CHECK(plain.data() == values.data() + 1);

  Matrix<float> cells(2, 3, 5.f);
  Cells view = cells;
  const MatrixView<const float> base = view;
  CHECK(base.data == cells.data());
  CHECK(view(1, 2) == 5.f);
  view = cells.view().block(1, 1);
  CHECK(view.rows == 1);
  CHECK(Cells().data == nullptr);
}
