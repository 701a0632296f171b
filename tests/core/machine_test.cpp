#include "support/child.hpp"

#include <sched.h>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/machine.hpp>

using namespace shoal;

TEST_CASE("as many threads as the affinity mask allows, not as there are processors") {
  CHECK(available_processors() >= 1);
  CHECK(process_id() == ::getpid());
  const int status = test::in_child([] {
    cpu_set_t mask;
    if (::sched_getaffinity(0, sizeof mask, &mask) != 0) return 1;
    int first = 0;
    while (!CPU_ISSET(first, &mask)) ++first;
    CPU_ZERO(&mask);
    CPU_SET(first, &mask);
    if (::sched_setaffinity(0, sizeof mask, &mask) != 0) return 2;
    return available_processors() == 1 && Cpu().threads() == 1 ? 0 : 3;
  });
  CHECK(status == 0);
}
