// The door to Apache Arrow: columns of lists in Parquet and Arrow files as rows, and columns of numbers.
// Nothing else of shoal needs Arrow's library.
#pragma once

#if !__has_include(<parquet/arrow/reader.h>)
#error \
    "shoal/arrow.hpp needs Arrow's C++ library, 24 or later, with Parquet: link shoal::arrow (docs/install.md says where it comes from)"
#include <shoal/needs_arrow>
#endif

#include <shoal/io/arrow_numbers.hpp>
#include <shoal/io/arrow_rows.hpp>
