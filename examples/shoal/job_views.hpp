// The rows of a shoal cluster job in each of its views.
#pragma once

#include "chosen_rows.hpp"
#include "cluster_job.hpp"
#include "path.hpp"

#include <list>
#include <span>
#include <vector>

#include <shoal/core/borrowed_view.hpp>
#include <shoal/io/standardize.hpp>

/// Views of the rows besides the features.
using OtherViews = std::vector<shoal::BorrowedView<shoal::AnyRows>>;

inline nlohmann::ordered_json views_json(const std::vector<Path>& views) {
  nlohmann::ordered_json names = nlohmann::ordered_json::array();
  for (const Path& view : views) names.push_back(view.string());
  return names;
}

/// The rows of a job in all of its views, standardised if requested.
class JobViews {
 public:
  JobViews(const ClusterJob& job, const std::vector<Path>& others, const shoal::Cpu& cpu) {
    add(job.features, job.options.standardize, cpu);
    for (const Path& file : others)
      add(files_.emplace_back(file, job.options.rows), job.options.standardize, cpu);
  }

  [[nodiscard]] std::span<const shoal::BorrowedView<shoal::AnyRows>> all() const { return views_; }
  /// The features of the job, and their standardisation.
  [[nodiscard]] shoal::AnyRows first() const { return views_.front(); }
  [[nodiscard]] shoal::ColumnScaling scaling() const {
    return standardized_.empty() ? shoal::ColumnScaling{} : standardized_.front().scaling();
  }

 private:
  void add(shoal::AnyRows rows, bool standardize, const shoal::Cpu& cpu) {
    const shoal::BorrowedView<shoal::AnyRows> view(rows);
    if (standardize)
      views_.emplace_back(standardized_.emplace_back(view, cpu));
    else
      views_.push_back(view);
  }

  std::list<ChosenRows> files_;
  std::list<shoal::Standardized> standardized_;
  std::vector<shoal::BorrowedView<shoal::AnyRows>> views_;
};
