// The laws of Sampler (sampling/sampler.hpp).
#pragma once

#include <algorithm>
#include <thread>
#include <vector>

#include <shoal/laws/expect.hpp>
#include <shoal/sampling/sampler.hpp>

namespace shoal::laws {

/// The rows of some pairs as a sampler returns them.
struct Pairs {
  Matrix<float> x, partner;
};

template <Sampler S>
Pairs draw_pairs(const S& sampler, AnyRows features, std::span<const Index> ids, Draw draw) {
  const auto count = static_cast<Index>(ids.size());
  Pairs out{Matrix<float>(count, features.cols(), -7.f), Matrix<float>(count, features.cols(), -7.f)};
  sampler.pairs(features, ids, draw, out.x, out.partner);
  return out;
}

inline bool same_bits(const Matrix<float>& a, const Matrix<float>& b) {
  return a.rows() == b.rows() && std::equal(a.data(), a.data() + a.size(), b.data());
}

/// Checks the laws for a sampler that fits `features`, which have at least four rows. Throws
/// error(invalid_argument) for a law that does not hold.
template <Sampler S> void sampler_laws(const S& sampler, AnyRows features) {
  const Index n = features.rows(), d = features.cols();
  sampler.validate(features);
  std::vector<Index> ids(static_cast<std::size_t>(n));
  for (Index i = 0; i < n; ++i) ids[static_cast<std::size_t>(i)] = n - 1 - i;
  const Draw draw{.seed = 3, .epoch = 2};
  const Pairs all = draw_pairs(sampler, features, ids, draw);

  Matrix<float> rows(n, d);
  features.gather(ids, rows);
  expect(same_bits(all.x, rows));
  expect(same_bits(all.partner, draw_pairs(sampler, features, ids, draw).partner));

  for (Index i = 0; i < n; ++i) {  // a batch of one draws the same pair as the whole batch
    const Pairs one =
        draw_pairs(sampler, features, std::span(ids).subspan(static_cast<std::size_t>(i), 1), draw);
    expect(std::equal(one.partner.data(), one.partner.data() + d, all.partner.row(i)));
  }
  draw_pairs(sampler, features, {}, draw);

  Pairs elsewhere;  // drawn by another thread at the same time
  std::thread other([&] { elsewhere = draw_pairs(sampler, features, ids, draw); });
  const Pairs here = draw_pairs(sampler, features, ids, draw);
  other.join();
  expect(same_bits(elsewhere.partner, here.partner));

  const Matrix<float> fewer(n - 1, d, 1.f);
  expect_refused([&] { sampler.validate(Rows(fewer)); });
}

}  // namespace shoal::laws
