// Options that several verbs share.
#pragma once

#include "chosen_rows.hpp"
#include "files.hpp"
#include "machine.hpp"
#include "path.hpp"
#include "run_folder.hpp"
#include "verb.hpp"

#include <cstdint>
#include <limits>

/// The range of counts: as many as 32-bit labels can represent.
inline constexpr shoal::Index most_things = std::numeric_limits<std::int32_t>::max() - 64;
inline constexpr Range<float> temperatures{0, 1000, true};
inline constexpr Range<std::uint64_t> any_seed{0, std::numeric_limits<std::uint64_t>::max()};

/// Adds --threads.
inline void add_threads(Verb& verb, Machine& machine) {
  verb.number("--threads", machine.threads, Range<int>{0, 4096},
              "Threads; 0 for all cores. Results do not depend on it");
}

/// Adds --threads and --memory.
inline void add_machine(Verb& verb, Machine& machine) {
  add_threads(verb, machine);
  verb.number("--memory", machine.memory, Range<double>{0, 1e6},
              "GiB to plan for beyond the inputs; 0 for no limit");
}

/// Adds --device and --device-precision.
inline void add_device(Verb& verb, Machine& machine, const std::string& meaning) {
  verb.choice("--device", machine.device, {"cpu", "cuda"}, meaning + "; cuda is a GPU, in a build with CUDA");
  verb.choice(
      "--device-precision", machine.precision, {"float32", "tf32", "float16", "bfloat16"},
      "How the products of a GPU read their factors: the others are several times faster, and coarser");
  verb.only_where({"--device-precision"}, "--device cuda", [&machine] { return machine.device == "cuda"; });
}

/// Adds --seed.
inline void add_seed(Verb& verb, std::uint64_t& seed, const std::string& meaning) {
  verb.number("--seed", seed, any_seed, meaning);
}

/// Adds the features that a verb reads, in one file or several.
inline Option add_features(Verb& verb, Path& features, const std::string& meaning) {
  return verb.features("FEATURES", features,
                       meaning +
                           ": a file, a folder of files of one format, a pattern or a list a,b; a+b puts "
                           "the columns of both side by side");
}

/// Adds --rows and --no-map.
inline void add_rows(Verb& verb, RowOptions& rows) {
  verb.parts(
      "--rows", rows.ids,
      "Numbers of the rows to take, in this order, as shoal benchmark's rows.npy (.npy); all without it");
  verb.flag(
      "--no-map", rows.read,
      "Read features when they are needed, instead of mapping their file: slower, but a file that others "
      "cut, or a network that fails, is an error and not a signal");
}

/// Adds the options for further contents of a report.
inline void add_report_extras(Verb& verb, ReportExtras& extras) {
  verb.parts("--truth", extras.truth,
             "True classes, integers, n (.npy, in one file or several), -1 for none: the report scores "
             "against them");
  verb.parts("--samples", extras.samples,
             "A line of text, or the path of a picture, for each sample (.tsv, in one file or several), "
             "shown in the report",
             ".tsv");
  verb.input("--class-names", extras.class_names, "Lines of class, tab and name (.tsv), for the report");
}
