#include "heads/support.hpp"
#include "support/scratch.hpp"

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include <shoal/heads/fit.hpp>

using namespace shoal;

TEST_CASE("killed at twenty random moments and resumed, a training ends with the same bits") {
  const Matrix<float> points = grouped_points(150, 3, 6);
  const Neighbors neighbors = exact_neighbors(Rows(points), {.count = 5}, Cpu({.threads = 1}));
  const Scratch scratch("kill");
  auto s = quick<TEMI>(3);
  s.epochs = 100;
  const Checkpoints checkpoints{.path = scratch / "training", .every_steps = 1, .resume = true};
  const auto train_on = [&](const Checkpoints& where) {
    return fit(s, Rows(points), NearestPairs(neighbors), Cpu({.threads = 1}), {}, where);
  };

  Index kills = 0, last_step = 0;
  for (int attempt = 0; attempt < 20; ++attempt) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      (void)train_on(checkpoints);
      ::_exit(0);
    }
    ::usleep(static_cast<useconds_t>(4000 + Philox(3, 4).below(20000, static_cast<std::uint64_t>(attempt))));
    ::kill(child, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    kills += WIFSIGNALED(status) ? 1 : 0;
    if (!std::filesystem::exists(checkpoints.path)) continue;
    const auto step =
        ModelFile(checkpoints.path).number<Index>("step");  // whole and undamaged, or this throws
    CHECK(step >= last_step);
    last_step = step;
  }
  MESSAGE(kills << " kills, the last after step " << last_step << " of 200");
  CHECK(kills > 0);
  const HeadFit whole = train_on({}), resumed = train_on(checkpoints);
  CHECK(resumed.steps == whole.steps);
  CHECK(resumed.model.parameters == whole.model.parameters);
  CHECK(resumed.labels == whole.labels);
}
