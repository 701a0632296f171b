// The simplest backend: shoal's threads, and products by Eigen. It overrides no engine, so every algorithm
// runs on it by its generic engine. It is the readable reference, and the oracle that tests the fused
// engines.
#pragma once

#include <shoal/backend/cpu.hpp>
#include <shoal/linalg/product_eigen.hpp>

namespace shoal {

/// Threads and a memory budget as in Cpu; products by Eigen, one thread for each block of rows. The same seed
/// gives the same bits for any number of threads, since blocks have a fixed size.
class EigenCpu {
 public:
  /// threads: 0 means all processors of the machine. memory: bytes that one call may plan for; 0 means no
  /// limit.
  explicit EigenCpu(int threads = 0, std::size_t memory = 0)
      : workers_({.threads = threads, .memory = memory}) {}

  [[nodiscard]] int threads() const { return workers_.threads(); }
  [[nodiscard]] std::size_t memory() const { return workers_.memory(); }
  template <class F> void each_task(Index tasks, F&& f) const { workers_.each_task(tasks, f); }

  /// c ← a b, or c += a b.
  void product(Operand a, Operand b, MatrixView<float> c, Update update = Update::assign) const {
    constexpr Index block_rows = 256;
    each_task(block_count(c.rows, block_rows), [&](Index task, int) {
      const Block r = block_at(c.rows, block_rows, task);
      multiply_by_eigen(a.rows(r.first, r.count), b, c.block(r.first, r.count), update);
    });
  }

 private:
  Cpu workers_;
};

static_assert(Backend<EigenCpu>);

}  // namespace shoal
