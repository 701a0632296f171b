// A value that the compiler can't see through.
#pragma once

namespace test {

template <class T> T hidden(T x) {
  volatile T held = x;
  return held;
}

}  // namespace test
