#include "random_rows.hpp"

#include <mutex>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/hierarchy/best_candidates.hpp>

using namespace shoal;

namespace {

/// A backend whose search is its own.
struct Answers {
  [[nodiscard]] int threads() const { return 1; }
  [[nodiscard]] std::size_t memory() const { return 0; }
  template <class F> void each_task(Index tasks, F&& f) const {
    for (Index i = 0; i < tasks; ++i) f(i, 0);
  }
};

}  // namespace

template <> struct shoal::BestCandidatesOn<Answers> {
  static void find(const CandidateQuestion& question, const Answers&, const Hook&,
                   const CandidateSink& sink) {
    for (Index i = 0; i < question.features.rows(); ++i) sink(i, std::vector<Label>{7}, 0.5f);
  }
};

TEST_CASE("the best candidates of each row that has a set, as far as there are any") {
  const Index n = 300, d = 6;
  const Matrix<float> x = random_rows(1, n, d);
  Matrix<float> w = random_rows(2, 5, d);
  for (Index c = 0; c < 5; ++c) normalize(w.row(c), d);
  Lists<Label> sets;
  sets.append(std::vector<Label>{4, 0, 2});
  sets.append(std::vector<Label>{3});
  std::vector<Index> set_of_row;
  for (Index i = 0; i < n; ++i) set_of_row.push_back(i % 3 - 1);
  std::mutex mutex;
  std::vector<int> seen(static_cast<std::size_t>(n));
  const auto check_row = [&](Index row, std::span<const Label> best, float confidence) {
    const std::scoped_lock lock(mutex);
    ++seen[static_cast<std::size_t>(row)];
    const auto set = sets[set_of_row[static_cast<std::size_t>(row)]];
    CHECK(best.size() == std::min<std::size_t>(2, set.size()));
    double total = 0;
    for (const Label c : set) {
      total += std::exp((cosine(x, row, w, c) - cosine(x, row, w, best[0])) / 0.5);
      CHECK(cosine(x, row, w, c) <= cosine(x, row, w, best[0]) + 1e-6);
    }
    CHECK(double{confidence} == doctest::Approx(1 / total).epsilon(1e-5));
  };
  const Cpu cpu({.threads = 2});
  CandidateBackend(cpu).best_candidates({"test", Rows(x), w, sets, set_of_row, 0.5f, 2}, {}, check_row);
  for (Index i = 0; i < n; ++i) CHECK(seen[static_cast<std::size_t>(i)] == (i % 3 == 0 ? 0 : 1));
}

TEST_CASE("a backend that has a search of its own is asked") {
  const Matrix<float> x = random_rows(1, 3, 2);
  const Lists<Label> sets;
  int rows = 0;
  CandidateBackend(Answers{}).best_candidates({"test", Rows(x), x, sets, {}, 1, 1}, {},
                                              [&](Index, std::span<const Label> best, float) {
                                                CHECK(best.front() == 7);
                                                ++rows;
                                              });
  CHECK(rows == 3);
}
