#include <limits>

#include <doctest/doctest.h>

#include <shoal/dataset/easy.hpp>

using namespace shoal;

TEST_CASE("the easiest classes: highest accuracy, ties by label, never one without samples") {
  const float none = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> accuracy{0.5f, none, 1, 0.5f, 0, 0.75f};
  CHECK(easiest_classes(accuracy, 1) == std::vector<Label>{2});
  CHECK(easiest_classes(accuracy, 3) == std::vector<Label>{0, 2, 5});
  CHECK(easiest_classes(accuracy, 5) == std::vector<Label>{0, 2, 3, 4, 5});
  CHECK_THROWS_AS((void)easiest_classes(accuracy, 6), error);
  CHECK_THROWS_AS((void)easiest_classes(accuracy, 0), error);
  CHECK_THROWS_AS((void)easiest_classes(std::vector<float>{1.5f}, 1), error);
}

TEST_CASE("random classes: as many as asked, only with samples, by seed, each as likely as any other") {
  const std::vector<Index> counts{4, 0, 2, 1, 9, 5};
  CHECK(random_classes(counts, 5, 1) == std::vector<Label>{0, 2, 3, 4, 5});
  std::vector<Index> drawn(6);
  for (std::uint64_t seed = 0; seed < 1000; ++seed)
    for (const Label c : random_classes(counts, 2, seed)) ++drawn[static_cast<std::size_t>(c)];
  for (const std::size_t c : {0u, 2u, 3u, 4u, 5u}) CHECK(std::abs(drawn[c] - 400) < 80);
  CHECK(random_classes(counts, 2, 7) == random_classes(counts, 2, 7));
  CHECK_THROWS_AS((void)random_classes(counts, 6, 1), error);
  CHECK_THROWS_AS((void)random_classes(counts, 0, 1), error);
}
