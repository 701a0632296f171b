// The output folder of a run: its arrays, run.json and report.html.
#pragma once

#include "chosen_rows.hpp"
#include "path.hpp"
#include "report_page.hpp"

#include <nlohmann/json.hpp>

#include <shoal/backend/cpu.hpp>
#include <shoal/io/row_source.hpp>

/// Inputs of a report beyond the run itself.
struct ReportExtras {
  Path truth;        ///< .npy of integers: adds scores and related charts
  Path samples;      ///< .tsv, one line for each sample; may name pictures
  Path class_names;  ///< .tsv whose first field is the class number
};

/// Reads the extra files for the chosen rows. Throws shoal::error for files that can't be read, and for those
/// with neither as many entries as chosen rows nor as all rows.
ReportTexts read_extras(const ReportExtras& extras, const ChosenRows& rows);
/// The same for `count` samples whose features are not available.
ReportTexts read_extras(const ReportExtras& extras, shoal::Index count);

/// JSON as the command writes it: indented by `indent` (-1: one line), with invalid UTF-8, which file names
/// may contain, replaced.
std::string json_text(const nlohmann::ordered_json& json, int indent = 2);

/// Writes `json` to `path`.
void write_json(const Path& path, const nlohmann::ordered_json& json);

/// Writes report.html, clusters.tsv and exemplars.tsv to the folder `to`, from labels.npy, confidence.npy and
/// run.json in the folder `run`. `home` is their final folder, to which addresses of pictures are relative.
void write_report(const Path& run, const Path& to, const Path& home, shoal::AnyRows features,
                  ReportTexts texts, const shoal::Cpu& cpu);
