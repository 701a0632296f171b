// Checkpoints, their checksums made right: refused, or a training that can go on and is read back.
#include "fuzz/target.hpp"

#include <shoal/heads/checkpoint.hpp>

using namespace shoal;

namespace {

constexpr Index features = 3;

HeadSettings settings() {
  HeadSettings s{};
  s.clusters = 2;
  s.heads = 2;
  s.hidden = {2};
  s.bottleneck = 2;
  return s;
}

std::string saved(const Training& training) {
  static const std::string path = fuzz::folder() + "/saved";
  save_checkpoint(path, training, "f");
  return fuzz::content(path);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string sealed = fuzz::resealed({reinterpret_cast<const char*>(data), size});
  return fuzz::each(
      reinterpret_cast<const std::uint8_t*>(sealed.data()), sealed.size(), [](const std::string& path) {
        Training training(settings(), features), again = training;
        load_checkpoint(path, training, "f");
        fuzz::require(training.step >= 0 && training.sums.steps >= 0, "steps that can be");
        fuzz::require(training.best_head() >= 0 && training.best_head() < 2, "a best head that is there");
        const std::string once = saved(training);
        load_checkpoint(fuzz::file_of(once, 1), again, "f");
        fuzz::require(saved(again) == once, "a checkpoint is read back");
      });
}

extern "C" int LLVMFuzzerInitialize(int* arguments, char*** argument) {
  Training fresh(settings(), features), later = fresh;
  later.step = 9;
  later.sums.steps = 1;
  later.history = {{0.7, 0.6, 1, 2, 0.9, 0.8}, {0.6, 0.5, 0, 2, 0.8, 0.8}};
  return fuzz::plant(*arguments, *argument, {saved(fresh), saved(later)});
}
