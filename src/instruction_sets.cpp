// The symbol by which a program shows that it is compiled for the same processor as the library.
#include <shoal/simd/instruction_sets.hpp>

namespace shoal {
template <> const char CompiledFor<instruction_sets>::here = 1;
}  // namespace shoal
