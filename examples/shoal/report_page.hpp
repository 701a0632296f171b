// The report: a self-contained HTML page.
#pragma once

#include "gallery.hpp"
#include "path.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <shoal/backend/cpu.hpp>
#include <shoal/io/row_source.hpp>

/// The description of a sample.
struct Caption {
  std::string title, detail;
  std::string image;  ///< path of its picture, as the page refers to it; empty for none
};

/// Information beyond the run; each member may be empty. A truth of -1 means no label.
struct ReportTexts {
  std::vector<shoal::Index> truth;
  std::vector<Caption> captions;
  std::map<shoal::Index, std::string> class_names;
};

/// What a trained model makes of some rows, which the map shows.
struct Embedding {
  shoal::Matrix<float> rows;
  std::vector<shoal::Label> labels;
};

/// The input of a report.
struct ReportInput : ReportTexts {
  Path home;                   ///< the final folder of the page
  nlohmann::ordered_json run;  ///< run.json
  std::vector<shoal::Label> labels;
  std::vector<float> confidence;
  std::optional<Embedding> embedding;  ///< for the map, in the place of the features
};

/// Returns the page. `cards` holds all clusters (gallery.hpp), with their names (cluster_names.hpp). If
/// `features` is null, the page has no map; confidences may be missing too.
std::string report_page(const ReportInput& input, std::span<const Card> cards, const shoal::AnyRows* features,
                        const shoal::Cpu& cpu);
