// The files that a run writes to a folder: all of them at once, or none.
#pragma once

#include "path.hpp"

#include <string>
#include <vector>

/// The output files of one run. They are written beside the folder (staging()) and moved into place by
/// publish(), the record last, so that a folder with a record holds one complete run. Files of an earlier run
/// are removed first, including those that this run has not written. A run that fails leaves the folder as it
/// was, even if it fails in publish(); one that is killed there leaves it without a record.
class Outputs {
 public:
  /// `names` lists all files that such a run may write, the record first.
  Outputs(Path folder, std::vector<std::string> names);
  ~Outputs();
  Outputs(const Outputs&) = delete;
  Outputs& operator=(const Outputs&) = delete;

  /// The folder to which the run writes its files.
  [[nodiscard]] const Path& staging() const { return staging_; }
  /// Moves the written files into the folder. An existing file keeps its mode, links are followed, and
  /// anything that is not a regular file is written to directly. Throws shoal::error if the system reports an
  /// error. Returns a message such as "Wrote run.json and labels.npy in out", which also says whether files
  /// of an earlier run were there.
  std::string publish();

  /// The name of the folder beside the outputs; if it exists, an earlier run was killed.
  static constexpr const char* staging_name = ".shoal-new";

 private:
  /// The paths of one file: where it is written, its destination, and where the previous file is kept until
  /// the end.
  struct Move {
    std::string staged, place, earlier;
    bool through = false, placed = false;  ///< written directly to an existing file; moved to its destination
  };
  void take_out_earlier();
  void put_in_place();
  void take_back() noexcept;

  Path folder_, staging_;
  std::vector<Move> moves_;  ///< the record first
  bool replaced_ = false;    ///< the folder had files of an earlier run
};

/// Prints a line after removing anything that could affect terminals; only the first rank prints.
void say(const std::string& line);

/// Prints which files a verb has written: "Wrote a.npy and b.npy".
void say_written(const std::vector<Path>& files);

/// Locks the folder for this process. Throws shoal::error if another run has locked it. The lock is released
/// when the process ends.
void lock_folder(const std::string& option, const Path& folder);
