// shoal cluster over the ranks of MPI.
#include "cluster_ranks.hpp"

#include "launch_mpi.hpp"
#include "methods.hpp"
#include "run_kmeans.hpp"

#include <shoal/io/row_range.hpp>
#include <shoal/mpi.hpp>

namespace {

/// Fits and labels the rows of all ranks; each rank works on its part.
class OverRanks {
 public:
  explicit OverRanks(const shoal::Cpu& cpu) : comm_(all_ranks()), cpu_(cpu) {}

  template <class Geo, class Balancing>
  shoal::KMeansResult fit(shoal::KMeans<Geo, Balancing> settings, shoal::AnyRows rows,
                          const shoal::Hook& hook) const {
    const shoal::RowRange own = part(rows);
    const std::span<const float> weights = settings.weights;
    shoal::check(weights.empty() || std::ssize(weights) == rows.rows(), shoal::Errc::invalid_argument,
                 "--weights (", weights.size(), ") must be one a row (", rows.rows(), ")");
    if (!weights.empty())
      settings.weights =
          weights.subspan(static_cast<std::size_t>(own.first()), static_cast<std::size_t>(own.rows()));
    shoal::KMeansResult result = shoal::fit(settings, own, shoal::mpi::Ranks{comm_, cpu_}, hook);
    result.labels = gathered(std::span<const shoal::Label>(result.labels));
    return result;
  }

  [[nodiscard]] shoal::Prediction predict(const shoal::KMeansModel& model, shoal::AnyRows rows,
                                          const shoal::Hook& hook) const {
    const shoal::RowRange own = part(rows);
    const shoal::Prediction mine = shoal::predict(model, own, cpu_, 5, hook);
    const std::span<const shoal::Label> top(mine.top.data(), static_cast<std::size_t>(mine.top.size()));
    shoal::Prediction all{gathered(std::span<const shoal::Label>(mine.labels)),
                          shoal::Matrix<shoal::Label>(rows.rows(), mine.top.cols()),
                          gathered(std::span<const float>(mine.confidence))};
    const std::vector<shoal::Label> tops = gathered(top);
    std::copy(tops.begin(), tops.end(), all.top.data());
    return all;
  }

 private:
  template <class T> [[nodiscard]] std::vector<T> gathered(std::span<const T> mine) const {
    return shoal::AnyCommunicator(comm_).all_gather(mine);
  }
  [[nodiscard]] shoal::RowRange part(const shoal::AnyRows& rows) const {
    return shoal::RowRange::part(rows, comm_.rank(), comm_.size());
  }

  shoal::mpi::Communicator comm_;
  const shoal::Cpu& cpu_;
};

}  // namespace

ClusterOutcome cluster_over_ranks(const std::string& method, const ClusterJob& job, const shoal::Cpu& cpu) {
  const auto& [name, title] = std::get<0>(methods);
  shoal::check(method == name, shoal::Errc::invalid_argument, "cluster: --method ", method,
               " runs in one process; over ranks there is ", name);
  for (const char* option : {"--hierarchical", "--mini-batch"})
    shoal::check(!job.options.given.contains(option), shoal::Errc::invalid_argument, "cluster: ", option,
                 " runs in one process");
  ClusterOutcome outcome = run_kmeans(KMeansMethod{}, job, cpu, cpu, OverRanks(cpu));
  outcome.name = title;
  return outcome;
}
