// How do I cluster more rows than memory holds?
#include <cstdio>
#include <string>

#include <shoal/shoal.hpp>

/// Any type that can read rows is a RowSource, so features may come from where they are: a mapped file, a
/// database, a generator. Here: half a million rows that are computed when they are read, 768 MB that are
/// never in memory.
int main() try {
  constexpr shoal::Index rows = 500'000, columns = 384, corners = 8;
  const shoal::GeneratedRows features(rows, columns, [](shoal::Index i, std::span<float> row) {
    const shoal::Philox random(7, static_cast<std::uint64_t>(i % 100));  // a hundred shades of noise
    for (std::size_t j = 0; j < row.size(); ++j)
      row[j] = static_cast<float>(random.uniform(j)) +
               (j % corners == static_cast<std::size_t>(i % corners) ? 2.f : 0.f);
  });

  const shoal::Cpu cpu;
  const auto result = shoal::fit(shoal::KMeans{.clusters = corners, .iterations = 3}, features, cpu,
                                 [](const shoal::Progress& now) {
                                   std::printf("iteration %lld: mean distance %.4f\n",
                                               static_cast<long long>(now.done), now.objective / rows);
                                   return true;  // false would stop, and keep what there is
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
