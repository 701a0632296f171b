// shoal report: draws the page of a finished run, now that more is known of its samples.
#include "chosen_rows.hpp"
#include "options.hpp"
#include "printable.hpp"
#include "run_folder.hpp"
#include "verbs.hpp"

#include <cstdio>
#include <filesystem>
#include <memory>

namespace {

struct Options {
  std::filesystem::path folder, features, rows;
  ReportExtras extras;
  Machine machine;
};

void run(const Options& options) {
  const ChosenRows features(options.features, options.rows);
  write_report(options.folder, features, read_extras(options.extras, features), options.machine.cpu());
  std::printf("%s\n", printable((options.folder / "report.html").string()).c_str());
}

}  // namespace

void add_report(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  Verb verb(app, "report", "Draw the report of a finished run again, with labels or texts");
  verb.input_folder("DIR", options->folder, "The folder that shoal cluster wrote")->required();
  verb.input("FEATURES", options->features, "The features that were clustered (.npy)")->required();
  add_rows(verb, options->rows);
  add_report_extras(verb, options->extras);
  add_threads(verb, options->machine);
  verb.writes_into(options->folder, {"report.html", "exemplars.tsv"});
  verb.examples("  shoal report out features.npy --truth labels.npy --samples samples.tsv");
  verb.runs([options] { run(*options); });
}
