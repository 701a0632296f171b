#include <shoal/laws/backend.hpp>

#include <shoal/backend/eigen_cpu.hpp>

using namespace shoal;

TEST_CASE("EigenCpu obeys the laws of a backend") {
  laws::obeys_backend([](int threads) { return EigenCpu(threads); });
}
