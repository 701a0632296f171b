#include <laws/runtime.hpp>
#include <support/gpu.hpp>

#include <doctest/doctest.h>

using namespace shoal;
using host::FakeRuntime;

TEST_CASE("the emulated runtime obeys the laws of a runtime, whatever turns its threads take") {
  for (const host::Turns turns : {host::Turns::ascending, host::Turns::descending}) {
    const FakeRuntime runtime(turns);
    laws::obeys_runtime(runtime, [](bool ok, const char* what) { CHECK_MESSAGE(ok, what); });
    CHECK(runtime.live() == 0);
  }
}
