#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/probe/probe_backend.hpp>

using namespace shoal;

TEST_CASE("a reference to a backend hands out its trainer, its workers and its classifier") {
  const Cpu cpu({.threads = 2, .memory = 12345});
  const ProbeBackend backend(cpu);
  CHECK(backend.threads() == 2);
  CHECK(backend.memory() == 12345);
  const auto trainer = backend.trainer({{{0.5, 0}, {0.1, 0}}, 2, 3, 0.9, 4});
  CHECK(trainer->size() == 2);
  Matrix<float> x(4, 3, 1.f);
  for (Index i = 0; i < 4; ++i) x(i, 0) = static_cast<float>(i);
  const std::vector<Label> y{0, 1, 2, 2};
  GridTrainer own({{0.5, 0}, {0.1, 0}}, 2, 3, 0.9, cpu);
  trainer->step(x, y, 1);
  own.step(x, y, 1);
  const LinearClassifier a = trainer->classifier(1), b = own.classifier(1);
  CHECK(std::equal(a.weights.data(), a.weights.data() + a.weights.size(), b.weights.data()));
  CHECK(trainer->take_losses() == own.take_losses());

  const Matrix<float> rows(2, 2, 1.f);
  Classified said{Matrix<Label>(2, 1), std::vector<float>(2)};
  backend.classify(a, Rows(rows), said);
  CHECK(said.confidence == classify(a, Rows(rows), 1, cpu).confidence);
}
