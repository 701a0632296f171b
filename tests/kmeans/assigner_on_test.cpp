#include <doctest/doctest.h>

#include <shoal/backend/eigen_cpu.hpp>
#include <shoal/kmeans/bounds/assigner_on_cpu.hpp>
#include <shoal/laws/assigner.hpp>

using namespace shoal;

TEST_CASE("the assigners of every host backend obey the laws") {
  laws::obeys_assigner([](int threads) { return Cpu(CpuSettings{.threads = threads}); });
  laws::obeys_assigner([](int threads) { return EigenCpu(threads); });
}
