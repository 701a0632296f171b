// The table of all methods of shoal cluster, built from the lines of methods.hpp.
#pragma once

#include "methods.hpp"
#include "verb.hpp"

/// One method.
struct MethodEntry {
  std::string name;
  const char* group;  ///< of its options in the help
  std::vector<MethodOption> options;
  ClusterOutcome (*run)(const ClusterJob& job, const shoal::Cpu& cpu);
};

/// All methods, in the order of methods.hpp.
const std::vector<MethodEntry>& method_table();

/// Adds the options of all methods to the verb, each once, under the heading of the methods that have it. The
/// texts that are given are stored in `given`.
void add_method_options(Verb& verb, GivenOptions& given);

/// Throws UsageError if an option was given that the method does not have, naming the option and
/// the methods that have it.
void check_method_options(const std::string& method, const GivenOptions& given);
