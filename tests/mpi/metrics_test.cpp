#include "mpi/support.hpp"

#include <shoal/metrics/evaluate.hpp>

using namespace shoal;
using namespace mpi_test;

TEST_CASE("scores of labels that lie on many ranks are those of all labels, bit for bit") {
  const mpi::Communicator world(MPI_COMM_WORLD);
  const Ranks ranks{world, Cpu(CpuSettings{.threads = 2})};
  for (const Index n : {Index{0}, Index{3}, Index{20'000}}) {
    std::vector<Label> labels, truth;
    const Philox random(2, 1);
    for (Index i = 0; i < n; ++i) {
      const auto at = static_cast<std::uint64_t>(i);
      labels.push_back(static_cast<Label>(random.below(90, at)));
      truth.push_back(random.uniform(7 * at) < 0.6 ? labels.back() / 2
                                                   : static_cast<Label>(random.below(50, 3 * at)) - 1);
    }
    const Quality expected = evaluate(labels, truth, Cpu{});
    for (const Cut& cut : cuts(n, world.size())) {
      const auto own = part(labels, cut, world.rank()), right = part(truth, cut, world.rank());
      const Quality found = evaluate(own, right, ranks);
      CHECK(found.acc == expected.acc);
      CHECK(found.nmi == expected.nmi);
      CHECK(found.ami == expected.ami);
      CHECK(found.ari == expected.ari);
      CHECK(found.purity == expected.purity);
      CHECK(found.fowlkes_mallows == expected.fowlkes_mallows);
      CHECK(found.samples == expected.samples);
      CHECK(found.unlabelled == expected.unlabelled);
      CHECK(found.clusters == expected.clusters);
      CHECK(found.classes == expected.classes);
    }
  }
  std::vector<Label> odd(static_cast<std::size_t>(world.rank() == 0 ? 3 : 2), 1);
  CHECK_THROWS_AS((void)evaluate(odd, std::vector<Label>(2, 1), ranks), error);
}
