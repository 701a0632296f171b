#include <memory>
#include <utility>

#include <doctest/doctest.h>

#include <shoal/core/make_owned.hpp>

using namespace shoal;

namespace {
struct Base {
  virtual ~Base() = default;
  [[nodiscard]] virtual int value() const = 0;
};
struct Derived final : Base {
  Derived(std::unique_ptr<int> held_in, int& destroyed_in)
      : held(std::move(held_in)), destroyed(destroyed_in) {}
  ~Derived() override { ++destroyed; }
  [[nodiscard]] int value() const override { return *held; }
  std::unique_ptr<int> held;
  int& destroyed;
};
}  // namespace

TEST_CASE("a derived object behind its base is made of the arguments as they are, and destroyed once") {
  int destroyed = 0;
  {
    const std::unique_ptr<const Base> made =
        make_owned<const Base, Derived>(std::make_unique<int>(7), destroyed);
    CHECK(made->value() == 7);
    CHECK(destroyed == 0);
  }
  CHECK(destroyed == 1);
}
