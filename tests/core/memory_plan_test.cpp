#include <doctest/doctest.h>

#include <shoal/core/memory_plan.hpp>

using namespace shoal;

TEST_CASE("a plan names its parts, adds up parts of one name, and keeps their order") {
  MemoryPlan plan;
  plan.add("labels", bytes_for(100, 4)).add("bounds", 50).add("labels", 8);
  CHECK(plan["labels"] == 408);
  CHECK(plan["bounds"] == 50);
  CHECK(plan["products"] == 0);
  CHECK(plan.total() == 458);
  REQUIRE(plan.parts().size() == 2);
  CHECK(plan.parts()[0].name == "labels");
  CHECK(MemoryPlan{}.total() == 0);
}

TEST_CASE("bytes are told as people read them") {
  CHECK(memory_text(800) == "800 bytes");
  CHECK(memory_text(std::size_t{20} << 20) == "0.0195 GiB");
  CHECK(memory_text(std::size_t{13} << 28) == "3.25 GiB");
}

TEST_CASE("a budget is kept to the byte, 0 is none, and the error says what needs how much") {
  const MemoryPlan plan = MemoryPlan().add("rows", 60).add("nothing", 0).add("scratch", 40);
  CHECK(plan.fits(0));
  CHECK(plan.fits(100));
  CHECK(!plan.fits(99));
  check_budget("f", plan, 0);
  check_budget("f", plan, 100);
  try {
    check_budget("fit(Method)", plan, 99, "a smaller batch needs less");
    FAIL("no error");
  } catch (const error& e) {
    CHECK(e.code() == Errc::too_large);
    CHECK(std::string(e.what()) ==
          "fit(Method): needs 100 bytes (rows 60 bytes, scratch 40 bytes), more than the memory budget of 99 "
          "bytes; a smaller batch needs less");
  }
}
