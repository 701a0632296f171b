// The CPU backend: a handle to threads and memory that every algorithm takes as an argument.
#pragma once

#include <memory>
#include <utility>

#include <shoal/backend/backend.hpp>
#include <shoal/core/fixed_array.hpp>
#include <shoal/linalg/product.hpp>

namespace shoal {

/// The resources of a Cpu.
struct CpuSettings {
  int threads = 0;         ///< 0: one for each processor available to the process
  std::size_t memory = 0;  ///< bytes that one call may plan for beyond its inputs; 0: no limit
  /// The library that computes matrix products, those of a training step of heads included. Null means
  /// shoal's own register tiles, which were fastest in our measurements (docs/kmeans.md); multiply_by_eigen
  /// (linalg/product_eigen.hpp) and multiply_by_onednn give the same results to rounding. The fused passes
  /// (assignment of k-means, neighbours, predictions) always use the tiles.
  ProductFunction library = nullptr;
};

/// Threads and a memory budget. Copies share the threads, which start at construction and end with the last
/// copy; threads() is the number that the system actually started. The threads belong to the process that
/// made them: a forked child must make its own Cpu, and using its parent's throws invalid_argument. Every
/// result has the same bits for any number of threads, because the sizes of blocks do not depend on it and
/// partial results are merged in block order. Safe to use from several threads at once.
class Cpu {
 public:
  explicit Cpu(CpuSettings settings = {})
      : settings_(settings),
        pool_(std::make_shared<Pool>(settings.threads > 0 ? settings.threads : available_processors())) {}

  [[nodiscard]] int threads() const { return pool_->threads(); }
  [[nodiscard]] std::size_t memory() const { return settings_.memory; }
  [[nodiscard]] ProductFunction library() const { return settings_.library; }

  /// Calls f(task, worker) once for each task in [0, tasks); worker < threads() selects the scratch memory.
  template <class F> void each_task(Index tasks, F&& f) const { pool_->run(tasks, std::forward<F>(f)); }

  /// c ← a b, or c += a b; the threads share the tiles of c.
  void product(Operand a, Operand b, MatrixView<float> c, Update update = Update::assign) const {
    const Index down = block_count(c.rows, task_rows);
    Index task_cols = 512;  // fewer if there would be too few tasks; depends on the shape only
    while (task_cols > 128 && down * block_count(c.cols, task_cols) < 16) task_cols /= 2;
    const Index across = block_count(c.cols, task_cols);
    FixedArray<ProductScratch> scratch(threads());
    each_task(down * across, [&](Index task, int worker) {
      const Block r = block_at(c.rows, task_rows, task / across),
                  s = block_at(c.cols, task_cols, task % across);
      const Operand left = a.rows(r.first, r.count), right = b.cols(s.first, s.count);
      const MatrixView<float> out = c.block(r.first, r.count).columns(s.first, s.count);
      if (settings_.library)
        settings_.library(left, right, out, update);
      else
        multiply(left, right, out, update, scratch[worker]);
    });
  }

 private:
  static constexpr Index task_rows = 192;
  CpuSettings settings_;
  std::shared_ptr<Pool> pool_;
};

static_assert(Backend<Cpu>);

}  // namespace shoal
