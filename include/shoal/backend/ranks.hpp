// A backend over ranks: what wraps a backend so that its algorithms go on over the rows of all ranks.
#pragma once

#include <utility>

#include <shoal/backend/backend.hpp>
#include <shoal/backend/communicator.hpp>

namespace shoal {

/// The backend B of each rank, and the communicator C by which it meets the others: stands where B stood.
/// Every rank calls with its own rows. Algorithms that know ranks give each rank its part of what one process
/// with all rows gives, the same bits for any number of ranks and any cut of the rows into shards; which ones
/// do is said with each.
template <Communicator C, Backend B> class Ranks {
 public:
  using Inner = B;

  Ranks(C communicator, B backend) : communicator_(std::move(communicator)), backend_(std::move(backend)) {}

  [[nodiscard]] const C& communicator() const { return communicator_; }
  [[nodiscard]] const B& inner() const { return backend_; }

  [[nodiscard]] int threads() const { return backend_.threads(); }
  [[nodiscard]] std::size_t memory() const { return backend_.memory(); }
  template <class F> void each_task(Index tasks, F&& f) const {
    backend_.each_task(tasks, std::forward<F>(f));
  }
  void product(Operand a, Operand b, MatrixView<float> c, Update update = Update::assign) const {
    backend_.product(a, b, c, update);
  }

 private:
  C communicator_;
  B backend_;
};

/// Ranks<C, B> of any C and B.
template <class R>
concept RankedBackend = Backend<R> && KnowsRanks<R> && Backend<typename R::Inner>;

}  // namespace shoal
