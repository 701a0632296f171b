#include "run_folder.hpp"

#include "html.hpp"
#include "printable.hpp"

#include <algorithm>

#include <shoal/core/check.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/io/table.hpp>

namespace {

bool is_number(std::string_view field) {
  return !field.empty() && std::ranges::all_of(field, [](char c) { return c >= '0' && c <= '9'; });
}

/// The fields of a line that are words, not numbers: the first is the title, the second the detail.
Caption caption(const shoal::Line& line) {
  Caption words;
  for (const std::string_view field : shoal::split(line.text, '\t')) {
    if (is_number(field) || field.empty()) continue;
    if (!words.title.empty()) {
      words.detail = field;
      break;
    }
    words.title = field;
  }
  return words;
}

}  // namespace

std::string json_text(const nlohmann::ordered_json& json, int indent) {
  return json.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

void write_json(const std::filesystem::path& path, const nlohmann::ordered_json& json) {
  shoal::write_text(path, json_text(json) + "\n");
}

ReportTexts read_extras(const ReportExtras& extras, const ChosenRows& rows) {
  ReportTexts texts;
  const auto fits = [&](std::size_t count, const std::filesystem::path& path, const char* option) {
    shoal::check(static_cast<shoal::Index>(count) == rows.rows(), shoal::Errc::invalid_argument, option, ": ",
                 path.string(), " holds ", count, " samples; the features have ", rows.rows(), " rows");
  };
  if (!extras.truth.empty()) {
    texts.truth = rows.of(shoal::npy::read_vector<shoal::Index>(extras.truth));
    fits(texts.truth.size(), extras.truth, "--truth");
  }
  if (!extras.samples.empty()) {
    shoal::each_line(extras.samples.string(),
                     [&](const shoal::Line& line) { texts.captions.push_back(caption(line)); });
    texts.captions = rows.of(std::move(texts.captions));
    fits(texts.captions.size(), extras.samples, "--samples");
  }
  if (!extras.class_names.empty())
    shoal::each_row_of(extras.class_names.string(), [&](const shoal::Line& line) {
      const auto id = shoal::whole_number(line, shoal::split(line.text, '\t').front(), "the class");
      texts.class_names[id] = caption(line).title;
    });
  return texts;
}

namespace {

/// A run's record. Throws shoal::error where the file is no record, or where a field that the report shows
/// has another type.
nlohmann::ordered_json read_record(const std::filesystem::path& path) {
  try {
    auto run = nlohmann::ordered_json::parse(shoal::read_bytes(path.string()));
    const nlohmann::ordered_json like{
        {"method", ""},  {"features", ""}, {"stopped", ""}, {"loss_name", ""},   {"loss_unit", ""},
        {"clusters", 0}, {"columns", 0},   {"seed", 0},     {"fit_seconds", 0.}, {"losses", {1, 2}}};
    for (const auto& [name, example] : like.items()) {
      if (!run.contains(name)) continue;
      const bool fits = example.is_number_float() ? run[name].is_number()
                        : example.is_number()     ? run[name].is_number_integer() && run[name] >= 0
                                                  : run[name].type() == example.type();
      shoal::check(fits, shoal::Errc::bad_file, path.string(), " is not a record of shoal cluster: ", name,
                   " is ", run[name].type_name());
    }
    run.value("losses", std::vector<double>{});  // numbers, all of them
    return run;
  } catch (const nlohmann::ordered_json::exception& e) {
    const std::string why = e.what();  // "[json.exception.parse_error.101] parse error at line 2, …"
    shoal::fail(shoal::Errc::bad_file, path.string(), " is not a record of shoal cluster: ",
                why.substr(why.find("] ") == std::string::npos ? 0 : why.find("] ") + 2));
  }
}

/// A line for each sample that shows what a cluster holds: those nearest to its centre, then those that are
/// least sure of it.
std::string exemplars(const ReportInput& input, std::span<const Card> cards) {
  std::string table = "cluster\tkind\trank\tsample\tconfidence\ttext\n";
  const auto lines = [&](const Card& card, const char* kind, std::span<const shoal::Index> ids) {
    for (std::size_t rank = 0; rank < ids.size(); ++rank) {
      const auto id = static_cast<std::size_t>(ids[rank]);
      table += std::to_string(card.cluster) + '\t' + kind + '\t' + std::to_string(rank + 1) + '\t' +
               std::to_string(id) + '\t' + decimals(static_cast<double>(input.confidence[id]), 4) + '\t' +
               (input.captions.empty() ? "" : table_cell(input.captions[id].title)) + '\n';
    }
  };
  for (const Card& card : cards) {
    lines(card, "nearest", card.nearest);
    lines(card, "unsure", card.unsure);
  }
  return table;
}

}  // namespace

void write_report(const std::filesystem::path& folder, shoal::AnyRows features, ReportTexts texts,
                  const shoal::Cpu& cpu) {
  ReportInput input;
  static_cast<ReportTexts&>(input) = std::move(texts);
  input.run = read_record(folder / "run.json");
  input.labels = shoal::npy::read_vector<shoal::Label>(folder / "labels.npy");
  input.confidence = shoal::npy::read_vector<float>(folder / "confidence.npy");
  const auto fits = [&](shoal::Index count, const std::string& what) {
    shoal::check(count == std::ssize(input.labels), shoal::Errc::invalid_argument, "report: ", what, " has ",
                 count, " samples; the run has ", input.labels.size());
  };
  fits(std::ssize(input.confidence), (folder / "confidence.npy").string());
  fits(features.rows(), "FEATURES");
  shoal::check(input.run.value("clusters", shoal::Index{0}) <= features.rows(), shoal::Errc::bad_file,
               "report: run.json has more clusters (", input.run.value("clusters", shoal::Index{0}),
               ") than there are rows (", features.rows(), ")");
  const std::vector<Card> cards = cards_of(features, input.labels, input.confidence, 5, 2);
  shoal::write_text(folder / "exemplars.tsv", exemplars(input, cards));
  shoal::write_text(folder / "report.html", report_page(input, cards, features, cpu));
}
