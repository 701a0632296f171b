#include "support/refused.hpp"
#include "support/thread_ranks.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/laws/sampler.hpp>
#include <shoal/sampling/nearest_pairs.hpp>
#include <shoal/sampling/pairs_over_ranks.hpp>
#include <shoal/sampling/views.hpp>

using namespace shoal;

namespace {

Matrix<float> counted_rows(Index n, float step) {
  Matrix<float> rows(n, 3);
  for (Index i = 0; i < rows.size(); ++i) rows.data()[i] = step * static_cast<float>(i);
  return rows;
}

const std::vector<Index> cut{0, 11, 11, 39, 40};
const std::vector<Index> batch{39, 0, 10, 11, 25, 38, 3};

/// The pairs of the batch as each of four ranks gets them; make(own rows' first id, count) is its sampler.
template <class Make> std::vector<laws::Pairs> drawn(const Matrix<float>& rows, Draw draw, const Make& make) {
  std::vector<laws::Pairs> found(4);
  test::over_ranks(4, [&](const test::ThreadRank& rank) {
    const auto r = static_cast<std::size_t>(rank.rank());
    const Index first = cut[r], count = cut[r + 1] - first;
    const Rows own(rows.view().block(first, count));
    const AnyCommunicator ranks(rank);
    const Shard shard(ranks, count, 3);
    laws::Pairs out{Matrix<float>(7, 3), Matrix<float>(7, 3)};
    together(ranks, [&] {
      make(first, count, [&](const auto& sampler) {
        sampler.validate(own, shard.total());
        pairs_over_ranks(sampler, own, shard, batch, draw, out.x, out.partner);
      });
    });
    found[r] = std::move(out);
  });
  return found;
}

}  // namespace

TEST_CASE("pairs of rows on ranks are those of one process, at every rank") {
  const Matrix<float> rows = counted_rows(40, 1.f), other = counted_rows(40, -2.f);
  Matrix<std::int32_t> ids(40, 5);
  for (Index i = 0; i < ids.size(); ++i) ids.data()[i] = static_cast<std::int32_t>((7 * i + 3) % 40);
  const Rows view(other);
  for (const Draw draw : {Draw{.seed = 3, .epoch = 1}, Draw{.seed = 4, .epoch = 2}}) {
    const auto near = laws::draw_pairs(NearestPairs(ids), Rows(rows), batch, draw);
    for (const laws::Pairs& one : drawn(rows, draw, [&](Index first, Index count, const auto&use) {
           use(NearestPairs(ids.view().block(first, count)));
         })) {
      CHECK(laws::same_bits(one.x, near.x));
      CHECK(laws::same_bits(one.partner, near.partner));
    }
    const auto views = laws::draw_pairs(Views(view), Rows(rows), batch, draw);
    for (const laws::Pairs& one : drawn(rows, draw, [&](Index first, Index count, const auto&use) {
           const Rows own(other.view().block(first, count));
           use(Views(own));
         })) {
      CHECK(laws::same_bits(one.x, views.x));
      CHECK(laws::same_bits(one.partner, views.partner));
    }
  }
}

TEST_CASE("the checksums of ranks add up to that of one process") {
  Matrix<std::int32_t> ids(40, 5, 1);
  const Matrix<float> rows = counted_rows(40, 1.f);
  const Rows view(rows);
  const Cpu cpu({.threads = 2});
  std::uint64_t near = 0, views = 0;
  for (std::size_t r = 0; r < 4; ++r) {
    const Index first = cut[r], count = cut[r + 1] - first;
    near += inspect_pairs(NearestPairs(ids.view().block(first, count)), cpu, first);
    const Rows own(rows.view().block(first, count));
    views += inspect_pairs(Views(own), cpu, first);
  }
  CHECK(near == inspect_pairs(NearestPairs(ids), cpu));
  CHECK(views == inspect_pairs(Views(view), cpu));
}

TEST_CASE("ids that stop naming samples after the check are an error on all ranks") {
  const Matrix<float> rows = counted_rows(40, 1.f);
  Matrix<std::int32_t> ids(40, 1, 0);
  const auto work = [&] {
    (void)drawn(rows, {}, [&](Index first, Index count, const auto& use) {
      Matrix<std::int32_t> own(count, 1, 0);
      if (first == 39) own(0, 0) = 39;
      const NearestPairs sampler(own);
      use(sampler);
      if (first == 39) own(0, 0) = 40;
      use(sampler);
    });
  };
  CHECK_THROWS_AS(work(), error);
}
