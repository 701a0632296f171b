#include <doctest/doctest.h>

#include <shoal/backend/eigen_cpu.hpp>
#include <shoal/laws/backend.hpp>

using namespace shoal;

TEST_CASE("EigenCpu obeys the laws of a backend") {
  laws::obeys_backend([](int threads) { return EigenCpu(threads); });
}
