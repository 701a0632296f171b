// The concept Backend, what an algorithm may ask of the machine it runs on, and a reference to any backend.
#pragma once

#include <shoal/backend/communicator.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/linalg/operand.hpp>

namespace shoal {

/// A machine, as algorithms see it from the host: parallel tasks with a worker id, a matrix product, and a
/// memory budget. Every algorithm of shoal runs on any model of this concept by its generic engine; a backend
/// that can do better specialises the engine of an algorithm (AssignerOn, StepOn, SearchOn, ScorerOn). Laws
/// (laws/backend.hpp): each_task(n, f) calls f(task, worker) once for each task in [0, n), in any order, with
/// worker in [0, threads()), and never runs two calls with the same worker at once; if tasks throw, the
/// exception of the lowest task is rethrown. product(a, b, c, update) computes c ← a b or c += a b in host
/// memory, to float32 rounding, with the same bits for any number of threads. memory() is the budget in
/// bytes, 0 for no limit. A backend is a handle: cheap to copy and without global state.
template <class K>
concept Backend = std::copyable<K> && TaskRunner<K> && requires(const K k, Operand a, MatrixView<float> c) {
  k.product(a, a, c, Update::assign);
};

/// A type-erased reference to any backend, against which generic engines are compiled. The backend must
/// outlive it.
class AnyBackend : public Workers {
 public:
  template <class K>
    requires(!std::derived_from<K, AnyBackend> &&
             Backend<K>)        // in this order, to avoid recursion in the constraint
  AnyBackend(const K& backend)  // NOLINT: a reference to any backend
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
