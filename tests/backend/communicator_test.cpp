#include <doctest/doctest.h>

#include <shoal/backend/communicator.hpp>
#include <shoal/laws/communicator.hpp>

using namespace shoal;

TEST_CASE("one rank alone is a communicator") { laws::obeys_communicator(Alone{}); }

TEST_CASE("what is no error of shoal goes on where it was thrown") {
  CHECK_THROWS_AS(together(AnyCommunicator(), [] { throw std::runtime_error("user's"); }),
                  std::runtime_error);
}
