// What an algorithm may ask of the machine it runs on, and the reference to any such machine.
#pragma once

#include <shoal/backend/communicator.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/linalg/operand.hpp>

namespace shoal {

/// A machine, as algorithms see it from the host: parallel tasks with a worker id, a matrix product, a memory
/// budget. Whatever models it runs every algorithm of shoal by the generic engines; a backend that can do
/// better specialises an algorithm's engine (AssignerOn, StepOn, SearchOn, ScorerOn).
/// Laws (laws/backend.hpp): each_task(n, f) calls f(task, worker) once for each task in [0, n), in any
/// order, with worker in [0, threads()) and no two calls at once with the same worker; the exception of the
/// lowest task that threw is rethrown. product(a, b, c, update) is c ← a b or c += a b of host memory, to
/// float32 rounding, and the same bits for any number of threads. memory() is the budget in bytes, 0 for
/// none. A backend is a handle: cheap to copy, without global state.
template <class K>
concept Backend = std::copyable<K> && TaskRunner<K> && requires(const K k, Operand a, MatrixView<float> c) {
  k.product(a, a, c, Update::assign);
};

/// Any backend behind one type, by reference: what generic engines are compiled against. The backend must
/// outlive it.
class AnyBackend : public Workers {
 public:
  template <class K>
    requires(!std::derived_from<K, AnyBackend> && Backend<K>)  // in this order: else it asks of itself
  AnyBackend(const K& backend)                                 // NOLINT: a reference to any backend
      : Workers(workers_of(backend)),
        object_(std::addressof(backend)),
        product_([](const void* k, Operand a, Operand b, MatrixView<float> c, Update update) {
          static_cast<const K*>(k)->product(a, b, c, update);
        }) {
    if constexpr (KnowsRanks<K>) ranks_ = backend.communicator();
  }

  /// The ranks that the backend is one of: one rank, but for those of Ranks (backend/ranks.hpp).
  [[nodiscard]] const AnyCommunicator& ranks() const { return ranks_; }

  /// c ← a b, or c += a b.
  void product(Operand a, Operand b, MatrixView<float> c, Update update = Update::assign) const {
    product_(object_, a, b, c, update);
  }

 private:
  template <class K> static const auto& workers_of(const K& backend) {
    if constexpr (KnowsRanks<K>)
      return backend.inner();
    else
      return backend;
  }

  const void* object_;
  void (*product_)(const void*, Operand, Operand, MatrixView<float>, Update);
  AnyCommunicator ranks_;
};

}  // namespace shoal
