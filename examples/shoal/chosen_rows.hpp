// The rows of features in one or several files: all rows, or those that another file lists.
#pragma once

#include "feature_file.hpp"
#include "parts.hpp"
#include "path.hpp"

#include <optional>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/io/subset.hpp>

/// The selection of rows from a feature file, and the way they are read.
struct RowOptions {
  Path ids;           ///< numbers of the selected rows (.npy); all rows if empty
  bool read = false;  ///< rows are read when needed, instead of mapping the file
};

/// The selected rows as a RowSource: row i is row ids[i] of the features if ids are given. Throws
/// shoal::error for files that can't be read and for ids outside the features.
class ChosenRows {
 public:
  ChosenRows(const Path& file, const RowOptions& options) : all_(read_features(file, options.read)) {
    const Path& ids = options.ids;
    if (ids.empty()) return;
    ids_ = read_parts<shoal::Index>(ids);
    for (std::size_t i = 0; i < ids_.size(); ++i)
      shoal::check(ids_[i] >= 0 && ids_[i] < all_.rows(), shoal::Errc::bad_data, "--rows: entry ", i, " of ",
                   ids.string(), " (", ids_[i], ") must be a row of ", file.string(), ", which has ",
                   all_.rows());
    shoal::check(!ids_.empty(), shoal::Errc::bad_data, "--rows: ", ids.string(), " names no row");
    chosen_.emplace(all_, ids_);
  }
  ChosenRows(const ChosenRows&) = delete;
  ChosenRows& operator=(const ChosenRows&) = delete;

  operator shoal::AnyRows() const {  // NOLINT: implicit, since all algorithms take AnyRows
    return chosen_ ? shoal::AnyRows(*chosen_) : shoal::AnyRows(all_);
  }
  [[nodiscard]] shoal::Index rows() const { return chosen_ ? chosen_->rows() : all_.rows(); }
  [[nodiscard]] shoal::Index cols() const { return all_.cols(); }

  /// Returns the number in the file of a selected row.
  [[nodiscard]] shoal::Index number(shoal::Index row) const {
    return chosen_ ? ids_[static_cast<std::size_t>(row)] : row;
  }

  /// Returns the values of the selected rows, given values for all rows or for the selected rows only.
  template <class T> [[nodiscard]] std::vector<T> of(std::vector<T> values) const {
    if (!chosen_ || static_cast<shoal::Index>(values.size()) != all_.rows()) return values;
    std::vector<T> picked;
    for (const shoal::Index id : ids_) picked.push_back(std::move(values[static_cast<std::size_t>(id)]));
    return picked;
  }

 private:
  shoal::FeatureFile all_;
  std::vector<shoal::Index> ids_;
  std::optional<shoal::Subset> chosen_;
};
