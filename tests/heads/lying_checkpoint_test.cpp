// Checkpoints whose every field lies in turn, resealed so that no checksum tells.
#include "heads/support.hpp"
#include "support/refused.hpp"
#include "support/scratch.hpp"

#include <cmath>
#include <functional>

#include <doctest/doctest.h>

#include <shoal/heads/checkpoint.hpp>

using namespace shoal;

namespace {

constexpr Index heads = 2, clusters = 3, features = 6;

HeadSettings settings() {
  auto s = quick<TEMI>(clusters);
  s.heads = heads;
  return s.general();
}

/// A training in its third epoch of four steps.
Training under_way() {
  Training training(settings(), features);
  training.step = 9;
  training.sums.steps = 1;
  training.sums.loss = {0.5, 0.25};
  training.history = {{0.7, 0.6, 1, 3, 0.9, 0.8}, {0.6, 0.5, 0, 2, 0.8, 0.8}};
  return training;
}

using Lie = std::function<void(ModelWriter&)>;

constexpr const char* texts[] = {"kind", "format", "fingerprint", "step", "epoch steps", "epoch agreement"};
constexpr const char* floats[] = {"student", "teacher", "first moment", "second moment", "marginal"};
constexpr const char* doubles[] = {"epoch loss", "history"};
constexpr const char* counts[] = {"epoch cluster rows"};

/// Writes the checkpoint `whole` again with one lie, or without the entry `missing`.
void save_lie(const ScratchPath& path, const ModelFile& whole, const Lie& lie,
              const std::string& missing = "") {
  ModelWriter file;
  for (const char* name : texts)
    if (name != missing) file.text(name, whole.text(name));
  for (const char* name : floats)
    if (name != missing) file.array(name, whole.array<float>(name));
  for (const char* name : doubles)
    if (name != missing) file.array(name, whole.array<double>(name));
  for (const char* name : counts)
    if (name != missing) file.array(name, whole.array<Index>(name));
  lie(file);
  file.save(path);
}

/// Whether loading refuses it; what it does not refuse can be gone on with.
bool is_refused(const ScratchPath& path) {
  Training training(settings(), features);
  try {
    load_checkpoint(path, training, "f");
  } catch (const error& e) {
    CHECK_MESSAGE((e.code() == Errc::bad_file || e.code() == Errc::invalid_argument), std::string(e.what()));
    return true;
  }
  CHECK_UNARY(training.step >= training.sums.steps && training.sums.steps >= 0);
  CHECK_UNARY(training.best_head() >= 0 && training.best_head() < heads);
  for (const HeadEpoch& e : training.history) CHECK_UNARY(e.best_head >= 0 && e.best_head < heads);
  return false;
}

}  // namespace

TEST_CASE("each field of a checkpoint lies: refused, or a training that can go on") {
  const Scratch folder("lying-checkpoint", memory_folder());
  save_checkpoint(folder / "whole", under_way(), "f");
  const ModelFile whole(folder / "whole");
  CHECK_FALSE(is_refused(folder / "whole"));
  Index told = 0, refused = 0;
  const auto tell = [&](const Lie& lie) {
    save_lie(folder / "lie", whole, lie);
    ++told;
    refused += is_refused(folder / "lie") ? 1 : 0;
  };
  for (const char* name :
       {"kind", "format", "fingerprint", "step", "student", "teacher", "first moment", "second moment",
        "marginal", "epoch steps", "epoch agreement", "epoch loss", "epoch cluster rows", "history"}) {
    CAPTURE(name);
    for (const char* text : {"", "-1", "0", "1", "8", "10", "4611686018427387904", "9223372036854775807",
                             "nan", "inf", "1e999", "x"})
      tell([&](ModelWriter& file) { file.text(name, text); });
    for (const auto& [r, c] :
         {std::pair<Index, Index>{0, 0}, {1, 1}, {1, 6}, {2, 6}, {1, 12}, {1, 13}, {2, 3}, {3, 2}, {1, 2}})
      for (const double value : {0., -1., 1., 2., 1e300, std::nan(""), HUGE_VAL}) {
        const Matrix<float> f(r, c, static_cast<float>(value));
        const Matrix<double> d(r, c, value);
        const Matrix<Index> w(r, c,
                              value > 1e18        ? Index{1} << 62
                              : std::isnan(value) ? -7
                                                  : static_cast<Index>(value));
        tell([&](ModelWriter& file) { file.array(name, f.view()); });
        tell([&](ModelWriter& file) { file.array(name, d.view()); });
        tell([&](ModelWriter& file) { file.array(name, w.view()); });
      }
  }
  CHECK(told > 2500);
  CHECK(refused > told * 9 / 10);
}

TEST_CASE("a checkpoint that lacks any one of its entries is refused, and the entry is named") {
  const Scratch folder("lying-checkpoint", memory_folder());
  save_checkpoint(folder / "whole", under_way(), "f");
  const ModelFile whole(folder / "whole");
  std::vector<std::string> names;
  names.insert(names.end(), std::begin(texts), std::end(texts));
  names.insert(names.end(), std::begin(floats), std::end(floats));
  names.insert(names.end(), std::begin(doubles), std::end(doubles));
  names.insert(names.end(), std::begin(counts), std::end(counts));
  for (const std::string& name : names) {
    CAPTURE(name);
    save_lie(
        folder / "lie", whole, [](ModelWriter&) {}, name);
    Training training(settings(), features);
    const std::string words = name == "kind"     ? "holds no training of heads"
                              : name == "format" ? "another version of shoal"
                                                 : name;
    test::refused(Errc::bad_file, words, [&] { load_checkpoint(folder / "lie", training, "f"); });
  }
}

TEST_CASE("each lie of a checkpoint says what it is about") {
  const Scratch folder("lying-checkpoint", memory_folder());
  save_checkpoint(folder / "whole", under_way(), "f");
  const ModelFile whole(folder / "whole");
  const auto says = [&](const std::string& words, const Lie& lie) {
    save_lie(folder / "lie", whole, lie);
    Training training(settings(), features);
    test::refused(Errc::bad_file, words, [&] { load_checkpoint(folder / "lie", training, "f"); });
  };
  says("steps of the epoch under way (1)", [](ModelWriter& file) { file.number("step", -1); });
  says("the steps done (6)", [](ModelWriter& file) {
    file.number("step", 7);
    file.array("history", MatrixView<const double>(nullptr, 1, 0));
  });
  says("the steps of the epoch under way (-1)", [](ModelWriter& file) { file.number("epoch steps", -1); });
  const std::vector<double> best{0.7, 0.6, 2, 3, 0.9, 0.8}, half{0.7, 0.6, 0.5, 3, 0.9, 0.8},
      short_row(5, 0.);
  says("best head is 2 of 2", [&](ModelWriter& file) { file.array("history", best); });
  says("best head is 0.5 of 2", [&](ModelWriter& file) { file.array("history", half); });
  says("history as 1 × 5", [&](ModelWriter& file) { file.array("history", short_row); });
  const auto student = whole.array<float>("student");
  const Matrix<float> nans(1, student.cols, std::nanf("")), negative(1, student.cols, -1.f),
      shares(heads, clusters, 7.f);
  says("a parameter (nan)", [&](ModelWriter& file) { file.array("student", nans.view()); });
  says("a second moment (-1)", [&](ModelWriter& file) { file.array("second moment", negative.view()); });
  says("a share of a cluster (7)", [&](ModelWriter& file) { file.array("marginal", shares.view()); });
  const Matrix<Index> rows(heads, clusters, -3);
  says("the rows of a cluster (-3)",
       [&](ModelWriter& file) { file.array("epoch cluster rows", rows.view()); });
}
