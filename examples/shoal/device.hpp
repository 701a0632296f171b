// The machine that a verb computes on: the processors of this computer, or a GPU.
#pragma once

#include "machine.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <shoal/heads/predict.hpp>
#include <shoal/hierarchy/best_candidates.hpp>
#include <shoal/kmeans/kmeans.hpp>
#include <shoal/metrics/distance_backend.hpp>
#include <shoal/model/kmeans_model.hpp>
#include <shoal/neighbors/inverted_lists.hpp>
#include <shoal/probe/probe_backend.hpp>

/// A backend with all of its engines, behind one type: what takes a Device is compiled once for processors
/// and GPUs. It is a shoal::Backend itself, and the library's customisation points (below) lead to the
/// engines of the one that it was made of.
class Device {
 public:
  /// The backend that the options `machine` name, whose host has the threads of `host`.
  template <shoal::Backend B>
  Device(B backend, shoal::Cpu host, Machine machine)
      : Device(std::make_shared<const B>(std::move(backend)), std::move(host), std::move(machine), 0) {}

  [[nodiscard]] const Machine& machine() const { return machine_; }
  [[nodiscard]] const shoal::Cpu& host() const { return host_; }

  [[nodiscard]] int threads() const { return host_.threads(); }
  [[nodiscard]] std::size_t memory() const { return memory_(backend_.get()); }
  template <class F> void each_task(shoal::Index tasks, F&& f) const {
    host_.each_task(tasks, std::forward<F>(f));
  }
  void product(shoal::Operand a, shoal::Operand b, shoal::MatrixView<float> c,
               shoal::Update update = shoal::Update::assign) const {
    host_.product(a, b, c, update);
  }

  [[nodiscard]] const shoal::KMeansBackend& kmeans() const { return kmeans_; }
  [[nodiscard]] const shoal::CandidateBackend& candidates() const { return candidates_; }
  [[nodiscard]] const shoal::ProbeBackend& probe() const { return probe_; }
  [[nodiscard]] const shoal::DistanceBackend& distances() const { return distances_; }
  [[nodiscard]] shoal::MemoryPlan neighbors_plan(const shoal::NeighborSettings& settings,
                                                 const shoal::NeighborShape& shape) const {
    return neighbors_plan_(backend_.get(), settings, shape);
  }
  [[nodiscard]] shoal::Neighbors neighbors(const shoal::NeighborQuery& query) const {
    return neighbors_(backend_.get(), query);
  }
  [[nodiscard]] std::optional<shoal::MemoryPlan> lists_plan(const shoal::NeighborSettings& settings,
                                                            const shoal::NeighborShape& shape,
                                                            shoal::Index visits) const {
    return lists_plan_(backend_.get(), settings, shape, visits);
  }
  std::vector<shoal::Index> lists(const shoal::ListQuestion& question, shoal::Neighbors& result) const {
    return lists_(backend_.get(), question, result);
  }
  void score(const shoal::HeadModel& model, shoal::Index head, shoal::AnyRows features,
             shoal::Prediction& out) const {
    score_(backend_.get(), model, head, features, out);
  }
  void predict(const shoal::KMeansModel& model, const shoal::AnyRows& features, shoal::UnitProgress& progress,
               shoal::Prediction& out) const {
    predict_(backend_.get(), model, features, progress, out);
  }

 private:
  template <class B> static const B& of(const void* backend) { return *static_cast<const B*>(backend); }

  template <class B>
  Device(std::shared_ptr<const B> backend, shoal::Cpu host, Machine machine, int)
      : machine_(std::move(machine)),
        backend_(backend),
        host_(std::move(host)),
        kmeans_(*backend),
        candidates_(*backend),
        probe_(*backend),
        distances_(*backend),
        memory_([](const void* b) { return of<B>(b).memory(); }),
        neighbors_plan_(
            [](const void* b, const shoal::NeighborSettings& settings, const shoal::NeighborShape& shape) {
              return shoal::SearchOn<B>(of<B>(b)).plan(settings, shape);
            }),
        neighbors_([](const void* b, const shoal::NeighborQuery& query) {
          return shoal::SearchOn<B>(of<B>(b)).find(query);
        }),
        lists_plan_([](const void* b, const shoal::NeighborSettings& settings,
                       const shoal::NeighborShape& shape, shoal::Index visits) {
          return shoal::ListSearchOn<B>::plan(settings, shape, visits, of<B>(b));
        }),
        lists_([](const void* b, const shoal::ListQuestion& question, shoal::Neighbors& result) {
          return shoal::ListSearchOn<B>::find(question, of<B>(b), result);
        }),
        score_(
            [](const void* b, const shoal::HeadModel& model, shoal::Index head, shoal::AnyRows features,
               shoal::Prediction& out) { shoal::ScorerOn<B>::score(model, head, features, of<B>(b), out); }),
        predict_([](const void* b, const shoal::KMeansModel& model, const shoal::AnyRows& features,
                    shoal::UnitProgress& progress, shoal::Prediction& out) {
          shoal::PredictKMeansOn<B>::predict(model, features, of<B>(b), progress, out);
        }) {}

  Machine machine_;
  std::shared_ptr<const void> backend_;
  shoal::Cpu host_;
  shoal::KMeansBackend kmeans_;
  shoal::CandidateBackend candidates_;
  shoal::ProbeBackend probe_;
  shoal::DistanceBackend distances_;
  std::size_t (*memory_)(const void*);
  shoal::MemoryPlan (*neighbors_plan_)(const void*, const shoal::NeighborSettings&,
                                       const shoal::NeighborShape&);
  shoal::Neighbors (*neighbors_)(const void*, const shoal::NeighborQuery&);
  std::optional<shoal::MemoryPlan> (*lists_plan_)(const void*, const shoal::NeighborSettings&,
                                                  const shoal::NeighborShape&, shoal::Index);
  std::vector<shoal::Index> (*lists_)(const void*, const shoal::ListQuestion&, shoal::Neighbors&);
  void (*score_)(const void*, const shoal::HeadModel&, shoal::Index, shoal::AnyRows, shoal::Prediction&);
  void (*predict_)(const void*, const shoal::KMeansModel&, const shoal::AnyRows&, shoal::UnitProgress&,
                   shoal::Prediction&);
};

namespace shoal {

template <> struct AssignerOn<Device> {
  static std::unique_ptr<Assigner> assigner(const AssignmentJob& job, const Device& device) {
    return device.kmeans().assigner(job);
  }
  static std::unique_ptr<CentroidSearch> search(MatrixView<const float> centroids, const Device& device) {
    return device.kmeans().search(centroids);
  }
  static std::unique_ptr<SeedSquares> seed_squares(const CheckedRows& rows, Index clusters,
                                                   const Device& device) {
    return device.kmeans().seed_squares(rows, clusters);
  }
  static MemoryPlan plan(const AssignmentShape& shape, const Device& device) {
    return device.kmeans().plan(shape);
  }
};

template <> class SearchOn<Device> {
 public:
  explicit SearchOn(const Device& device) : device_(device) {}
  [[nodiscard]] MemoryPlan plan(const NeighborSettings& settings, const NeighborShape& shape) const {
    return device_.neighbors_plan(settings, shape);
  }
  [[nodiscard]] Neighbors find(const NeighborQuery& query) const { return device_.neighbors(query); }

 private:
  const Device& device_;
};

template <> struct ListSearchOn<Device> {
  static std::optional<MemoryPlan> plan(const NeighborSettings& settings, const NeighborShape& shape,
                                        Index visits, const Device& device) {
    return device.lists_plan(settings, shape, visits);
  }
  static std::vector<Index> find(const ListQuestion& question, const Device& device, Neighbors& result) {
    return device.lists(question, result);
  }
};

template <> struct ScorerOn<Device> {
  static void score(const HeadModel& model, Index head, AnyRows features, const Device& device,
                    Prediction& out) {
    device.score(model, head, features, out);
  }
};

template <> struct PredictKMeansOn<Device> {
  static void predict(const KMeansModel& model, const AnyRows& features, const Device& device,
                      UnitProgress& progress, Prediction& out) {
    device.predict(model, features, progress, out);
  }
};

template <> struct BestCandidatesOn<Device> {
  static void find(const CandidateQuestion& question, const Device& device, const Hook& hook,
                   const CandidateSink& sink) {
    device.candidates().best_candidates(question, hook, sink);
  }
};

template <> struct ClassifyOn<Device> {
  static void classify(const LinearClassifier& classifier, AnyRows rows, const Device& device,
                       Classified& out) {
    device.probe().classify(classifier, rows, out);
  }
};

template <> struct DistancesOn<Device> {
  static bool means(const MeanDistanceJob& job, const Device& device, const Hook& hook) {
    return device.distances().mean_distances(job, hook);
  }
  static bool to_centroids(const CentroidDistanceJob& job, const Device& device) {
    return device.distances().distances_to_centroids(job);
  }
  static bool to_neighbors(const NeighborDistanceJob& job, const Device& device) {
    return device.distances().distances_to_neighbors(job);
  }
};

template <> struct ProbeOn<Device> {
  static std::unique_ptr<ProbeTrainer> trainer(const ProbeJob& job, const Device& device) {
    return device.probe().trainer(job);
  }
};

static_assert(Backend<Device> && NeighborSearch<SearchOn<Device>>);

}  // namespace shoal

/// The machine that the options of a verb name. Throws error(Errc::device) for a GPU in a build without CUDA,
/// and where there is none.
Device open_device(const Machine& machine, const std::string& verb);
