#include <doctest/doctest.h>

#include <shoal/core/random.hpp>
#include <shoal/metrics/shared_contingency.hpp>

using namespace shoal;

namespace {

/// A rank whose only neighbour has the same table: all that it gives arrives twice.
class Twins {
 public:
  [[nodiscard]] int rank() const { return 0; }
  [[nodiscard]] int size() const { return 2; }
  void sum(std::span<std::int64_t> sums) const {
    if (sums.size() == 2 && sums[1] == 0) {  // how much each rank gives
      sums[1] = sums[0];
      return;
    }
    for (std::int64_t& value : sums) value *= 2;
  }
  void all_gather(std::span<const std::byte> mine, std::span<const std::size_t>,
                  std::span<std::byte> all) const {
    std::copy(mine.begin(), mine.end(), all.begin());
    std::copy(mine.begin(), mine.end(), all.begin() + std::ssize(mine));
  }
  void broadcast(std::span<std::byte>, int) const {}
  void ring(std::span<const std::byte>, std::span<std::byte>, const std::function<void()>&) const {}
};

}  // namespace

TEST_CASE("two ranks of the same samples make the table of all samples twice") {
  std::vector<Label> labels, truth;
  const Philox random(1, 1);
  for (std::uint64_t i = 0; i < 500; ++i) {
    labels.push_back(static_cast<Label>(5 * random.below(9, i)) - 5);
    truth.push_back(static_cast<Label>(random.below(7, 1000 + i)) - 1);
  }
  const Contingency once = contingency(labels, truth, Cpu{});
  for (std::size_t i = 0; i < 500; ++i) labels.push_back(labels[i]), truth.push_back(truth[i]);
  const Contingency twice = contingency(labels, truth, Cpu{});
  const Twins twins;
  const Contingency shared = shared_contingency(once, twins);
  CHECK(shared.samples == twice.samples);
  CHECK(shared.unlabelled == twice.unlabelled);
  CHECK(shared.cluster_ids == twice.cluster_ids);
  CHECK(shared.class_ids == twice.class_ids);
  CHECK(shared.cluster_sizes == twice.cluster_sizes);
  CHECK(shared.class_sizes == twice.class_sizes);
  CHECK(shared.row_start == twice.row_start);
  CHECK(shared.column == twice.column);
  CHECK(shared.count == twice.count);
  const Contingency alone = shared_contingency(once, Alone{});
  CHECK(alone.count == once.count);
}
