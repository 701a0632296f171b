// Integers of 128 bits, for products and sums of 64-bit ones.
#pragma once

namespace shoal {

// An alias declaration can't follow __extension__ for every compiler of ours: nvcc takes it only in a block.
/// A signed integer of 128 bits.
__extension__ typedef __int128 Int128;
/// An unsigned integer of 128 bits.
__extension__ typedef unsigned __int128 UInt128;

}  // namespace shoal
