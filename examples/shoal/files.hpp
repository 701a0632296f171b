// The files that a verb reads and writes, and the checks on them before work starts.
#pragma once

#include "path.hpp"

#include <string>
#include <vector>

/// A file named by an option.
struct NamedFile {
  std::string option;
  Path path;
};

/// An output folder of a verb; the first of `names` is the record of the run.
struct OutputFolder {
  NamedFile folder;
  std::vector<std::string> names;
  bool shared = false;  ///< whether it is the folder of another run, which must exist
};

/// All files of a verb.
struct VerbFiles {
  std::vector<NamedFile> inputs, input_folders, outputs;
  std::vector<OutputFolder> output_folders;
};

/// Throws shoal::error unless the inputs can be read, no output is also an input (the same file by device and
/// inode, through links or a different path), and the outputs can be written. After all checks, creates
/// missing output folders.
void check_files(const VerbFiles& files);

/// The inputs whose columns stand side by side in what a name of features means, separated by plus signs
/// ("clip.npy+dino.npy"); one, unless there is a plus sign that is no part of a file's name.
std::vector<Path> side_by_side(const Path& features);
