// The folder that a run leaves: its arrays, run.json and report.html.
#pragma once

#include "chosen_rows.hpp"
#include "report_page.hpp"

#include <filesystem>

#include <nlohmann/json.hpp>

#include <shoal/backend/cpu.hpp>
#include <shoal/io/row_source.hpp>

/// What a report may be told beyond the run itself.
struct ReportExtras {
  std::filesystem::path truth;        ///< .npy of integers: adds scores and what goes with them
  std::filesystem::path samples;      ///< .tsv, a line a sample; may name pictures
  std::filesystem::path class_names;  ///< .tsv that starts with the number of the class
};

/// What the files of the extras hold, for the rows that were chosen. Throws shoal::error for files that can't
/// be read, and for those that are neither of the chosen rows nor of all.
ReportTexts read_extras(const ReportExtras& extras, const ChosenRows& rows);
/// The same for `count` samples whose features are not at hand.
ReportTexts read_extras(const ReportExtras& extras, shoal::Index count);

/// JSON as the command writes it: indented by `indent` (-1: one line), and what is not UTF-8 (a file's name
/// may be) replaced.
std::string json_text(const nlohmann::ordered_json& json, int indent = 2);

/// Writes `json` to `path`.
void write_json(const std::filesystem::path& path, const nlohmann::ordered_json& json);

/// Writes report.html, clusters.tsv and exemplars.tsv into the folder `to`, from labels.npy, confidence.npy
/// and run.json in the folder `run`. `home` is where they will stand, for the addresses of pictures.
void write_report(const std::filesystem::path& run, const std::filesystem::path& to,
                  const std::filesystem::path& home, shoal::AnyRows features, ReportTexts texts,
                  const shoal::Cpu& cpu);
