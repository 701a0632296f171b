// What the tests of readers share: the numbers of the files in data/, and files whose headers lie.
#pragma once

#include "support/refused.hpp"
#include "support/scratch.hpp"

#include <string>

#include <doctest/doctest.h>

#include <shoal/io/atomic_file.hpp>
#include <shoal/io/open_features.hpp>
#include <shoal/laws/row_source.hpp>

namespace formats {

/// The number in place i of make.py's rows; `scale` is 1 where they are whole, plus `offset`.
inline float number(shoal::Index i, float scale = 0.25f, float offset = 0) {
  return (static_cast<float>(i) - 4.f) * scale + offset;
}

/// Checks the laws of a source, and that it holds those numbers.
template <shoal::RowSource S> void check_rows(const S& rows, float scale = 0.25f, float offset = 0) {
  REQUIRE(rows.rows() == 5);
  REQUIRE(rows.cols() == 3);
  shoal::laws::row_source(rows);
  shoal::Matrix<float> x(5, 3);
  rows.read(0, x);
  for (shoal::Index i = 0; i < 15; ++i) CHECK(x.data()[i] == number(i, scale, offset));
}

/// The same of a file in data/, mapped and read.
inline void check_file(const std::string& name, float scale = 0.25f, float offset = 0) {
  CAPTURE(name);
  for (const bool read : {false, true})
    check_rows(shoal::open_features(TEST_DATA "/" + name, {.read = read}), scale, offset);
}

/// A file of these bytes is refused with a message that has `part`; mapped, read, and where its rows are
/// read.
inline void refused_as(const Scratch& folder, const std::string& name, const std::string& bytes,
                       const char* part) {
  CAPTURE(name);
  shoal::write_text((folder / name).string(), bytes);
  for (const bool read : {false, true})
    test::refused(shoal::Errc::bad_file, part, [&] {
      const auto rows = shoal::open_features((folder / name).string(), {.read = read});
      shoal::Matrix<float> x(rows.rows(), rows.cols());
      rows.read(0, x);
    });
}

/// The bytes of a number as a file has them.
template <class T> std::string bytes_of(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

}  // namespace formats
