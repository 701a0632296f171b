// Options that several verbs share.
#pragma once

#include <CLI/CLI.hpp>
#include <shoal/backend/cpu.hpp>
#include <string>

/// How much of the machine to use.
struct Machine {
  int threads = 0;
  [[nodiscard]] shoal::Cpu cpu() const { return shoal::Cpu(shoal::CpuSettings{.threads = threads}); }
};

/// Adds --threads.
inline void add_machine(CLI::App& verb, Machine& machine) {
  verb.add_option("--threads", machine.threads, "Threads; 0 for all cores. Results do not depend on it")
      ->capture_default_str()
      ->check(CLI::Range(0, 4096));
}

/// Examples at the end of a verb's --help, one command a line.
inline void add_examples(CLI::App& verb, const std::string& lines) { verb.footer("Examples:\n" + lines); }
