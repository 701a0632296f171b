#include <array>
#include <iterator>
#include <type_traits>

#include <doctest/doctest.h>

#include <shoal/simd/instruction_sets.hpp>
#include <shoal/simd/vector.hpp>

using namespace shoal;

TEST_CASE("the sets that this program is compiled for are those of its processor, as it says itself") {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const std::array<bool, 9> has{
      __builtin_cpu_supports("avx") != 0,        __builtin_cpu_supports("avx2") != 0,
      __builtin_cpu_supports("fma") != 0,        true,  // AVX-VNNI: the builtin of g++ 12 does not know it
      __builtin_cpu_supports("avx512f") != 0,    __builtin_cpu_supports("avx512bw") != 0,
      __builtin_cpu_supports("avx512dq") != 0,   __builtin_cpu_supports("avx512vnni") != 0,
      __builtin_cpu_supports("avx512bf16") != 0,
  };
  for (unsigned bit = 0; bit < has.size(); ++bit) {
    CAPTURE(bit);
    if ((instruction_sets >> bit & 1u) != 0) CHECK_UNARY(has[bit]);
  }
#endif
  CHECK(instruction_sets < 1u << std::size(instruction_set_names));
}

TEST_CASE("programs whose vectors differ in width ask for other symbols") {
  const bool wide = (instruction_sets >> 4 & 1u) != 0, avx = (instruction_sets & 1u) != 0;
  const int expected = wide ? 16 : avx ? 8 : 4;
  CHECK(vector_width == expected);
  static_assert(!std::is_same_v<CompiledFor<instruction_sets>, CompiledFor<instruction_sets ^ 1u << 4>>);
  static_assert(!std::is_same_v<CompiledFor<instruction_sets>, CompiledFor<instruction_sets ^ 1u>>);
  if (wide) CHECK_UNARY(avx);  // the compiler's sets nest: what has the wider vectors has the narrower
}
