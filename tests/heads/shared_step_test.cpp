#include "heads/support.hpp"
#include "support/thread_ranks.hpp"

#include <doctest/doctest.h>

#include <shoal/heads/shared_step.hpp>

using namespace shoal;

TEST_CASE("heads are shared out in order, as evenly as possible, and each to one rank") {
  for (const Index heads : {1, 4, 7})
    for (const Index ranks : {1, 2, 3, 7, 9}) {
      Index next = 0;
      for (Index rank = 0; rank < ranks; ++rank) {
        const HeadShare share = HeadShare::of(heads, rank, ranks);
        CHECK(share.first == next);
        CHECK((share.count == heads / ranks || share.count == heads / ranks + 1));
        next += share.count;
      }
      CHECK(next == heads);
    }
}

TEST_CASE("the state of some heads has each parameter of theirs, at its place in their own layout") {
  TEMI s{.clusters = 5, .heads = 4};
  s.hidden = {3}, s.bottleneck = 2;
  HeadState all(s.shape(6), 1, true);
  for (std::size_t i = 0; i < all.student.size(); ++i)
    all.first_moment[i] = static_cast<float>(i), all.second_moment[i] = static_cast<float>(2 * i);
  for (Index i = 0; i < all.marginal.size(); ++i) all.marginal.data()[i] = static_cast<float>(i);
  const HeadState own = state_of_heads(all, {1, 2});
  CHECK(own.shape.heads == 2);
  for (Index h = 0; h < 2; ++h) {
    const HeadView<const float> there{&all.shape, all.student.data(), h + 1},
        here{&own.shape, own.student.data(), h};
    for (Index l = 0; l < 2; ++l) {
      const auto a = there.weight(l), b = here.weight(l);
      CHECK(std::equal(a.data, a.data + a.rows * a.cols, b.data));
      CHECK(std::equal(there.bias(l), there.bias(l) + a.rows, here.bias(l)));
    }
    CHECK(std::equal(there.directions().data, there.directions().data + 10, here.directions().data));
    const HeadView<const float> moments{&all.shape, all.first_moment.data(), h + 1},
        own_moments{&own.shape, own.first_moment.data(), h};
    CHECK(std::equal(moments.gains(), moments.gains() + 5, own_moments.gains()));
    CHECK(std::equal(all.marginal.row(h + 1), all.marginal.row(h + 1) + 5, own.marginal.row(h)));
  }
  CHECK(own.teacher == own.student);  // as in the state of all heads
  CHECK(state_of_heads(all, {4, 0}).student.empty());
}

TEST_CASE("steps over ranks leave the state, the losses and the labels of one engine for all heads") {
  TEMI s{.clusters = 7, .heads = 3, .batch = 20};
  s.hidden = {6}, s.bottleneck = 4;
  Matrix<float> batch(40, 5);
  for (Index i = 0; i < batch.size(); ++i)
    batch.data()[i] = static_cast<float>(Philox(6, 1).normal(static_cast<std::uint64_t>(i)));
  const Cpu one({.threads = 1});
  HeadState expected(s.shape(5), 1, true);
  StepReport report;
  const auto engine = StepOn<Cpu>::make(s, expected, one);
  for (Index step = 0; step < 3; ++step) engine->step(batch, {1e-2, step, step, false}, report);
  for (const int ranks : {1, 2, 3, 5}) {
    const auto count = static_cast<std::size_t>(ranks);
    std::vector<HeadState> states(count, HeadState(s.shape(5), 1, true));
    std::vector<StepReport> reports(count);
    test::over_ranks(ranks, [&](const test::ThreadRank& rank) {
      const auto r = static_cast<std::size_t>(rank.rank());
      const Ranks backend(rank, one);
      const auto shared = StepOn<Ranks<test::ThreadRank, Cpu>>::make(s, states[r], backend);
      for (Index step = 0; step < 3; ++step) shared->step(batch, {1e-2, step, step, false}, reports[r]);
      shared->sync();
    });
    for (std::size_t r = 0; r < count; ++r) {
      CHECK(reports[r].loss == report.loss);
      CHECK(reports[r].labels == report.labels);
      CHECK(states[r].student == expected.student);
      CHECK(states[r].teacher == expected.teacher);
      CHECK(states[r].first_moment == expected.first_moment);
      CHECK(states[r].second_moment == expected.second_moment);
      CHECK(std::equal(expected.marginal.data(), expected.marginal.data() + 21, states[r].marginal.data()));
    }
  }
}
