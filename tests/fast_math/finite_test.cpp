// The test of core/finite.hpp once more, compiled with -ffast-math as all of this program is.
#include "core/finite_test.cpp"  // NOLINT
