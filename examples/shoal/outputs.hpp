// The files that a run leaves in a folder: all of them at once, or none.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

/// Files of one run on their way into its folder. They are written beside it (staging()), and publish() gives
/// them their places: the record last, so that a folder with a record holds one whole run. Files of an
/// earlier run are taken out before, also those that this one has not written. A run that fails leaves the
/// folder as it was, also where it fails in publish(); one that is killed there leaves it without a record.
class Outputs {
 public:
  /// `names` of all files that such a run may leave, the record first.
  Outputs(std::filesystem::path folder, std::vector<std::string> names);
  ~Outputs();
  Outputs(const Outputs&) = delete;
  Outputs& operator=(const Outputs&) = delete;

  /// Where the run writes its files.
  [[nodiscard]] const std::filesystem::path& staging() const { return staging_; }
  /// Moves what was written into the folder. What is there already keeps its mode; a link is followed, and
  /// what is no regular file is written to as it is. Throws shoal::error where the system refuses.
  /// Returns what to say of it: "Wrote run.json and labels.npy in out".
  std::string publish();

  /// The name of the folder beside the outputs; where it is found, an earlier run was killed.
  static constexpr const char* staging_name = ".shoal-new";

 private:
  /// One file's paths: where it is written, its place, and where what stood there waits for the end.
  struct Move {
    std::string staged, place, earlier;
    bool through = false, placed = false;  ///< written through what stands there; moved to its place
  };
  void take_out_earlier();
  void put_in_place();
  void take_back() noexcept;

  std::filesystem::path folder_, staging_;
  std::vector<Move> moves_;  ///< the record's first
};

/// Prints a line, made harmless for terminals; the first rank alone does.
void say(const std::string& line);

/// Says which files a verb has written: "Wrote a.npy and b.npy".
void say_written(const std::vector<std::filesystem::path>& files);

/// Takes the folder for this process: throws shoal::error where another run has it. It is free again when the
/// process ends.
void lock_folder(const std::string& option, const std::filesystem::path& folder);
