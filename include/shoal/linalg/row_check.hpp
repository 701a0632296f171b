// The common rule by which rows of features are refused.
#pragma once

#include <shoal/core/check.hpp>
#include <shoal/core/finite.hpp>
#include <shoal/linalg/unit_row.hpp>

namespace shoal {

/// What an algorithm requires of a row.
enum class RowNeed {
  finite,     ///< no NaN, no infinity
  bounded,    ///< finite, and a squared length below row_square_limit: it is squared and summed in float32
  direction,  ///< finite, and not zero: it is scaled to length one in double
};

/// Sums of float32 could overflow for rows of this squared length or more.
inline constexpr double row_square_limit = 1e37;

/// Whether a row of this squared length, summed in double precision, meets the requirement.
SHOAL_HD inline bool row_is_good(double square, RowNeed need) {
  return is_finite(square) && (need != RowNeed::bounded || square < row_square_limit) &&
         (need != RowNeed::direction || square > 0);
}

/// Throws error(bad_data), which names the row and what is wrong with it, unless row_is_good(square, need).
inline void check_row_square(const char* function, Index row, double square, RowNeed need) {
  if (row_is_good(square, need)) [[likely]]
    return;
  check(is_finite(square), Errc::bad_data, function, ": row ", row, " holds NaN or infinity");
  check(need == RowNeed::direction, Errc::bad_data, function, ": row ", row, " has the squared length ",
        square, "; it must be below 1e37, which float32 sums can hold: scale the rows down");
  fail(Errc::bad_data, function, ": row ", row, " is zero, so it has no direction");
}

/// The same for a row's values. O(d).
inline void check_row(const char* function, Index row, const float* values, Index count, RowNeed need) {
  check_row_square(function, row, squared_norm(values, count), need);
}

/// Divides the row by its length. Throws error(bad_data) for a row of zeros, and for NaN and infinity.
inline void to_unit_row(const char* function, Index row, std::span<float> values) {
  const auto count = static_cast<Index>(values.size());
  if (!normalize(values.data(), count)) check_row(function, row, values.data(), count, RowNeed::direction);
}

}  // namespace shoal
