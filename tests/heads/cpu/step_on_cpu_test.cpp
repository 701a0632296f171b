#include <cmath>

#include <doctest/doctest.h>

#include <shoal/core/random.hpp>
#include <shoal/heads/cpu/step_on_cpu.hpp>
#include <shoal/heads/heads.hpp>
#include <shoal/linalg/product_eigen.hpp>

using namespace shoal;

TEST_CASE("a CPU trains in float32 and bfloat16, with a library in float32 only") {
  const Cpu tiles({.threads = 1}), library({.threads = 1, .library = multiply_by_eigen});
  CHECK(StepOn<Cpu>::precision(tiles, Precision::float32) == Precision::float32);
  CHECK(StepOn<Cpu>::precision(tiles, Precision::bfloat16) == Precision::bfloat16);
  CHECK(StepOn<Cpu>::precision(library, Precision::float32) == Precision::float32);
  CHECK_THROWS_AS((void)StepOn<Cpu>::precision(library, Precision::bfloat16), error);
  CHECK_THROWS_AS((void)StepOn<Cpu>::precision(tiles, Precision::float16), error);
}

TEST_CASE("the plan is that of the fused step for the CPU's threads and budget") {
  const HeadSettings settings = TEMI{.clusters = 100, .batch = 64}.general();
  const std::size_t free = StepOn<Cpu>::plan(settings, 32, Cpu({.threads = 2})).total();
  CHECK(free == fused_step_plan(settings, 32, 2, 0).total());
  CHECK(StepOn<Cpu>::plan(settings, 32, Cpu({.threads = 2, .memory = free - 1})).total() < free);
}

TEST_CASE("the probe of a machine is a product to the rounding of float32") {
  Matrix<float> a(5, 70), b(9, 70), c(5, 9);
  const Philox random(3, 1);
  const auto value = [&](Index i) {
    return static_cast<float>(random.normal(static_cast<std::uint64_t>(i)));
  };
  for (Index i = 0; i < a.size(); ++i) a.data()[i] = value(i);
  for (Index i = 0; i < b.size(); ++i) b.data()[i] = value(1000 + i);
  for (const ProductFunction library : {ProductFunction{nullptr}, ProductFunction{multiply_by_eigen}}) {
    StepOn<Cpu>::probe(Cpu({.threads = 1, .library = library}), a, b, c);
    for (Index i = 0; i < 5; ++i)
      for (Index j = 0; j < 9; ++j) {
        double sum = 0, size = 0;
        for (Index k = 0; k < 70; ++k) {
          sum += double{a(i, k)} * double{b(j, k)};
          size += std::abs(double{a(i, k)} * double{b(j, k)});
        }
        CHECK(std::abs(double{c(i, j)} - sum) <= 70 * 0x1p-24 * size);
      }
  }
}
