#include <doctest/doctest.h>

#include <shoal/core/random.hpp>
#include <shoal/io/generated_rows.hpp>
#include <shoal/laws/row_source.hpp>

using namespace shoal;

TEST_CASE("rows drawn by Philox obey the laws") {
  const GeneratedRows rows(11, 3, [](Index i, std::span<float> row) {
    const Philox random(1, static_cast<std::uint64_t>(i));
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = static_cast<float>(random.normal(j));
  });
  laws::row_source(rows);
  laws::row_source(AnyRows(rows));
}

TEST_CASE("more rows than memory holds: each is made when it is read, and only then") {
  Index made = 0;
  const Index n = Index{1} << 40;
  const GeneratedRows rows(n, 2, [&made](Index i, std::span<float> row) {
    ++made;
    row[0] = static_cast<float>(i >> 20), row[1] = static_cast<float>(i & 0xFFFFF);
  });
  Matrix<float> out(2, 2);
  rows.read(n - 2, out);
  CHECK(out(1, 0) == 0x1p20f - 1);
  CHECK(out(1, 1) == 0x1p20f - 1);
  const std::vector<Index> ids{n - 1, 5};
  AnyRows(rows).gather(ids, out);
  CHECK(out(0, 1) == 0x1p20f - 1);
  CHECK(out(1, 1) == 5.f);
  rows.will_need(0, n);
  CHECK(made == 4);
}
