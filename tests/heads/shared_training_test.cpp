#include "heads/support.hpp"
#include "support/refused.hpp"
#include "support/scratch.hpp"
#include "support/thread_ranks.hpp"

#include <doctest/doctest.h>

#include <shoal/heads/shared_training.hpp>

using namespace shoal;

TEST_CASE("all ranks resume from the file that the first rank alone has; without one, nobody resumes") {
  const Scratch scratch("shared-training");
  TEMI method{.clusters = 4, .heads = 2};
  method.hidden = {3}, method.bottleneck = 2;
  const HeadSettings s = method.general();
  Training saved(s, 5);
  for (std::size_t i = 0; i < saved.state.student.size(); ++i) {
    saved.state.student[i] += 1.f, saved.state.teacher[i] -= 1.f;
    saved.state.first_moment[i] = saved.state.second_moment[i] = static_cast<float>(i);
  }
  saved.state.marginal(1, 2) = 0.75f;
  saved.step = 7;
  saved.sums.steps = 1, saved.sums.agreement = 0.5, saved.sums.loss = {1.5, 2.5};
  saved.sums.cluster_rows(1, 3) = 11;
  saved.history = {{0.5, 0.25, 1, 3, 0.75, 0.125}, {0.4, 0.2, 0, 4, 0.8, 0.2}};
  const std::string path = scratch / "of-the-first";
  save_checkpoint(path, saved, "same");

  std::vector<Training> found(3, Training(s, 5)), fresh = found;
  test::over_ranks(3, [&](const test::ThreadRank& rank) {
    const auto r = static_cast<std::size_t>(rank.rank());
    resume_training(rank.rank() == 0 ? path : scratch / "nowhere", found[r], "same", rank);
    resume_training(rank.rank() == 1 ? path : scratch / "nowhere", fresh[r], "same", rank);
  });
  for (std::size_t r = 0; r < 3; ++r) {
    const std::string copy = scratch / std::to_string(r);
    save_checkpoint(copy, found[r], "same");
    CHECK(content(copy) == content(path));
    CHECK(fresh[r].step == 0);
  }
}

TEST_CASE("a checkpoint of another training is refused on all ranks") {
  const Scratch scratch("shared-refused");
  TEMI method{.clusters = 4, .heads = 2};
  const HeadSettings s = method.general();
  const std::string path = scratch / "file";
  save_checkpoint(path, Training(s, 5), "seed 1\n");
  std::vector<std::string> said(2);
  test::over_ranks(2, [&](const test::ThreadRank& rank) {
    Training training(s, 5);
    const AnyCommunicator ranks(rank);
    said[static_cast<std::size_t>(rank.rank())] =
        test::error_of([&] {
          together(ranks, [&] { resume_training(path, training, "seed 2\n", ranks); });
        }).what();
  });
  CHECK(said[0].starts_with("rank 0 of 2: fit: the checkpoint "));
  CHECK(said[0] == said[1]);
}
