#include "support/refused.hpp"

#include <cstdint>
#include <utility>

#include <doctest/doctest.h>

#include <shoal/core/buffer.hpp>

using namespace shoal;

namespace {
using Ids = Buffer<Index>;
bool starts_on_a_line(const Ids& ids) { return reinterpret_cast<std::uintptr_t>(ids.data()) % 64 == 0; }
}  // namespace

TEST_CASE("a buffer starts on a cache line and holds what it is given") {
  for (std::size_t count : {1U, 3U, 8U, 1000U}) {
    const Ids ids(count, 7);
    CHECK(starts_on_a_line(ids));
    CHECK(ids.size() == count);
    CHECK(std::count(ids.begin(), ids.end(), 7) == static_cast<std::ptrdiff_t>(count));
  }
  CHECK(Ids{}.empty());
  CHECK(Ids(0).data() == nullptr);
  CHECK(Ids{3, 1, 2}.size() == 3);
  const Index values[] = {5, 6};
  CHECK(Ids(values, values + 2) == Ids{5, 6});
}

TEST_CASE("copies are independent; what has been moved from is empty") {
  Ids a{1, 2, 3}, b = a;
  b[0] = 9;
  CHECK(a == Ids{1, 2, 3});
  const Index* place = a.data();
  Ids moved = std::move(a);
  CHECK(moved.data() == place);
  CHECK(a.empty());  // NOLINT: what it promises
  a = b;
  CHECK(a == Ids{9, 2, 3});
  a = *&a;
  CHECK(a == Ids{9, 2, 3});
  a = Ids{4};
  CHECK(a == Ids{4});
  b = a;  // into a larger one
  CHECK(b == a);
}

TEST_CASE("it grows and keeps what it holds") {
  Ids ids;
  for (Index i = 0; i < 1000; ++i) {
    ids.push_back(i);
    CHECK_UNARY(starts_on_a_line(ids));
  }
  for (Index i = 0; i < 1000; ++i) CHECK_UNARY(ids[static_cast<std::size_t>(i)] == i);
  ids.resize(2);
  ids.resize(4, 8);
  CHECK(ids == Ids{0, 1, 8, 8});
  ids.push_back(ids.front() + 1);
  ids.pop_back();
  for (std::size_t held = ids.size(); ids.capacity() == ids.size() || held < 5; ++held) ids.push_back(ids[2]);
  CHECK(ids.back() == 8);  // a value of its own
  ids.assign(2, 3);
  CHECK(ids == Ids{3, 3});
  ids.clear();
  CHECK(ids.empty());
}

TEST_CASE("values are inserted before a place and appended") {
  Ids ids{2, 4};
  ids.insert(ids.begin(), 1);
  ids.insert(ids.begin() + 2, 3);
  ids.insert(ids.end(), 5);
  CHECK(ids == Ids{1, 2, 3, 4, 5});
  const Ids more{6, 7};
  ids.append(more.begin(), more.end());
  ids.append(more.begin(), more.begin());
  CHECK(ids == Ids{1, 2, 3, 4, 5, 6, 7});
}

TEST_CASE("more than there is memory is refused with the bytes asked for") {
  test::refused(Errc::too_large, "an array of 4611686018427387904 bytes",
                [] { (void)Buffer<float>(std::size_t{1} << 60); });
  test::refused(Errc::too_large, "Buffer: bytes", [] { (void)Buffer<double>(std::size_t{1} << 62); });
}
