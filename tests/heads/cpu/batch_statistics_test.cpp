#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/core/random.hpp>
#include <shoal/heads/cpu/batch_statistics.hpp>

using namespace shoal;

TEST_CASE("batch statistics are those of their definition, over blocks alone or in groups, in any order") {
  for (const Index batch : {1, 24, 53}) {
    const Index C = 19;
    const Philox random(1, static_cast<std::uint64_t>(batch));
    Matrix<float> logits(2 * batch, C), probs(2, C);
    for (Index i = 0; i < logits.size(); ++i)
      logits.data()[i] = 5 * static_cast<float>(random.normal(static_cast<std::uint64_t>(i)));
    const float scale = 0.7f;
    BatchStatistics statistics(batch, C);
    std::vector<float> partitions[2];
    for (const bool together : {false, true}) {  // the second pass leaves nothing of the first
      const PairGroups groups(batch, together ? 10000 : C, 1);
      for (Index g = groups.count() - 1; g >= 0; --g)
        statistics.add(groups[g], logits.view().block(groups[g].first, groups[g].count), scale, probs);
      partitions[together].assign(statistics.log_partition(), statistics.log_partition() + 2 * batch);
    }
    CHECK(partitions[0] == partitions[1]);

    const auto partition = [&](Index row) {
      double sum = 0;
      for (const float z : logits.view().span(row)) sum += std::exp(static_cast<double>(scale * z));
      return std::log(sum);
    };
    const auto prob = [&](Index row, Index c) {
      return std::exp(static_cast<double>(scale * logits(row, c)) - partition(row));
    };
    const Matrix<float>& mean = statistics.merge();
    Matrix<double> expected(2, C, 0.);
    double agreement = 0;
    for (Index b = 0; b < batch; ++b) {
      const PairRows rows = PairRows::of(batch, b / cpu_pair_block);
      const Index own = rows.first + b % cpu_pair_block, partner = own + rows.pairs;
      double both = 0;
      for (Index c = 0; c < C; ++c) {
        both += prob(own, c) * prob(partner, c);
        expected(0, c) += prob(own, c) / static_cast<double>(batch);
        expected(1, c) += prob(partner, c) / static_cast<double>(batch);
      }
      agreement += both / static_cast<double>(batch);
      CHECK(statistics.agreement()[b] == doctest::Approx(both).epsilon(1e-5));
      CHECK(statistics.log_partition()[own] == doctest::Approx(partition(own)).epsilon(1e-6));
      CHECK(statistics.log_partition()[partner] == doctest::Approx(partition(partner)).epsilon(1e-6));
    }
    CHECK(statistics.mean_agreement() == doctest::Approx(agreement).epsilon(1e-5));
    for (Index i = 0; i < 2 * C; ++i)
      CHECK(mean.data()[i] == doctest::Approx(expected.data()[i]).epsilon(1e-5));
  }
}
