// The CPU backend: a handle on threads and memory that every algorithm takes as an argument.
#pragma once

#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <shoal/backend/backend.hpp>
#include <shoal/backend/product.hpp>
#include <shoal/core/matrix.hpp>
#include <shoal/core/parallel.hpp>

namespace shoal {

struct CpuSettings {
  int threads = 0;         ///< 0: all that the machine has
  std::size_t memory = 0;  ///< bytes that one call may plan for beyond its inputs; 0: no limit
  /// Who multiplies blocks of matrices, those of a training step of heads among them: none is shoal's own
  /// register tiles, which measured fastest (docs/kmeans.md); multiply_by_eigen (backend/product_eigen.hpp)
  /// and multiply_by_onednn give the same results to rounding. The fused passes (k-means' assignment,
  /// neighbours, predictions) always run on the tiles.
  ProductFunction product = nullptr;
};

/// Threads and a memory budget. Copies share the threads, which start at construction and end with the last
/// copy. Every result is the same, bit for bit, whatever the number of threads: work is cut into blocks whose
/// size never depends on it, and partial results are merged in block order. Safe to use from several threads
/// at once.
class Cpu {
 public:
  explicit Cpu(CpuSettings settings = {})
      : settings_(settings),
        pool_(std::make_shared<Pool>(settings.threads > 0
                                         ? settings.threads
                                         : static_cast<int>(std::thread::hardware_concurrency()))) {}

  [[nodiscard]] int threads() const { return pool_->threads(); }
  [[nodiscard]] std::size_t memory() const { return settings_.memory; }
  [[nodiscard]] ProductFunction product_library() const { return settings_.product; }

  /// f(task, lane) once for each task in [0, tasks); lane < threads() names the scratch space to use.
  template <class F> void each_task(Index tasks, F&& f) const { pool_->run(tasks, std::forward<F>(f)); }

  /// f(Block, lane) for each block of `size` rows (the last may be shorter) that cover n rows.
  template <class F> void each_block(Index n, Index size, F&& f) const {
    pool_->run(block_count(n, size), [&](Index i, int lane) { f(block_at(n, size, i), lane); });
  }

  /// merge(map(first block), map(second block), …) in block order: a left fold that starts from `start`.
  /// map(Block) -> T on any thread; merge(T&, T&&) on the caller's.
  template <class T, class Map, class Merge>
  [[nodiscard]] T reduce_blocks(Index n, Index size, T start, Map&& map, Merge&& merge) const {
    std::vector<T> parts(static_cast<std::size_t>(block_count(n, size)));
    each_block(n, size, [&](Block b, int) { parts[static_cast<std::size_t>(b.index)] = map(b); });
    for (T& part : parts) merge(start, std::move(part));
    return start;
  }

  /// f(i) once for each i in [0, n), in any order.
  template <class F> void each_row(Index n, F&& f) const {
    each_block(n, 1024, [&](Block b, int) {
      for (Index i = b.first; i < b.first + b.count; ++i) f(i);
    });
  }

  /// c ← a bᵀ for row-major a [M × K], b [N × K], c [M × N]; tiles of c are shared out to the threads.
  void product(MatrixView<const float> a, MatrixView<const float> b, MatrixView<float> c) const {
    tiled_product({a, false}, {b, true}, c, Update::assign);
  }

  /// c ← op(a) op(b), or c += op(a) op(b), where op transposes when its operand says so.
  void tiled_product(Operand a, Operand b, MatrixView<float> c, Update update) const {
    const Index down = block_count(c.rows, task_rows);
    Index task_cols = 512;  // fewer where there would be too few tasks to share out; by the shape alone
    while (task_cols > 128 && down * block_count(c.cols, task_cols) < 16) task_cols /= 2;
    const Index across = block_count(c.cols, task_cols);
    std::vector<ProductScratch> scratch(static_cast<std::size_t>(threads()));
    each_task(down * across, [&](Index task, int lane) {
      const Block r = block_at(c.rows, task_rows, task / across),
                  s = block_at(c.cols, task_cols, task % across);
      const Operand left = a.rows(r.first, r.count), right = b.cols(s.first, s.count);
      const MatrixView<float> out = c.block(r.first, r.count).columns(s.first, s.count);
      if (settings_.product)
        settings_.product(left, right, out, update);
      else
        multiply(left, right, out, update, scratch[static_cast<std::size_t>(lane)]);
    });
  }

 private:
  static constexpr Index task_rows = 192;
  CpuSettings settings_;
  std::shared_ptr<Pool> pool_;
};

static_assert(Backend<Cpu>);

}  // namespace shoal
