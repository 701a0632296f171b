#include "heads/support.hpp"
#include "support/refused.hpp"
#include "support/scratch.hpp"

#include <fstream>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/backend/eigen_cpu.hpp>
#include <shoal/heads/fit.hpp>
#include <shoal/linalg/product_eigen.hpp>

using namespace shoal;

namespace {

struct Job {
  Matrix<float> points = grouped_points(150, 3, 6);
  Neighbors neighbors = exact_neighbors(Rows(points), {.count = 5}, cpu);

  template <class Method>
  [[nodiscard]] HeadFit run(const Method& s, const Checkpoints& checkpoints = {},
                            Index stop_after = 1 << 20) const {
    return fit(
        s, Rows(points), NearestPairs(neighbors), cpu, [&](const Progress& p) { return p.done < stop_after; },
        checkpoints);
  }
};

void same_results(const HeadFit& a, const HeadFit& b) {
  CHECK(a.model.parameters == b.model.parameters);
  CHECK(a.model.best == b.model.best);
  CHECK(a.labels == b.labels);
  CHECK(a.steps == b.steps);
  REQUIRE(a.history.size() == b.history.size());
  for (std::size_t i = 0; i < a.history.size(); ++i) {
    CHECK(a.history[i].loss == b.history[i].loss);
    CHECK(a.history[i].normalised_entropy == b.history[i].normalised_entropy);
    CHECK(a.history[i].head_agreement == b.history[i].head_agreement);
    CHECK(a.history[i].occupied_clusters == b.history[i].occupied_clusters);
  }
}

std::string message_of(const Job& job, const TEMI& s, const ScratchPath& path, Errc expected) {
  const error e = test::error_of([&] { (void)job.run(s, {.path = path, .resume = true}); });
  CHECK(e.code() == expected);
  return e.what();
}

}  // namespace

TEST_CASE_TEMPLATE("stopped anywhere and resumed, a training ends with the same bits", Method, TEMI, SCANv2,
                   SCP) {
  const Job job;
  const Scratch scratch("checkpoint");
  auto s = quick<Method>(3);
  s.standardize = true;
  const HeadFit whole = job.run(s);
  for (const Index stop : {1, 2, 5, 23, 24}) {
    const Checkpoints here{.path = scratch / std::to_string(stop), .resume = true};
    (void)job.run(s, here, stop);
    CHECK(std::filesystem::exists(here.path));
    same_results(job.run(s, here), whole);
    same_results(job.run(s, here), whole);  // already done: nothing is left to do
  }
}

TEST_CASE("a training that is done may be resumed for more epochs, but not for fewer") {
  const Job job;
  const Scratch scratch("checkpoint-longer");
  const Checkpoints here{.path = scratch / "training", .resume = true};
  auto s = quick<TEMI>(3);
  const HeadFit first = job.run(s, here);
  s.epochs += 2;
  const HeadFit longer = job.run(s, here);
  REQUIRE(longer.history.size() == first.history.size() + 2);
  CHECK(longer.history[0].loss == first.history[0].loss);
  CHECK(longer.model.parameters != first.model.parameters);
  const HeadFit again = job.run(s, here);  // done: nothing is left to do
  CHECK(again.model.parameters == longer.model.parameters);
  s.epochs -= 1;
  CHECK(message_of(job, s, scratch / "training", Errc::invalid_argument).find("epochs") != std::string::npos);
}

TEST_CASE("checkpoints every few steps, and at the end of each epoch") {
  const Job job;
  const Scratch scratch("checkpoint-every");
  const auto saved_step = [&](const char* name) { return ModelFile(scratch / name).number<Index>("step"); };
  Index seen = 0;
  const auto watch = [&](Checkpoints c, const char* name, Index each) {
    c.path = scratch / name;
    (void)fit(
        quick<TEMI>(3), Rows(job.points), NearestPairs(job.neighbors), cpu,
        [&](const Progress& p) {
          if (p.phase != "heads") return true;
          if (p.done > each) CHECK(saved_step(name) == (p.done - 1) / each * each);
          ++seen;
          return true;
        },
        c);
    CHECK(saved_step(name) == 24);
  };
  watch({.every_steps = 5}, "steps", 5);
  watch({}, "epochs", 2);
  CHECK(seen == 48);
}

TEST_CASE("a checkpoint of other settings, data or pairs, and a damaged one, are refused") {
  Job job;
  const Scratch scratch("checkpoint-refused");
  const auto path = scratch / "training";
  const auto s = quick<TEMI>(3);
  (void)job.run(s, {.path = path}, 5);

  auto other = s;
  other.learning_rate *= 2;
  const std::string message = message_of(job, other, path, Errc::invalid_argument);
  CHECK(message.find("another training") != std::string::npos);
  CHECK(message.find('\n') == std::string::npos);
  other = s;
  other.objective.beta = 0.7f;
  (void)message_of(job, other, path, Errc::invalid_argument);
  other = s;
  other.precision = Precision::bfloat16;
  (void)message_of(job, other, path, Errc::invalid_argument);
  other = s;
  other.seed = 9;
  (void)message_of(job, other, path, Errc::invalid_argument);

  for (Index i = 0; i < 150; ++i) {  // whichever row it is
    Job moved = job;
    float& x = moved.points(i, i % 6);
    x = std::nextafter(x, 100.f);
    CHECK(message_of(moved, s, path, Errc::invalid_argument).find("all rows") != std::string::npos);
  }
  Job fewer = job;
  fewer.points = grouped_points(149, 3, 6);
  fewer.neighbors = exact_neighbors(Rows(fewer.points), {.count = 5}, cpu);
  CHECK(message_of(fewer, s, path, Errc::invalid_argument).find("rows 149") != std::string::npos);
  for (Index i = 0; i < 150; i += 7) {
    Job met = job;
    std::swap(met.neighbors.ids(i, 0), met.neighbors.ids(i, 1));
    CHECK(message_of(met, s, path, Errc::invalid_argument).find("all pairs") != std::string::npos);
  }
  Job paired = job;
  for (Index i = 0; i < 150; ++i) paired.neighbors.ids(i, 0) = 0, paired.neighbors.ids(i, 1) = 0;
  (void)message_of(paired, s, path, Errc::invalid_argument);

  for (const std::streamoff at : {20, 300, 5000}) {
    const auto damaged = scratch / "damaged";
    std::filesystem::remove(damaged);  // MinGW's library does not overwrite
    std::filesystem::copy_file(path, damaged);
    std::fstream file(damaged, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(at);
    const char byte = static_cast<char>(file.get() ^ 1);
    file.seekp(at);
    file.put(byte);
    file.close();
    (void)message_of(job, s, damaged, Errc::bad_file);
  }
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  (void)message_of(job, s, path, Errc::bad_file);
}

TEST_CASE("a checkpoint of another library, another engine or another version of shoal is refused") {
  const Job job;
  const Scratch scratch("checkpoint-machine");
  const auto s = quick<TEMI>(3);
  const auto run = [&](const auto& backend, bool resume) {
    return fit(s, Rows(job.points), NearestPairs(job.neighbors), backend, {},
               {.path = scratch / "training", .resume = resume});
  };
  (void)run(cpu, false);
  (void)run(Cpu({.threads = 5}), true);
  test::refused(Errc::invalid_argument, "products ",
                [&] { (void)run(Cpu({.library = multiply_by_eigen}), true); });
  test::refused(Errc::invalid_argument, "engine generic step", [&] { (void)run(EigenCpu(1), true); });

  const ModelFile stored(scratch / "training");
  ModelWriter old;  // as 0.1.0 wrote it: without a format
  old.text("kind", "heads training");
  old.text("fingerprint", stored.text("fingerprint"));
  old.number("step", Index{3});
  old.save(scratch / "training");
  test::refused(Errc::bad_file, "another version of shoal", [&] { (void)run(cpu, true); });
}
