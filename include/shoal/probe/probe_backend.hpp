// The customisation point of linear probes, and a reference to any backend with its engines.
#pragma once

#include <memory>

#include <shoal/core/buffer.hpp>
#include <shoal/core/make_owned.hpp>
#include <shoal/probe/trainer.hpp>

namespace shoal {

/// The classifiers that a probe trains.
struct ProbeJob {
  Buffer<SgdPoint> points;
  Index features, classes;
  double momentum;
  Index batch;  ///< the most rows of a step
};

/// The trainer of probes on a backend B. This primary template computes on the host's threads; a Gpu
/// specialises it (probe/cuda/grid_trainer.cuh).
template <class B> struct ProbeOn {
  static std::unique_ptr<ProbeTrainer> trainer(const ProbeJob& job, const B& backend) {
    return make_owned<ProbeTrainer, GridTrainer>(job.points, job.features, job.classes, job.momentum,
                                                 backend);
  }
};

/// A type-erased reference to the workers of any backend and to its engines of linear probes. The backend
/// must outlive it.
class ProbeBackend : public ClassifierBackend {
 public:
  template <TaskRunner B>
    requires(!std::derived_from<B, ProbeBackend> && !KnowsRanks<B>)
  ProbeBackend(const B& backend)  // NOLINT: a reference to any backend
      : ClassifierBackend(backend),
        backend_(std::addressof(backend)),
        trainer_([](const void* b, const ProbeJob& job) {
          return ProbeOn<B>::trainer(job, *static_cast<const B*>(b));
        }) {}

  [[nodiscard]] std::unique_ptr<ProbeTrainer> trainer(const ProbeJob& job) const {
    return trainer_(backend_, job);
  }

 private:
  const void* backend_;
  std::unique_ptr<ProbeTrainer> (*trainer_)(const void*, const ProbeJob&);
};

}  // namespace shoal
