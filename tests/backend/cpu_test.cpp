#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/laws/backend.hpp>

using namespace shoal;

TEST_CASE("Cpu obeys the laws of a backend") {
  laws::obeys_backend([](int threads) { return Cpu(CpuSettings{.threads = threads}); });
}

TEST_CASE("a Cpu says what it was given, and takes all cores when not told") {
  CHECK(Cpu(CpuSettings{.threads = 3, .memory = 1 << 20}).threads() == 3);
  CHECK(Cpu(CpuSettings{.threads = 3, .memory = 1 << 20}).memory() == 1 << 20);
  CHECK(Cpu{}.threads() >= 1);
  CHECK(Cpu{}.memory() == 0);
}
