// shoal: features in, clusters and their quality out.
#include "terminal.hpp"
#include "verbs.hpp"

#include <cstdio>
#include <exception>

#include <shoal/version.hpp>

namespace {

/// One line that says what to do, and the exit status.
int complain(const std::string& message, int status) {
  std::fprintf(stderr, "shoal: %s\n", message.c_str());
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "Clusters features and says how good the clusters are. Each verb explains itself: shoal VERB --help"};
  app.set_version_flag("--version", SHOAL_VERSION_STRING);
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  add_cluster(app);
  add_predict(app);
  add_neighbors(app);
  add_evaluate(app);
  add_probe(app);
  add_report(app);
  add_hierarchy(app);
  add_benchmark(app);
  add_zero_shot(app);
  add_relabel(app);

  stop_on_interrupt();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app.exit(e);  // --help and --version
    const auto verbs = app.get_subcommands();
    return complain(std::string(e.what()) + " (see shoal " +
                        (verbs.empty() ? "" : verbs[0]->get_name() + " ") + "--help)",
                    2);
  } catch (const std::exception& e) {
    return interrupted() ? complain(e.what(), 130) : complain(e.what(), 1);
  }
  return interrupted() ? 130 : 0;
}
