// shoal: clusters features and measures the quality of clusters.
#include "arrow_files.hpp"
#include "bus_error.hpp"
#include "completion.hpp"
#include "console.hpp"
#include "hdf5_features.hpp"
#include "launch.hpp"
#include "man_pages.hpp"
#include "printable.hpp"
#include "suggest.hpp"
#include "terminal.hpp"
#include "usage_error.hpp"
#include "verbs.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <new>

#include <CLI/CLI.hpp>

#include <shoal/core/printable.hpp>
#include <shoal/simd/instruction_sets.hpp>
#include <shoal/version.hpp>

namespace {

constexpr const char* no_memory =
    "shoal: there is not enough memory; --memory makes some verbs plan within a budget\n";

/// Called if an exception can't propagate. Running out of memory in a destructor, as those of the JSON
/// library allocate some, is no reason to dump core.
[[noreturn]] void end_at_once() {
  try {
    if (const auto failure = std::current_exception()) std::rethrow_exception(failure);
  } catch (const std::bad_alloc&) {
    std::fputs(no_memory, stderr);
    std::_Exit(1);
  } catch (...) {  // a bug, which abort() makes visible
  }
  std::abort();
}

/// Prints one line on stderr and returns the exit status. Of several ranks the first one prints and fails for
/// all: a launcher stops the others at the first failure that it sees, which could be before the line is
/// printed.
int complain(const std::string& message, int status) {
  if (rank() != 0) return 0;
  std::fprintf(stderr, "shoal: %s\n", shoal::shortened(printable(message), 4000).c_str());
  return status;
}

/// Points to the help of the verb that was called: " (see shoal hierarchy cut --help)".
std::string see_help(const CLI::App& app) {
  std::string names;
  for (const CLI::App* verb = &app; !verb->get_subcommands().empty();) {
    verb = verb->get_subcommands()[0];
    names += " " + verb->get_name();
  }
  return " (see shoal" + names + " --help)";
}

/// Flushes stdout and reports an error if output was lost, on a full disk or a closed pipe.
int finish(int status) {
  const bool failed = std::ferror(stdout) != 0 || std::fflush(stdout) != 0;
  if (failed) return complain(std::string("standard output can't be written: ") + std::strerror(errno), 1);
  return interrupted() != 0 ? 128 + interrupted() : status;
}

/// The version, and for which instruction sets of the processor this program was compiled.
std::string version_text() {
  std::string text = SHOAL_VERSION_STRING, sets;
  for (std::size_t bit = 0; bit < std::size(shoal::instruction_set_names); ++bit)
    if (shoal::instruction_sets >> bit & 1u)
      sets += (sets.empty() ? "" : ", ") + std::string(shoal::instruction_set_names[bit]);
  return text + "\ncompiled for " + (sets.empty() ? "any processor of its kind" : sets) + "\n" +
         hdf5_version() + "\n" + arrow_version();
}

}  // namespace

int main(int argc, char** argv) try {
  std::set_terminate(end_at_once);
  fill_standard_streams();
  speak_utf8(argc, argv);
  CLI::App app{
      "Clusters features and says how good the clusters are. Each verb explains itself: shoal VERB --help",
      "shoal"};
  app.allow_windows_style_options(false);  // /data/a.npy is a path there too
  app.set_version_flag("--version", version_text);
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  add_cluster(app);
  add_predict(app);
  add_neighbors(app);
  add_refine(app);
  add_evaluate(app);
  add_compare(app);
  add_suggest(app);
  add_pairs(app);
  add_probe(app);
  add_report(app);
  add_hierarchy(app);
  add_benchmark(app);
  add_zero_shot(app);
  add_relabel(app);
  add_export(app);

  if (argc == 3 && std::strcmp(argv[1], "--man-pages") == 0) {  // for the build
    write_man_pages(app, argv[2]);
    return 0;
  }
  if (argc == 3 && std::strcmp(argv[1], "--completions") == 0) {
    write_completions(app, argv[2]);
    return 0;
  }
  stop_on_signals();
  explain_bus_errors();
  try {
    as_rank([&] { app.parse(argc, argv); });
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return finish(rank() == 0 ? app.exit(e) : 0);  // --help and --version
    return complain(usage_problem(app, argc, argv, e) + see_help(app), 2);
  } catch (const UsageError& e) {
    return complain(usage_problem(app, argc, argv, e) + see_help(app), 2);
  }
  return finish(0);
} catch (const std::bad_alloc&) {
  std::fputs(no_memory, stderr);
  return 1;
} catch (const std::filesystem::filesystem_error& e) {
  return complain(e.path1().string() + ": " + e.code().message(), 1);
} catch (const std::exception& e) {
  return complain(e.what(), interrupted() != 0 ? 128 + interrupted() : 1);
}
