// Fifty steps from the parameters and batches of data/make_trace.py follow the losses of the official code of
// TEMI.
#include <string>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/heads/cpu/step_on_cpu.hpp>
#include <shoal/io/npy.hpp>

using namespace shoal;

namespace {

/// How far the loss of a head is from the official code's, relatively, at most.
template <class Method> double worst_of_trace(const std::string& name, Precision products) {
  const std::string data = TEST_DATA;
  const auto features = npy::read_matrix<float>(data + "/trace_features.npy");
  const auto ids = npy::read_matrix<std::int32_t>(data + "/trace_ids.npy");
  const auto losses = npy::read_matrix<float>(data + "/trace_" + name + "_losses.npy");
  const auto parameters = npy::read_vector<float>(data + "/trace_" + name + "_parameters.npy");

  Method s{.clusters = 7, .heads = 3, .epochs = 10, .batch = 40, .learning_rate = 5e-3, .final_rate = 5e-3};
  s.warmup_epochs = 4;
  s.hidden = {24};
  s.bottleneck = 16;
  s.precision = products;
  HeadState state(s.shape(features.cols()), 0, true);
  REQUIRE(std::ssize(parameters) == state.shape.size());
  state.student.assign(parameters.data(), parameters.data() + parameters.size());
  state.teacher = state.student;
  const auto engine = StepOn<Cpu>::make(s, state, Cpu({.threads = 2}));
  const WarmupCosine rate = s.schedule(features.rows());
  const Index frozen = features.rows() / s.batch;
  StepReport report;
  Matrix<float> batch(2 * s.batch, features.cols());
  double worst = 0;
  for (Index step = 0; step < ids.rows(); ++step) {
    for (Index i = 0; i < batch.rows(); ++i)  // the ids are those of all x, then of all partners
      std::copy_n(features.row(ids(step, i)), features.cols(), batch.row(i));
    engine->step(batch, {rate(step), step, std::max<Index>(step - frozen, 0), step < frozen}, report);
    for (Index h = 0; h < s.heads; ++h)
      worst = std::max(
          worst,
          std::abs(report.loss[static_cast<std::size_t>(h)] / static_cast<double>(losses(step, h)) - 1));
  }
  return worst;
}

}  // namespace

TEST_CASE("TEMI and SCANv2 follow the official code for 50 steps") {
  CHECK(worst_of_trace<TEMI>("temi", Precision::float32) < 1e-4);
  CHECK(worst_of_trace<SCANv2>("scan", Precision::float32) < 1e-4);
}

TEST_CASE("in bfloat16 they stay near it") {
  const double temi = worst_of_trace<TEMI>("temi", Precision::bfloat16);
  const double scan = worst_of_trace<SCANv2>("scan", Precision::bfloat16);
  MESSAGE("at most " << temi << " (TEMI) and " << scan << " (SCANv2) away, relatively");
  CHECK(temi < 0.02);
  CHECK(scan < 0.02);
}
