// shoal cluster over the ranks of MPI.
#include "cluster_ranks.hpp"

#include "launch_mpi.hpp"
#include "methods.hpp"
#include "run_heads.hpp"
#include "run_kmeans.hpp"

#include <utility>

#include <shoal/io/row_range.hpp>
#include <shoal/mpi.hpp>

namespace {

using shoal::Index;

/// Each rank's part of the rows, and what comes together from all of them.
class Parts {
 public:
  Parts() : comm_(all_ranks()) {}

  [[nodiscard]] const shoal::mpi::Communicator& communicator() const { return comm_; }
  [[nodiscard]] shoal::RowRange part(const shoal::AnyRows& rows) const {
    return shoal::RowRange::part(rows, comm_.rank(), comm_.size());
  }
  template <class T> [[nodiscard]] std::vector<T> gathered(std::span<const T> mine) const {
    return shoal::AnyCommunicator(comm_).all_gather(mine.data(), mine.size());
  }
  template <class T> [[nodiscard]] shoal::Matrix<T> gathered(const shoal::Matrix<T>& mine, Index rows) const {
    const std::vector<T> values =
        gathered(std::span<const T>(mine.data(), static_cast<std::size_t>(mine.size())));
    shoal::Matrix<T> all(rows, mine.cols());
    std::copy(values.begin(), values.end(), all.data());
    return all;
  }
  [[nodiscard]] shoal::Prediction gathered(const shoal::Prediction& mine, Index rows) const {
    return {gathered(std::span<const shoal::Label>(mine.labels)), gathered(mine.top, rows),
            gathered(std::span<const float>(mine.confidence))};
  }

 private:
  shoal::mpi::Communicator comm_;
};

/// Fits k-means to the rows of all ranks and labels them.
struct KMeansOverRanks {
  const Parts& parts;
  const shoal::Cpu& cpu;

  template <class Geo, class Balancing>
  shoal::KMeansResult fit(shoal::KMeans<Geo, Balancing> settings, shoal::AnyRows rows,
                          const shoal::Hook& hook) const {
    const shoal::RowRange own = parts.part(rows);
    const std::span<const float> weights = settings.weights;
    shoal::check(weights.empty() || std::ssize(weights) == rows.rows(), shoal::Errc::invalid_argument,
                 "--weights (", weights.size(), ") must be one a row (", rows.rows(), ")");
    if (!weights.empty())
      settings.weights =
          weights.subspan(static_cast<std::size_t>(own.first()), static_cast<std::size_t>(own.rows()));
    shoal::KMeansResult result =
        shoal::fit(settings, own, shoal::mpi::Ranks{parts.communicator(), cpu}, hook);
    result.labels = parts.gathered(std::span<const shoal::Label>(result.labels));
    return result;
  }
  [[nodiscard]] shoal::Prediction predict(const shoal::KMeansModel& model, shoal::AnyRows rows,
                                          const shoal::Hook& hook) const {
    return parts.gathered(shoal::predict(model, parts.part(rows), cpu, 5, hook), rows.rows());
  }
};

/// Finds the neighbours of the rows of all ranks and trains heads on them.
struct HeadsOverRanks {
  const Parts& parts;
  const shoal::Cpu& cpu;

  /// All neighbours, at every rank, as find_neighbors() finds them in one process.
  template <class Settings>
  [[nodiscard]] FoundNeighbors neighbors(const HeadsMethod<Settings>& method, const ClusterJob& job) const {
    const shoal::NeighborSettings settings{.count = method.neighbor_count};
    const shoal::mpi::Ranks over{parts.communicator(), cpu};
    const shoal::RowRange own = parts.part(job.features);
    FoundNeighbors found =
        find_neighbors(own, job.features.rows(), settings, method.index, {}, 1000, over, job.hook);
    found.neighbors.ids = parts.gathered(found.neighbors.ids, job.features.rows());
    return found;
  }
  template <class Settings>
  [[nodiscard]] shoal::HeadFit fit(const Settings& settings, const ClusterJob& job,
                                   shoal::MatrixView<const std::int32_t> neighbors,
                                   const shoal::Checkpoints& checkpoints) const {
    shoal::check(neighbors.rows == job.features.rows(), shoal::Errc::invalid_argument, "--neighbors (",
                 neighbors.rows, " rows) must have a row for each of the ", job.features.rows(), " samples");
    const shoal::RowRange own = parts.part(job.features);
    return fit_own(settings, own, shoal::NearestPairs(neighbors.block(own.first(), own.rows())), job,
                   checkpoints);
  }
  template <class Settings>
  [[nodiscard]] shoal::HeadFit fit(const Settings& settings, const ClusterJob& job, const OtherViews& views,
                                   const shoal::Checkpoints& checkpoints) const {
    shoal::Views(views).validate(job.features);
    std::list<shoal::RowRange> own;
    OtherViews parts_of_views;
    for (const shoal::AnyRows& view : views) parts_of_views.emplace_back(own.emplace_back(parts.part(view)));
    return fit_own(settings, parts.part(job.features), shoal::Views(parts_of_views), job, checkpoints);
  }
  template <class Settings, shoal::Sampler Pairs>
  [[nodiscard]] shoal::HeadFit fit(const Settings&, const ClusterJob&, const Pairs&,
                                   const shoal::Checkpoints&) const {
    shoal::fail(shoal::Errc::invalid_argument, "cluster: --true-pairs and --class-pairs run in one process");
  }

 private:
  template <class Settings, class Pairs>
  [[nodiscard]] shoal::HeadFit fit_own(const Settings& settings, const shoal::RowRange& own,
                                       const Pairs& pairs, const ClusterJob& job,
                                       const shoal::Checkpoints& checkpoints) const {
    const shoal::mpi::Ranks over{parts.communicator(), cpu};
    shoal::HeadFit trained = shoal::fit(settings, own, pairs, over, job.hook, checkpoints);
    static_cast<shoal::Prediction&>(trained) = parts.gathered(trained, job.features.rows());
    return trained;
  }
};

ClusterOutcome run(KMeansMethod, const ClusterJob& job, const shoal::Cpu& cpu) {
  for (const char* option : {"--hierarchical", "--mini-batch"})
    shoal::check(!job.options.given.contains(option), shoal::Errc::invalid_argument, "cluster: ", option,
                 " runs in one process");
  const Parts parts;
  return run_kmeans(KMeansMethod{}, job, cpu, cpu, KMeansOverRanks{parts, cpu});
}
template <class Settings>
ClusterOutcome run(HeadsMethod<Settings>, const ClusterJob& job, const shoal::Cpu& cpu) {
  const Parts parts;
  return run_heads<Settings>(job, cpu, cpu, HeadsOverRanks{parts, cpu});
}

/// Runs method I if it has this name and goes over ranks.
template <std::size_t I>
bool runs(const std::string& name, const ClusterJob& job, const shoal::Cpu& cpu, ClusterOutcome& outcome) {
  using Options = MethodType<I>;
  if constexpr (requires { run(Options{}, job, cpu); }) {
    if (name != std::get<I>(methods).name) return false;
    outcome = run(Options{}, job, cpu);
    outcome.name = std::get<I>(methods).title;
    return true;
  }
  return false;
}

}  // namespace

ClusterOutcome cluster_over_ranks(const std::string& method, const ClusterJob& job, const shoal::Cpu& cpu) {
  ClusterOutcome outcome;
  const bool ran = [&]<std::size_t... I>(std::index_sequence<I...>) {
    return (runs<I>(method, job, cpu, outcome) || ...);
  }
  (std::make_index_sequence<method_count>{});
  shoal::check(ran, shoal::Errc::invalid_argument, "cluster: --method ", method,
               " runs in one process; k-means and heads go over ranks");
  return outcome;
}
