#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/backend/ranks.hpp>

using namespace shoal;

static_assert(Backend<Ranks<Alone, Cpu>> && RankedBackend<Ranks<Alone, Cpu>> && !RankedBackend<Cpu>);

TEST_CASE("a backend over ranks is a backend, and says what ranks it has") {
  const Ranks ranks{Alone{}, Cpu(CpuSettings{.threads = 3, .memory = 1000})};
  CHECK(ranks.threads() == 3);
  CHECK(AnyBackend(ranks).memory() == 1000);
  CHECK(AnyBackend(ranks).ranks().size() == 1);
  CHECK(AnyBackend(ranks.inner()).ranks().size() == 1);
}
