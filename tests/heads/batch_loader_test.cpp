#include <set>

#include <doctest/doctest.h>

#include <shoal/heads/batch_loader.hpp>

using namespace shoal;

namespace {

/// Writes a sample's id as its x, and id + 0.5 as its partner.
void draw_ids(std::span<const Index> ids, Draw, MatrixView<float> x, MatrixView<float> partner) {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto id = static_cast<float>(ids[i]);
    x(static_cast<Index>(i), 0) = id, partner(static_cast<Index>(i), 0) = id + 0.5f;
  }
}

std::vector<float> batch_of(BatchLoader& loader, Index step, Index batch) {
  Matrix<float> out(2 * batch, 1);
  loader.load(step, out);
  return {out.data(), out.data() + out.size()};
}

}  // namespace

TEST_CASE("an epoch is a permutation less the last short batch, another one each time") {
  const Index n = 107, batch = 25, steps = n / batch;
  BatchLoader loader(n, batch, 5, draw_ids);
  std::set<std::vector<float>> epochs;
  for (Index epoch = 0; epoch < 3; ++epoch) {
    std::vector<float> met;
    for (Index step = 0; step < steps; ++step) {
      const auto rows = batch_of(loader, epoch * steps + step, batch);
      met.insert(met.end(), rows.begin(), rows.begin() + batch);
    }
    const std::set<float> all(met.begin(), met.end());
    CHECK(std::ssize(all) == steps * batch);
    CHECK((*all.begin() >= 0 && *all.rbegin() < static_cast<float>(n)));
    epochs.insert(met);
  }
  CHECK(epochs.size() == 3);
}

TEST_CASE("a batch depends on seed and step alone, not on what was loaded before") {
  const Index n = 60, batch = 20;
  BatchLoader forward(n, batch, 5, draw_ids), other(n, batch, 6, draw_ids);
  std::vector<std::vector<float>> batches;
  for (Index step = 0; step < 9; ++step) batches.push_back(batch_of(forward, step, batch));
  BatchLoader backward(n, batch, 5, draw_ids);
  for (Index step = 8; step >= 0; --step)
    CHECK(batch_of(backward, step, batch) == batches[static_cast<std::size_t>(step)]);
  CHECK(batch_of(other, 0, batch) != batches[0]);
}

TEST_CASE("a batch holds rows x and then their partners, in the same order") {
  BatchLoader loader(50, 23, 1, draw_ids);
  const auto rows = batch_of(loader, 1, 23);
  for (std::size_t b = 0; b < 23; ++b) CHECK(rows[23 + b] == rows[b] + 0.5f);
}

TEST_CASE("the checksum of the first batch tells samplers apart") {
  const auto first_batch = [](Index n, Index batch, DrawPairs draw) {
    return BatchLoader(n, batch, 5, std::move(draw)).first_batch(1);
  };
  const std::uint64_t own = first_batch(60, 20, draw_ids);
  CHECK(first_batch(60, 20, draw_ids) == own);
  CHECK(first_batch(60, 20, [](auto ids, Draw how, auto x, auto partner) {
          draw_ids(ids, how, x, partner);
          partner(3, 0) += 1;
        }) != own);
}
