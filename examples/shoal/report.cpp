// shoal report: draws the report of a finished run again, with more information about its samples.
#include "chosen_rows.hpp"
#include "options.hpp"
#include "outputs.hpp"
#include "run_folder.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

#include <memory>

#include <shoal/core/check.hpp>

namespace {

const std::vector<std::string> report_outputs{"report.html", "clusters.tsv", "exemplars.tsv"};

struct ReportOptions {
  Path folder, features;
  RowOptions rows;
  ReportExtras extras;
  Machine machine;
};

void run_report(const ReportOptions& options) {
  shoal::check(std::filesystem::is_regular_file(options.folder / "run.json"), shoal::Errc::bad_file,
               options.folder.string(), " holds no run.json: it is no folder that shoal cluster wrote");
  const ChosenRows features(options.features, options.rows);
  ReportTexts texts = read_extras(options.extras, features);
  shoal::Hook hook = progress_bar("report");
  Outputs outputs(options.folder, report_outputs);
  write_report(options.folder, outputs.staging(), options.folder, features, std::move(texts),
               options.machine.cpu());
  (void)outputs.publish();
  hook = {};
  say_written(
      {options.folder / "report.html", options.folder / "clusters.tsv", options.folder / "exemplars.tsv"});
}

}  // namespace

void add_report(CLI::App& app) {
  const auto options = std::make_shared<ReportOptions>();
  Verb verb(app, "report", "Draw the report of a finished run again, with labels or texts");
  verb.input_folder("DIR", options->folder, "The folder that shoal cluster wrote").required();
  add_features(verb, options->features, "The features that were clustered " + feature_formats).required();
  add_rows(verb, options->rows);
  add_report_extras(verb, options->extras);
  add_threads(verb, options->machine);
  verb.writes_into(options->folder, report_outputs);
  verb.examples(
      "  shoal report out/kmeans examples/data/features.npy --truth examples/data/labels.npy --samples "
      "examples/data/samples.tsv");
  verb.runs([options] { run_report(*options); });
}
