// Options that several verbs share.
#pragma once

#include "run_folder.hpp"

#include <string>

#include <CLI/CLI.hpp>

#include <shoal/backend/cpu.hpp>

/// How much of the machine to use.
struct Machine {
  int threads = 0;
  double memory = 0;  ///< GiB
  [[nodiscard]] shoal::Cpu cpu() const {
    return shoal::Cpu(
        shoal::CpuSettings{.threads = threads, .memory = static_cast<std::size_t>(memory * 0x1p30)});
  }
};

/// Adds --threads and --memory.
inline void add_machine(CLI::App& verb, Machine& machine) {
  verb.add_option("--threads", machine.threads, "Threads; 0 for all cores. Results do not depend on it")
      ->capture_default_str()
      ->check(CLI::Range(0, 4096));
  verb.add_option("--memory", machine.memory, "GiB to plan for beyond the inputs; 0 for no limit")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
}

/// Adds what a report may be told.
inline void add_report_extras(CLI::App& verb, ReportExtras& extras) {
  verb.add_option("--truth", extras.truth,
                  "True classes, integers, n (.npy): the report scores against them");
  verb.add_option("--samples", extras.samples,
                  "A line of text a sample (.tsv), shown in the report's gallery");
  verb.add_option("--class-names", extras.class_names, "Lines of class and name (.tsv), for the report");
}

/// Examples at the end of a verb's --help, one command a line.
inline void add_examples(CLI::App& verb, const std::string& lines) { verb.footer("Examples:\n" + lines); }
