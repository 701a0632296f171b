#include <doctest/doctest.h>

#include <shoal/laws/backend.hpp>

using namespace shoal;

namespace {

/// Plain loops on the caller's thread; wrong in one way.
struct Plain {
  enum class Fault { none, adds, skips_a_task } fault = Fault::none;
  int workers = 1;

  [[nodiscard]] int threads() const { return workers; }
  [[nodiscard]] std::size_t memory() const { return 0; }
  void each_task(Index n, auto&& f) const {
    for (Index i = 0; i < n - (fault == Fault::skips_a_task); ++i) f(i, 0);
  }
  void product(Operand a, Operand b, MatrixView<float> c, Update update = Update::assign) const {
    const auto at = [](const Operand& m, Index i, Index j) {
      return m.transposed ? m.matrix.row(j)[i] : m.matrix.row(i)[j];
    };
    const Index depth = a.transposed ? a.matrix.rows : a.matrix.cols;
    for (Index i = 0; i < c.rows; ++i)
      for (Index j = 0; j < c.cols; ++j) {
        float sum = update == Update::add || fault == Fault::adds ? c.row(i)[j] : 0.f;
        for (Index k = 0; k < depth; ++k) sum += at(a, i, k) * at(b, k, j);
        c.row(i)[j] = sum;
      }
  }
};

}  // namespace

TEST_CASE("a backend that leaves out a task or adds to what it should overwrite breaks the laws") {
  const auto make = [](Plain::Fault fault) { return [fault](int threads) { return Plain{fault, threads}; }; };
  laws::obeys_backend(make(Plain::Fault::none));
  CHECK_THROWS_AS(laws::obeys_backend(make(Plain::Fault::adds)), error);
  CHECK_THROWS_AS(laws::obeys_backend(make(Plain::Fault::skips_a_task)), error);
}
