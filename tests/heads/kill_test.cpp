#if !defined(_WIN32)  // which has neither fork() nor signals that kill
#include "heads/support.hpp"
#include "support/scratch.hpp"

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/heads/fit.hpp>
#include <shoal/model/saved_model.hpp>

using namespace shoal;

namespace {

std::string bytes_of_model(const ScratchPath& path, const HeadFit& result) {
  save_model(path, {result.model, "TEMI", "{}"});
  return content(path);
}

}  // namespace

TEST_CASE("killed at twenty random moments and resumed, a training ends with the same model file") {
  const Matrix<float> points = grouped_points(150, 3, 6);
  const Neighbors neighbors = exact_neighbors(Rows(points), {.count = 5}, Cpu({.threads = 1}));
  const Scratch scratch("kill");
  auto s = quick<TEMI>(3);
  s.epochs = 150;
  const Checkpoints checkpoints{.path = scratch / "training", .every_steps = 1, .resume = true};
  const auto train_on = [&](const Checkpoints& where) {
    return fit(s, Rows(points), NearestPairs(neighbors), Cpu({.threads = 1}), {}, where);
  };

  const auto saved_at = [&] {
    std::error_code none;
    return std::filesystem::last_write_time(checkpoints.path, none);
  };

  Index kills = 0, last_step = 0;
  for (int attempt = 0; attempt < 20; ++attempt) {
    const auto before = saved_at();
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      (void)train_on(checkpoints);
      ::_exit(0);
    }
    // Let it save at least once (or end), then some milliseconds more.
    int status = 0;
    while (saved_at() == before && ::waitpid(child, &status, WNOHANG) == 0) ::usleep(200);
    ::usleep(static_cast<useconds_t>(Philox(3, 4).below(8000, static_cast<std::uint64_t>(attempt))));
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    kills += WIFSIGNALED(status) ? 1 : 0;
    const auto step =
        ModelFile(checkpoints.path).number<Index>("step");  // whole and undamaged, or this throws
    CHECK(step > last_step);
    last_step = step;
  }
  MESSAGE(kills << " kills, the last after step " << last_step << " of 300");
  CHECK(kills == 20);
  const HeadFit whole = train_on({}), resumed = train_on(checkpoints);
  CHECK(resumed.steps == whole.steps);
  const std::string expected = bytes_of_model(scratch / "whole.shoal", whole);
  CHECK(expected.size() > whole.model.parameters.size() * sizeof(float));
  CHECK((bytes_of_model(scratch / "resumed.shoal", resumed) == expected));
  CHECK(resumed.labels == whole.labels);
}
#endif
