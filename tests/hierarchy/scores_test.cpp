#include "random_rows.hpp"
#include "support/refused.hpp"

#include <atomic>
#include <mutex>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/hierarchy/scores.hpp>

using namespace shoal;

namespace {

/// Rows against all prototypes, some of them backwards, one alone, and none; 300 rows of each set, so that a
/// set takes more than a block.
struct Data {
  Index n = 1500, C = 9;
  Matrix<float> x = random_rows(1, n, 13), w = random_rows(2, C, 13);
  Lists<Label> sets;
  std::vector<Index> set_of_row;

  Data() {
    for (Index c = 0; c < C; ++c) normalize(w.row(c), 13);
    for (const std::vector<Label>& set : {std::vector<Label>{0, 1, 2, 3, 4, 5, 6, 7, 8}, {7, 3, 1}, {5}, {}})
      sets.append(set);
    for (Index i = 0; i < n; ++i) set_of_row.push_back(i % 5 - 1);  // a fifth of the rows is in no set
  }

  /// [n × C] by row and candidate; −2 where no one asked.
  [[nodiscard]] Matrix<float> cosines(const Cpu& cpu, std::vector<Index>* seen = nullptr) const {
    Matrix<float> all(n, C, -2.f);
    std::mutex mutex;
    each_scored_block("test", x, w, sets, set_of_row, cpu, {}, [&](const ScoredRows& block) {
      const std::scoped_lock lock(mutex);
      for (std::size_t i = 0; i < block.rows.size(); ++i) {
        if (seen != nullptr) seen->push_back(block.rows[i]);
        for (std::size_t j = 0; j < block.candidates.size(); ++j)
          all(block.rows[i], block.candidates[j]) =
              block.cosines(static_cast<Index>(i), static_cast<Index>(j));
      }
    });
    return all;
  }
};

}  // namespace

TEST_CASE("each row meets its own candidates, once, with the same bits whoever else is there") {
  const Data data;
  std::vector<Index> seen;
  const Matrix<float> all = data.cosines(Cpu({.threads = 2}), &seen);
  std::sort(seen.begin(), seen.end());
  CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
  CHECK(std::ssize(seen) == 1200);
  for (Index i = 0; i < data.n; ++i) {
    const Index set = data.set_of_row[static_cast<std::size_t>(i)];
    for (Label c = 0; c < data.C; ++c) {
      const bool asked = set >= 0 && std::ranges::find(data.sets[set], c) != data.sets[set].end();
      REQUIRE((all(i, c) > -2) == asked);
      if (asked) REQUIRE(std::abs(static_cast<double>(all(i, c)) - cosine(data.x, i, data.w, c)) < 1e-6);
    }
  }
  Data few = data;
  for (Index i = 0; i < few.n; ++i)
    if (i % 7 != 0) few.set_of_row[static_cast<std::size_t>(i)] = -1;
  const Matrix<float> some = few.cosines(Cpu({.threads = 7}));
  for (Index i = 0; i < few.n; i += 7)
    for (Index c = 0; c < few.C; ++c) REQUIRE(some(i, c) == all(i, c));
}

TEST_CASE("what has no direction, what takes too much memory, and a hook that stops") {
  Data data;
  const auto run = [&](const Cpu& cpu, const Hook& hook) {
    each_scored_block("test", data.x, data.w, data.sets, data.set_of_row, cpu, hook,
                      [](const ScoredRows&) {});
  };
  test::refused(Errc::too_large, "the budget is 1000", [&] { run(Cpu({.threads = 1, .memory = 1000}), {}); });
  test::refused(Errc::stopped, "test: stopped",
                [&] { run(Cpu({.threads = 1}), [](const Progress&) { return false; }); });
  std::fill_n(data.x.row(5), 13, 0.f);  // in no set: no one asks for its direction
  run(Cpu({.threads = 1}), {});
  std::fill_n(data.x.row(6), 13, 0.f);
  test::refused(Errc::bad_data, "test: row 6 is zero", [&] { run(Cpu({.threads = 1}), {}); });
}
