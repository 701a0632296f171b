// The files of a verb: which it reads, which it writes, and what must hold of them before work starts.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

/// A file as an option named it.
struct NamedFile {
  std::string option;
  std::filesystem::path path;
};

/// A folder that a verb writes into; the first of `names` is the record of the run.
struct OutputFolder {
  NamedFile folder;
  std::vector<std::string> names;
  bool shared = false;  ///< the folder is another run's, and must be there
};

/// All files of a verb.
struct VerbFiles {
  std::vector<NamedFile> inputs, input_folders, outputs;
  std::vector<OutputFolder> output_folders;
};

/// Throws shoal::error unless the inputs can be read, no output is an input (the same file by device and
/// inode, by links or by another spelling of its path), and the outputs can be written. Makes the output
/// folders that are missing, after all else has been checked.
void check_files(const VerbFiles& files);
