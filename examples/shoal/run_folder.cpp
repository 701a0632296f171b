#include "run_folder.hpp"

#include "cluster_names.hpp"
#include "cluster_tables.hpp"
#include "number.hpp"
#include "parts.hpp"
#include "run_record.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <variant>

#include <shoal/core/check.hpp>
#include <shoal/core/sample.hpp>
#include <shoal/heads/head_blocks.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/io/subset.hpp>
#include <shoal/io/table.hpp>
#include <shoal/model/saved_model.hpp>

namespace {

bool is_number(std::string_view field) {
  return !field.empty() && std::ranges::all_of(field, [](char c) { return c >= '0' && c <= '9'; });
}

/// Returns whether a field names a picture that browsers can show.
bool is_picture(std::string_view field) {
  std::string end(field.substr(field.find_last_of('.') == std::string_view::npos ? field.size()
                                                                                 : field.find_last_of('.')));
  std::ranges::transform(end, end.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  static constexpr std::array<std::string_view, 7> known{".jpg", ".jpeg", ".png", ".webp",
                                                         ".gif", ".avif", ".svg"};
  return std::ranges::find(known, end) != known.end();
}

/// Reads the fields of a line that are not numbers: the first is the title, the second the detail. A field
/// that names a picture is the image; its file name is the title if there is no other. Where all fields are
/// numbers, the last is the title.
Caption caption(const shoal::Line& line) {
  Caption words;
  std::string_view number;
  for (const std::string_view field : shoal::split(line.text, '\t')) {
    if (is_number(field)) number = field;
    if (is_number(field) || field.empty()) continue;
    if (words.image.empty() && is_picture(field)) {
      words.image = field;
      continue;
    }
    if (!words.title.empty()) {
      words.detail = field;
      break;
    }
    words.title = field;
  }
  if (words.title.empty())
    words.title = words.image.empty() ? std::string(number) : Path(words.image).stem().string();
  return words;
}

/// Adds the captions of a file; the paths of pictures are relative to its folder.
void read_captions(const Path& file, std::vector<Caption>& captions) {
  const Path folder = std::filesystem::absolute(file).parent_path();
  shoal::each_line(file.string(), [&](const shoal::Line& line) {
    captions.push_back(caption(line));
    if (std::string& image = captions.back().image; !image.empty())
      image = Path((folder / image).lexically_normal()).string();
  });
}

}  // namespace

std::string json_text(const nlohmann::ordered_json& json, int indent) {
  return json.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

void write_json(const Path& path, const nlohmann::ordered_json& json) {
  shoal::write_text(path, json_text(json) + "\n");
}

namespace {

/// Reads the extra files; of(values) selects the values of the chosen samples.
template <class Of>
ReportTexts read_extras_of(const ReportExtras& extras, shoal::Index samples, const Of& of) {
  ReportTexts texts;
  const auto fits = [&](std::size_t count, const Path& path, const char* option) {
    shoal::check(static_cast<shoal::Index>(count) == samples, shoal::Errc::invalid_argument, option, ": ",
                 path.string(), " holds ", count, " samples; the features have ", samples, " rows");
  };
  if (!extras.truth.empty()) {
    texts.truth = of(read_parts<shoal::Index>(extras.truth));
    fits(texts.truth.size(), extras.truth, "--truth");
  }
  if (!extras.samples.empty()) {
    for (const std::string& file : parts_of(extras.samples, ".tsv")) read_captions(file, texts.captions);
    texts.captions = of(std::move(texts.captions));
    fits(texts.captions.size(), extras.samples, "--samples");
  }
  if (!extras.class_names.empty()) {
    shoal::each_row_of(extras.class_names.string(), [&](const shoal::Line& line) {
      const auto fields = shoal::split(line.text, '\t');
      line.expect(fields.size() > 1, "a class, a tab and its name are expected, and there is no tab");
      const auto id = shoal::whole_number(line, fields.front(), "the class");
      line.expect(texts.class_names.emplace(id, caption(line).title).second, "class ", id,
                  " was given before");
    });
    shoal::check(!texts.class_names.empty(), shoal::Errc::bad_file,
                 "--class-names: ", extras.class_names.string(), " names no class");
  }
  return texts;
}

}  // namespace

ReportTexts read_extras(const ReportExtras& extras, const ChosenRows& rows) {
  return read_extras_of(extras, rows.rows(), [&](auto values) { return rows.of(std::move(values)); });
}

ReportTexts read_extras(const ReportExtras& extras, shoal::Index count) {
  return read_extras_of(extras, count, [](auto values) { return values; });
}

namespace {

/// Throws if an array of the folder holds values that no run writes: it comes from elsewhere or was changed.
void check_results(const Path& folder, const ReportInput& input) {
  const auto clusters = input.run.value("clusters", shoal::Index{0});
  for (std::size_t i = 0; i < input.labels.size(); ++i) {
    shoal::check(input.labels[i] >= 0 && input.labels[i] < clusters, shoal::Errc::bad_data,
                 (folder / "labels.npy").string(), ": the label of sample ", i, " (", input.labels[i],
                 ") must be in [0, ", clusters, "), the clusters of run.json");
    shoal::check(input.confidence[i] >= 0 && input.confidence[i] <= 1, shoal::Errc::bad_data,
                 (folder / "confidence.npy").string(), ": the confidence of sample ", i, " (",
                 number_text(static_cast<double>(input.confidence[i])), ") must be in [0, 1]");
  }
}

/// The logits of some rows under the trained head, if the run in the folder has trained heads.
std::optional<Embedding> embedding_of(const Path& folder, const ReportInput& input, shoal::AnyRows features,
                                      const shoal::Cpu& cpu) {
  constexpr shoal::Index most_rows = 4000, most_numbers = shoal::Index{1} << 24;
  const Path file = folder / "model.shoal";
  if (!std::filesystem::exists(file)) return std::nullopt;
  const shoal::SavedModel saved = shoal::load_model(file.string());
  const auto* heads = std::get_if<shoal::HeadModel>(&saved.model);
  if (heads == nullptr) return std::nullopt;
  const shoal::Index count =
      std::min({most_rows, features.rows(), std::max<shoal::Index>(3, most_numbers / heads->shape.clusters)});
  const std::vector<shoal::Index> ids = shoal::spread_rows(features.rows(), count);
  Embedding embedding{shoal::logits(*heads, shoal::Subset(features, ids), cpu), {}};
  for (const shoal::Index id : ids) embedding.labels.push_back(input.labels[static_cast<std::size_t>(id)]);
  return embedding;
}

}  // namespace

void write_report(const Path& run, const Path& to, const Path& home, shoal::AnyRows features,
                  ReportTexts texts, const shoal::Cpu& cpu) {
  ReportInput input;
  input.home = home;
  static_cast<ReportTexts&>(input) = std::move(texts);
  input.run = read_record(run / "run.json");
  input.labels = shoal::npy::read_vector<shoal::Label>(run / "labels.npy");
  input.confidence = shoal::npy::read_vector<float>(run / "confidence.npy");
  const auto fits = [&](shoal::Index count, const std::string& what) {
    shoal::check(count == std::ssize(input.labels), shoal::Errc::invalid_argument, "report: ", what, " has ",
                 count, " samples; the run has ", input.labels.size());
  };
  fits(std::ssize(input.confidence), (run / "confidence.npy").string());
  fits(features.rows(), "FEATURES");
  check_results(run, input);
  shoal::check(input.run.value("clusters", shoal::Index{0}) <= features.rows(), shoal::Errc::bad_file,
               "report: run.json has more clusters (", input.run.value("clusters", shoal::Index{0}),
               ") than there are rows (", features.rows(), ")");
  input.embedding = embedding_of(run, input, features, cpu);
  std::vector<Card> cards = cards_of(&features, input.labels, input.confidence, 5, 2);
  name_clusters(cards, input.labels, input);
  shoal::write_text(to / "clusters.tsv", clusters_table(cards));
  shoal::write_text(to / "exemplars.tsv", exemplars_table(input, cards));
  shoal::write_text(to / "report.html", report_page(input, cards, &features, cpu));
}
