#include <functional>
#include <memory>
#include <string>

#include <doctest/doctest.h>

#include <shoal/core/function_ref.hpp>

using namespace shoal;

namespace {
int called_with_three(FunctionRef<int(int)> f) { return f(3); }
int twice(int x) { return 2 * x; }
}  // namespace

TEST_CASE("it calls what it refers to, of any kind") {
  int sum = 4;
  CHECK(called_with_three([](int x) { return x + 1; }) == 4);
  CHECK(called_with_three([&](int x) { return sum += x; }) == 7);
  CHECK(sum == 7);
  CHECK(called_with_three(twice) == 6);
  const std::function<int(int)> kept = twice;
  CHECK(called_with_three(kept) == 6);
  struct Counter {
    int calls = 0;
    int operator()(int) { return ++calls; }
  } counter;
  const FunctionRef<int(int)> ref(counter), copy(ref);
  CHECK(ref(0) + copy(0) == 3);
  CHECK(counter.calls == 2);  // the object itself, not a copy
}

TEST_CASE("arguments and results are passed as they are") {
  auto owned = std::make_unique<int>(5);
  const auto same = [](std::unique_ptr<int> p) { return p; };
  const FunctionRef<std::unique_ptr<int>(std::unique_ptr<int>)> pass = same;
  CHECK(*pass(std::move(owned)) == 5);
  std::string text = "a";
  const auto append = [](std::string& to, const std::string& more) -> std::string& { return to += more; };
  const FunctionRef<std::string&(std::string&, const std::string&)> ref = append;
  CHECK(&ref(text, "b") == &text);
  CHECK(text == "ab");
}
