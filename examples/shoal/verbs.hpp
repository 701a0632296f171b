// The verbs of the command. Each is one file, which adds its subcommand with its options and what it does.
#pragma once

#include "command_line.hpp"

void add_cluster(CLI::App& app);
void add_predict(CLI::App& app);
void add_neighbors(CLI::App& app);
void add_evaluate(CLI::App& app);
void add_probe(CLI::App& app);
void add_report(CLI::App& app);
void add_hierarchy(CLI::App& app);
void add_benchmark(CLI::App& app);
void add_zero_shot(CLI::App& app);
void add_relabel(CLI::App& app);
void add_refine(CLI::App& app);
void add_compare(CLI::App& app);
void add_suggest(CLI::App& app);
void add_export(CLI::App& app);
void add_pairs(CLI::App& app);
