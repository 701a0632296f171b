// What a refusal must say.
#pragma once

#include <string>

#include <doctest/doctest.h>

#include <shoal/core/check.hpp>

namespace test {

/// The error that work() throws; the test ends, failed, where it throws none.
template <class Work> shoal::error error_of(Work&& work) {
  try {
    work();
  } catch (const shoal::error& e) {
    return e;
  }
  FAIL("nothing was thrown");
  return {shoal::Errc::stopped, "nothing was thrown"};  // not reached
}

/// The code of the error that work() throws.
template <class Work> shoal::Errc code_of(Work&& work) { return error_of(work).code(); }

/// Checks that work() throws an error of this code whose message holds `words`.
template <class Work> void refused(shoal::Errc code, const std::string& words, Work&& work) {
  const shoal::error e = error_of(work);
  CHECK(e.code() == code);
  const std::string what = e.what();
  CHECK_MESSAGE(what.find(words) != std::string::npos, what);
}

}  // namespace test
