// A backend over ranks: it wraps a backend so that its algorithms run over the rows of all ranks.
#pragma once

#include <utility>

#include <shoal/backend/backend.hpp>
#include <shoal/backend/communicator.hpp>

namespace shoal {

/// The backend B of each rank together with the communicator C that connects the ranks; used in the place of
/// B. Every rank calls with its own rows. An algorithm that supports ranks returns to each rank its part of
/// what one process would get for all rows, with the same bits for any number of ranks and any division of
/// the rows. The documentation of each algorithm says whether it supports ranks.
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

/// Any Ranks<C, B>.
template <class R>
concept RankedBackend = Backend<R> && KnowsRanks<R> && Backend<typename R::Inner>;

}  // namespace shoal
