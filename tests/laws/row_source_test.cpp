#include <doctest/doctest.h>

#include <shoal/laws/row_source.hpp>

using namespace shoal;

namespace {

/// Ten rows of three features, each value its place; wrong in one way.
struct Numbered {
  enum class Fault { none, order_of_gather, rim, last_row } fault = Fault::none;

  [[nodiscard]] Index rows() const { return 10; }
  [[nodiscard]] Index cols() const { return 3; }
  void read(Index first, MatrixView<float> out) const {
    for (Index i = 0; i < out.rows; ++i) fill(first + i, out.row(i));
    if (fault == Fault::last_row && out.rows == 10) out.row(9)[0] = -1;
  }
  void gather(std::span<const Index> ids, MatrixView<float> out) const {
    for (Index i = 0; i < out.rows; ++i)
      fill(ids[static_cast<std::size_t>(fault == Fault::order_of_gather ? out.rows - 1 - i : i)], out.row(i));
  }
  void will_need(Index, Index) const {}

 private:
  void fill(Index id, float* row) const {
    for (Index j = 0; j < 3 + (fault == Fault::rim); ++j) row[j] = static_cast<float>(3 * id + j);
  }
};

}  // namespace

TEST_CASE("a source that reads rows in two ways, or beside its rows, breaks the laws") {
  laws::row_source(Numbered{});
  for (const auto fault : {Numbered::Fault::order_of_gather, Numbered::Fault::rim, Numbered::Fault::last_row})
    CHECK_THROWS_WITH_AS(laws::row_source(Numbered{fault}), doctest::Contains("row_source.hpp"), error);
}
