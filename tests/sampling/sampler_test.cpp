#include "support/refused.hpp"

#include <vector>

#include <doctest/doctest.h>

#include <shoal/sampling/sampler.hpp>

using namespace shoal;

TEST_CASE("a draw is a function of seed, epoch and sample, in its range and about even") {
  const Draw draw{.seed = 4, .epoch = 1};
  std::vector<int> counts(7);
  Index moved = 0;
  for (Index sample = 0; sample < 7000; ++sample) {
    const Index drawn = draw.below(7, sample);
    REQUIRE((drawn >= 0 && drawn < 7));
    CHECK(drawn == Draw{.seed = 4, .epoch = 1}.below(7, sample));
    moved += drawn != Draw{.seed = 4, .epoch = 2}.below(7, sample);
    ++counts[static_cast<std::size_t>(drawn)];
  }
  for (const int count : counts) CHECK((count > 850 && count < 1150));  // 1000 ± 29 (one standard deviation)
  CHECK(moved > 5000);
}

TEST_CASE("pairs are gathered as the partner function says") {
  Matrix<float> rows(5, 2);
  for (Index i = 0; i < rows.size(); ++i) rows.data()[i] = static_cast<float>(i);
  const std::vector<Index> ids{4, 0, 2};
  Matrix<float> x(3, 2), partner(3, 2);
  gather_pairs(rows, ids, x, partner, [](Index id) { return (id + 1) % 5; });
  for (Index i = 0; i < 3; ++i)
    for (Index j = 0; j < 2; ++j) {
      const Index id = ids[static_cast<std::size_t>(i)];
      CHECK(x(i, j) == rows(id, j));
      CHECK(partner(i, j) == rows((id + 1) % 5, j));
    }
}

TEST_CASE("a partner that is no sample is refused by name") {
  const Matrix<float> rows(5, 2, 0.f);
  const std::vector<Index> ids{4, 0};
  Matrix<float> x(2, 2), partner(2, 2);
  for (const Index bad : {-1, 5})
    test::refused(Errc::bad_data, "the partner of sample 0",
                  [&] { gather_pairs(rows, ids, x, partner, [&](Index id) { return id == 0 ? bad : id; }); });
}

TEST_CASE("a sampler of a user that asks for rows that there are not gets an error") {
  const Matrix<float> rows(5, 2, 1.f);
  Matrix<float> x(1, 2);
  const AnyRows source = rows;
  for (const Index bad : {Index{-1}, Index{5}}) {
    const std::vector<Index> ids{bad};
    CHECK_THROWS_WITH_AS(source.gather(ids, x), doctest::Contains("rows 0 to 4"), error);
  }
}
