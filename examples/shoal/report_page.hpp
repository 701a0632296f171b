// The report: one HTML page that needs nothing but itself.
#pragma once

#include "gallery.hpp"

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <shoal/backend/cpu.hpp>
#include <shoal/io/row_source.hpp>

/// What is known of a sample in words.
struct Caption {
  std::string title, detail;
  std::string image;  ///< a picture of it, as the page finds it; empty for none
};

/// What is known beyond the run; each may be empty. A truth of -1 is no label.
struct ReportTexts {
  std::vector<shoal::Index> truth;
  std::vector<Caption> captions;
  std::map<shoal::Index, std::string> class_names;
};

/// What a report is drawn from.
struct ReportInput : ReportTexts {
  std::filesystem::path home;  ///< the folder that the page will stand in
  nlohmann::ordered_json run;  ///< run.json
  std::vector<shoal::Label> labels;
  std::vector<float> confidence;
};

/// The page. `cards`: all clusters (gallery.hpp), named (cluster_names.hpp). Without features it has no map;
/// confidences may be missing too.
std::string report_page(const ReportInput& input, std::span<const Card> cards, const shoal::AnyRows* features,
                        const shoal::Cpu& cpu);
