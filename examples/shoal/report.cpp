// shoal report: draws the page of a finished run, now that more is known of its samples.
#include "options.hpp"
#include "run_folder.hpp"
#include "verbs.hpp"

#include <filesystem>
#include <memory>

#include <shoal/io/npy.hpp>

namespace {

struct Options {
  std::filesystem::path folder, features;
  ReportExtras extras;
  Machine machine;
};

}  // namespace

void add_report(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb =
      app.add_subcommand("report", "Draw the report of a finished run again, with labels or texts");
  verb->add_option("DIR", options->folder, "The folder that shoal cluster wrote")->required();
  verb->add_option("FEATURES", options->features, "The features that were clustered (.npy)")->required();
  add_report_extras(*verb, options->extras);
  add_machine(*verb, options->machine);
  add_examples(*verb, "  shoal report out features.npy --truth labels.npy --samples samples.tsv");
  verb->callback([options] {
    write_report(options->folder, shoal::npy::map(options->features), options->extras,
                 options->machine.cpu());
  });
}
