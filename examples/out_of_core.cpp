// How do I cluster more rows than fit in memory?
#include <cstdio>
#include <string>

#include <shoal/shoal.hpp>

/// Any type that can read rows is a RowSource, so features may stay where they are: in a mapped file, a
/// database, or a formula. Here rows are computed when they are read, so that only a few blocks of them are
/// in memory at any time.
int main() try {
  constexpr shoal::Index rows = 100'000, columns = 64, corners = 8;
  const shoal::GeneratedRows features(rows, columns, [](shoal::Index i, std::span<float> row) {
    const shoal::Philox random(7, static_cast<std::uint64_t>(i));
    const auto corner = static_cast<std::size_t>(i % corners);
    for (std::size_t j = 0; j < row.size(); j += 4) {
      const auto noise = random.words(j);
      for (std::size_t k = 0; k < 4; ++k) row[j + k] = static_cast<float>(noise.w[k]) * 0x1p-32f;
    }
    row[corner] += 4.f;
  });

  const shoal::Cpu cpu;
  const auto result = shoal::fit(shoal::KMeans<>{.clusters = corners, .iterations = 3}, features, cpu,
                                 [](const shoal::Progress& now) {
                                   std::printf("iteration %lld: mean distance %.4f\n",
                                               static_cast<long long>(now.done), now.objective / rows);
                                   return true;  // false would stop, and return the result so far
                                 });

  std::vector<shoal::Label> truth(rows);
  for (std::size_t i = 0; i < truth.size(); ++i) truth[i] = static_cast<shoal::Label>(i % corners);
  const double acc = shoal::evaluate(result.labels, truth, cpu).acc;
  std::printf("ACC %.3f\n", acc);
  return acc > 0.5 ? 0 : 1;
} catch (const shoal::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
