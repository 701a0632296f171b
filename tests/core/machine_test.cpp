#include "support/child.hpp"

#if defined(__linux__)
#include <sched.h>
#endif

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/machine.hpp>

using namespace shoal;

TEST_CASE("there is a processor, and this process has an id of its own") {
  CHECK(available_processors() >= 1);
  CHECK(process_id() > 0);
#if !defined(_WIN32)
  CHECK(process_id() == ::getpid());
#endif
}

#if defined(__linux__)
TEST_CASE("as many threads as the affinity mask allows, not as there are processors") {
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
#endif
