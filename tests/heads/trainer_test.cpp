#include "support/refused.hpp"
#include "support/scratch.hpp"

#include <chrono>
#include <limits>
#include <stdexcept>
#include <thread>

#include <doctest/doctest.h>

#include <shoal/heads/heads.hpp>
#include <shoal/heads/trainer.hpp>

using namespace shoal;

namespace {

/// An engine that learns nothing: it records what it is asked, and reports the losses it is told to.
struct Recorder final : StepEngine {
  std::vector<StepControl> controls;
  std::vector<std::vector<float>> batches;
  double loss = 1;

  void step(MatrixView<const float> batch, const StepControl& control, StepReport& report) override {
    controls.push_back(control);
    batches.emplace_back(batch.data, batch.data + batch.rows * batch.cols);
    report.loss.assign(2, loss);
    report.labels.assign(static_cast<std::size_t>(2 * batch.rows), 0);
  }
};

TEMI settings_of() {
  TEMI s{.clusters = 3, .heads = 2, .epochs = 3, .batch = 4, .warmup_epochs = 0, .frozen_epochs = 1};
  s.hidden = {}, s.bottleneck = 2;
  return s;
}

void draw_same_ids(std::span<const Index> ids, Draw, MatrixView<float> x, MatrixView<float> partner) {
  for (std::size_t i = 0; i < ids.size(); ++i)
    x(static_cast<Index>(i), 0) = partner(static_cast<Index>(i), 0) = static_cast<float>(ids[i]);
}

/// Runs a training of 10 samples, two steps an epoch, on the engine.
Training run(StepEngine& engine, const Hook& hook = {}, DrawPairs draw = draw_same_ids) {
  const HeadSettings s = settings_of().general();
  Training training(s, 1);
  BatchLoader loader(10, s.batch, s.seed, std::move(draw));
  Trainer(s, 10, loader, training, engine, {}, {}).run(hook);
  return training;
}

}  // namespace

TEST_CASE("every step has its batch, its rate and its counts; each epoch leaves a record") {
  Recorder engine;
  const Training training = run(engine);
  REQUIRE(engine.controls.size() == 6);
  BatchLoader loader(10, 4, 0, draw_same_ids);
  for (Index step = 0; step < 6; ++step) {
    const StepControl& c = engine.controls[static_cast<std::size_t>(step)];
    CHECK(c.updates == step);
    CHECK(c.last_frozen == (step < 2));
    CHECK(c.last_updates == std::max<Index>(step - 2, 0));
    CHECK(c.rate == settings_of().schedule(10)(step));
    Matrix<float> expected(8, 1);
    loader.load(step, expected);
    CHECK(engine.batches[static_cast<std::size_t>(step)] ==
          std::vector<float>(expected.data(), expected.data() + 8));
  }
  CHECK(training.history.size() == 3);
  CHECK(training.step == 6);
  CHECK(training.stop == HeadStop::finished);
}

TEST_CASE("the hook stops a training between steps") {
  Recorder engine;
  const Training training = run(engine, [](const Progress& p) { return p.done < 3; });
  CHECK(training.step == 3);
  CHECK(training.stop == HeadStop::asked);
  CHECK(engine.controls.size() == 3);
}

TEST_CASE(
    "an error of the sampler reaches the caller, and so does one of the engine while a batch is loaded") {
  Recorder engine;
  const DrawPairs fails_later = [calls = 0](auto ids, Draw how, auto x, auto partner) mutable {
    if (++calls == 4) throw std::runtime_error("no such file any more");
    draw_same_ids(ids, how, x, partner);
  };
  CHECK_THROWS_AS(run(engine, {}, fails_later), std::runtime_error);
  engine.loss = std::numeric_limits<double>::quiet_NaN();
  const DrawPairs slow = [](auto ids, Draw how, auto x, auto partner) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    draw_same_ids(ids, how, x, partner);
  };
  CHECK_THROWS_AS(run(engine, {}, slow), shoal::error);
}

TEST_CASE("a training that diverges in its last step says what, and writes no checkpoint of it") {
  struct Diverging final : StepEngine {
    HeadState* state = nullptr;
    Index steps = 0;
    void step(MatrixView<const float> batch, const StepControl&, StepReport& report) override {
      if (++steps == 6) state->student[0] = std::numeric_limits<float>::infinity();
      report.loss.assign(2, 1);
      report.labels.assign(static_cast<std::size_t>(2 * batch.rows), 0);
    }
  };
  const Scratch scratch("diverging");
  const HeadSettings s = settings_of().general();
  for (const Index every : {1, 100}) {
    Training training(s, 1);
    Diverging engine;
    engine.state = &training.state;
    BatchLoader loader(10, s.batch, s.seed, draw_same_ids);
    const Checkpoints checkpoints{.path = scratch / std::to_string(every), .every_steps = every};
    Trainer trainer(s, 10, loader, training, engine, checkpoints, {});
    test::refused(
        Errc::not_finite,
        std::string("fit: the student's parameters of head 0 are not finite at step 5: the training has "
                    "diverged; a lower learning_rate may help. ") +
            (every == 1 ? "The last good checkpoint is of step 5" : "There is no checkpoint"),
        [&] { trainer.run({}); });
    CHECK(std::filesystem::exists(checkpoints.path) == (every == 1));
    if (every == 1) CHECK(ModelFile(checkpoints.path).number<Index>("step") == 5);
  }
}
