#include "label_table.hpp"

#include "arrow_files.hpp"

#include <charconv>

#include <shoal/io/atomic_file.hpp>

void add_label_format(Verb& verb, std::string& format) {
  verb.choice(
      "--format", format, {"npy", "csv", "tsv", "parquet"},
      "csv, tsv and parquet write a table of row, label and confidence too: labels.csv, labels.tsv or "
      "labels.parquet (where shoal --version names Arrow)");
  verb.must([&format] {
    if (format == "parquet" && !has_arrow())
      throw UsageError(
          "--format (parquet) needs Arrow, which this command was built without: docs/install.md");
  });
}

void write_label_table(const Path& folder, const std::string& format, const ChosenRows& rows,
                       const shoal::Prediction& prediction) {
  if (format == "npy") return;
  if (format == "parquet") return write_parquet_labels(folder / "labels.parquet", rows, prediction);
  const char separator = format == "csv" ? ',' : '\t';
  std::string text = std::string("row") + separator + "label" + separator + "confidence\n";
  for (std::size_t i = 0; i < prediction.labels.size(); ++i) {
    char confidence[32];
    char* end = std::to_chars(confidence, confidence + sizeof confidence, prediction.confidence[i]).ptr;
    text += std::to_string(rows.number(static_cast<shoal::Index>(i))) + separator +
            std::to_string(prediction.labels[i]) + separator + std::string(confidence, end) + "\n";
  }
  shoal::write_text((folder / ("labels." + format)).string(), text);
}
