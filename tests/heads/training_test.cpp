#include <doctest/doctest.h>

#include <shoal/heads/heads.hpp>
#include <shoal/heads/training.hpp>

using namespace shoal;

TEST_CASE("the best head is that of the last epoch, or of the epoch under way where none is done") {
  TEMI s{.clusters = 2, .heads = 3};
  s.hidden = {}, s.bottleneck = 2;
  Training training(s.general(), 4);
  CHECK(training.state.shape == s.shape(4));
  CHECK(!training.state.teacher.empty());
  CHECK(training.best_head() == 0);
  training.sums.add({{3, 1, 2}, {0, 0, 0, 0, 0, 0}});
  CHECK(training.best_head() == 1);
  HeadEpoch epoch;
  epoch.best_head = 2;
  training.history.push_back(epoch);
  CHECK(training.best_head() == 2);
}
