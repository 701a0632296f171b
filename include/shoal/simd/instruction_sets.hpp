// Makes sure that a program and shoal::compiled are compiled for the same instruction sets.
#pragma once

namespace shoal {

/// The instruction sets of this translation unit on which shoal's code depends, one bit each.
constexpr unsigned instruction_sets = 0
#if defined(__AVX__)
                                      | 1u << 0
#endif
#if defined(__AVX2__)
                                      | 1u << 1
#endif
#if defined(__FMA__)
                                      | 1u << 2
#endif
#if defined(__AVXVNNI__)
                                      | 1u << 3
#endif
#if defined(__AVX512F__)
                                      | 1u << 4
#endif
#if defined(__AVX512BW__)
                                      | 1u << 5
#endif
#if defined(__AVX512DQ__)
                                      | 1u << 6
#endif
#if defined(__AVX512VNNI__)
                                      | 1u << 7
#endif
#if defined(__AVX512BF16__)
                                      | 1u << 8
#endif
#if defined(__SSSE3__)
                                      | 1u << 9
#endif
#if defined(__ARM_FEATURE_DOTPROD)
                                      | 1u << 10
#endif
    ;

/// The names of the instruction sets, by bit.
constexpr const char* instruction_set_names[] = {
    "AVX",       "AVX2",         "FMA",          "AVX-VNNI", "AVX-512F",           "AVX-512BW",
    "AVX-512DQ", "AVX-512 VNNI", "AVX-512 BF16", "SSSE3",    "dot products of ARM"};

/// A symbol that shoal::compiled defines for its own instruction sets alone.
template <unsigned sets> struct CompiledFor { static const char here; };

#if defined(SHOAL_COMPILED)
namespace {
/// A program that was compiled for another processor than the library fails to link here: its vectors would
/// have another width. Compile both with the same -march.
[[gnu::used]] const char* const compiled_for_the_same_processor = &CompiledFor<instruction_sets>::here;
}  // namespace
#endif

}  // namespace shoal
