// What does the grid of a linear probe cost, and is its minimum that of logistic regression? Lines of JSON:
// seconds, accuracy and best setting of one training, of the raced grid and, with WHOLE, of the grid without
// race; then of one training for each penalty, at a higher learning rate, which probe.py compares with
// scikit-learn on the same rows. usage: peer_probe FEATURES.npy LABELS.npy VALIDATION_OUT.npy EPOCHS [whole]
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>

#include <shoal/backend/cpu.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/io/standardize.hpp>
#include <shoal/io/subset.hpp>
#include <shoal/probe/linear.hpp>
#include <shoal/probe/split.hpp>

using namespace shoal;

namespace {

std::vector<Label> pick(const std::vector<Label>& labels, const std::vector<Index>& rows) {
  std::vector<Label> picked;
  for (const Index i : rows) picked.push_back(labels[static_cast<std::size_t>(i)]);
  return picked;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5)
    return std::fprintf(stderr, "usage: peer_probe FEATURES LABELS VALIDATION_OUT EPOCHS [whole]\n"), 2;
  const auto features = npy::map(argv[1]);
  const auto labels = npy::read_vector<Label>(argv[2]);
  const StratifiedSplit split = stratified_split(labels, 0.2, 0);
  npy::write(argv[3], split.validation);
  const int epochs = std::stoi(argv[4]);

  const Cpu cpu;
  const Subset training(features, split.training), validation(features, split.validation);
  const ColumnScaling scaling = column_scaling(training, cpu);
  const Standardized rows(training, scaling), held_out(validation, scaling);
  const auto y = pick(labels, split.training), truth = pick(labels, split.validation);
  const auto run = [&](const char* name, const LinearProbe& probe, double penalty) {
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t clock = std::clock();
    const ProbeResult result = fit(probe, rows, y, held_out, truth, cpu);
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    const ProbePoint& best = result.points[static_cast<std::size_t>(result.best)];
    std::printf(
        "{\"run\": \"%s\", \"penalty\": %g, \"learning_rate\": %g, \"weight_decay\": %g, \"seconds\": %.3f, "
        "\"cpu_seconds\": %.3f, \"accuracy\": %.5f}\n",
        name, penalty, best.learning_rate, best.weight_decay, time.count(),
        static_cast<double>(std::clock() - clock) / CLOCKS_PER_SEC, result.accuracy);
    std::fflush(stdout);
  };
  run("single", {.learning_rates = {5e-3}, .weight_decays = {1e-5}, .epochs = epochs}, 1e-5);
  run("grid", {.epochs = epochs}, 0);
  if (argc > 5) run("whole grid", {.epochs = epochs, .race = false}, 0);
  for (const double penalty : {1e-2, 1e-3})
    run("penalty", {.learning_rates = {0.02}, .weight_decays = {penalty}, .epochs = epochs}, penalty);
}
