#include <doctest/doctest.h>

#include <shoal/heads/small_data.hpp>

using namespace shoal;

TEST_CASE("small_data: 1,500 steps within 25 and 100 epochs, a fifth of them warming up") {
  const auto epochs = [](Index n) { return small_data(TEMI{.clusters = 2}, n).epochs; };
  CHECK(epochs(512) == 100);
  CHECK(epochs(512 * 16) == 93);
  CHECK(epochs(512 * 50) == 30);
  CHECK(epochs(100'000'000) == 25);
  const SCANv2 settings = small_data(SCANv2{.clusters = 24, .heads = 3, .seed = 5}, 3930);
  CHECK(settings.warmup_epochs == 20);
  CHECK(settings.standardize);
  CHECK(settings.learning_rate == settings.final_rate);
  CHECK(settings.heads == 3);
  CHECK(settings.seed == 5);
  CHECK(settings.balancer.alpha == 5);
}

TEST_CASE("small_data: SCP keeps its own schedule; a batch that n rows cannot fill is refused") {
  const SCP before{.clusters = 24}, after = small_data(before, 3930);
  CHECK(after.epochs == before.epochs);
  CHECK(after.learning_rate == before.learning_rate);
  CHECK(!after.standardize);
  CHECK_THROWS_AS((void)small_data(TEMI{.clusters = 2}, 511), error);
  CHECK_THROWS_AS((void)small_data(TEMI{.clusters = 2, .batch = 0}, 511), error);
}

TEST_CASE("small_data keeps what the caller has set") {
  const TEMI set = small_data(TEMI{.clusters = 2, .epochs = 7, .learning_rate = 1e-3}, 3930);
  CHECK(set.epochs == 7);
  CHECK(set.warmup_epochs == 1);
  CHECK(set.learning_rate == 1e-3);
  CHECK(set.final_rate == 1e-3);
  CHECK(set.standardize);
  const TEMI warm = small_data(TEMI{.clusters = 2, .final_rate = 0, .warmup_epochs = 3}, 3930);
  CHECK(warm.warmup_epochs == 3);
  CHECK(warm.final_rate == 0);
  CHECK(warm.learning_rate == 3e-2);
}
