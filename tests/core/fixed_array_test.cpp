#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include <shoal/core/fixed_array.hpp>

using namespace shoal;

namespace {
/// Counts those that live; the third to be made throws if it is told to.
struct Counted {
  Counted(int& alive_in, bool fails) : alive(alive_in) {
    if (fails && alive == 2) throw std::runtime_error("the third");
    ++alive;
  }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --alive; }
  int& alive;
};
struct alignas(128) Wide {
  float values[32];
};
}  // namespace

TEST_CASE("every object is made of the same arguments, or as T()") {
  const FixedArray<std::string> named(3, "ab");
  CHECK(named.size() == 3);
  CHECK(named[0] + named[1] + named[2] == "ababab");
  const FixedArray<int> numbers(1000);
  for (const int number : numbers) CHECK_UNARY(number == 0);
  CHECK(FixedArray<std::string>().size() == 0);
  const FixedArray<std::string> none(0);
  CHECK(none.begin() == none.end());
}

TEST_CASE("objects need neither be copied nor moved, and keep their values apart") {
  FixedArray<std::unique_ptr<int>> owners(4);
  for (Index i = 0; i < owners.size(); ++i) owners[i] = std::make_unique<int>(static_cast<int>(i));
  FixedArray<std::unique_ptr<int>> taken = std::move(owners);
  owners = FixedArray<std::unique_ptr<int>>(2);
  CHECK(owners.size() == 2);
  int sum = 0;
  for (const std::unique_ptr<int>& owner : taken) sum += *owner;
  CHECK(sum == 6);
}

TEST_CASE("all objects are destroyed, also those before one whose constructor throws") {
  int alive = 0;
  {
    const FixedArray<Counted> five(5, std::ref(alive), false);
    CHECK(alive == 5);
  }
  CHECK(alive == 0);
  CHECK_THROWS_AS((FixedArray<Counted>(5, std::ref(alive), true)), std::runtime_error);
  CHECK(alive == 0);
}

TEST_CASE("objects are aligned as their type asks") {
  const FixedArray<Wide> wide(3);
  for (const Wide& one : wide) CHECK_UNARY(reinterpret_cast<std::uintptr_t>(&one) % 128 == 0);
}
