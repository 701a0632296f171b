#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/laws/backend.hpp>

using namespace shoal;

namespace {

/// AnyBackend owns nothing: the law's maker needs something that owns the backend behind it.
struct Referred {
  Cpu cpu;
  [[nodiscard]] int threads() const { return AnyBackend(cpu).threads(); }
  [[nodiscard]] std::size_t memory() const { return AnyBackend(cpu).memory(); }
  template <class F> void each_task(Index tasks, F&& f) const { AnyBackend(cpu).each_task(tasks, f); }
  void product(Operand a, Operand b, MatrixView<float> c, Update update) const {
    AnyBackend(cpu).product(a, b, c, update);
  }
};

}  // namespace

TEST_CASE("a reference to a backend obeys the laws that the backend obeys") {
  laws::obeys_backend([](int threads) { return Referred{Cpu(CpuSettings{.threads = threads})}; });
}
