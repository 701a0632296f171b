#include "files.hpp"

#include "outputs.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <shoal/core/check.hpp>
#include <shoal/io/atomic_file.hpp>
#include <shoal/io/foreign_files.hpp>
#include <shoal/io/open_features.hpp>
#include <shoal/io/system.hpp>

namespace {

namespace fs = std::filesystem;
using shoal::Errc;

void check_inputs(const VerbFiles& files) {
  for (const auto& [option, named] : files.inputs) {
    const Path path = shoal::split_feature_path(named.string()).file;
    if (!fs::exists(path) && path.filename().string().find_first_of("*?") != std::string::npos)
      continue;  // shards
    const int problem = shoal::file_system::is_readable(path.string()) ? 0 : errno;
    shoal::check(problem == 0, Errc::bad_file, option, ": ", path.string(),
                 " can't be opened: ", std::strerror(problem));
    if (fs::is_directory(path)) shoal::refuse_foreign(path.string(), option + ": " + path.string());
    const Path own =
        path / (option == "MODEL" ? "model.shoal" : "labels.npy");  // of a run, whose folder it is
    shoal::check(!fs::is_directory(path), Errc::bad_file, option, ": ", path.string(),
                 " is a folder; a file is expected",
                 fs::exists(own) ? ", as " + own.string() : std::string());
  }
  for (const auto& [option, path] : files.input_folders)
    shoal::check(fs::is_directory(path), Errc::bad_file, option, ": ", path.string(), " must be a folder");
}

/// Returns whether two paths lead to the same file, which need not exist yet.
bool same_file(const Path& a, const Path& b) {
  std::error_code ignored;
  if (fs::equivalent(a, b, ignored)) return true;
  const Path x = fs::weakly_canonical(a, ignored), y = fs::weakly_canonical(b, ignored);
  return !x.empty() && x == y;
}

/// Returns whether a path is that of a file, or of one that can be made, and not of a device or pipe.
bool is_plain(const Path& path) { return !fs::exists(path) || fs::is_regular_file(path); }

void check_distinct(const NamedFile& output, const VerbFiles& files) {
  for (const auto& [option, path] : files.inputs)
    shoal::check(!same_file(output.path, shoal::split_feature_path(path.string()).file),
                 Errc::invalid_argument, output.option, ": ", output.path.string(), " is also the input ",
                 option, " (", path.string(), "), which would be overwritten; name another place");
  shoal::check(!fs::is_directory(output.path), Errc::bad_file, output.option, ": ", output.path.string(),
               " is a folder; it can't be written as a file");
}

/// Throws unless a new file can be created in the folder.
void check_writable(const std::string& option, const Path& folder) {
  try {
    const shoal::AtomicFile probe(folder / "shoal-probe");
  } catch (const shoal::error& e) {
    shoal::fail(Errc::bad_file, option, ": the folder ", folder.string(), " can't be written: ", e.what());
  }
}

/// Throws if the folder holds files of another verb or from elsewhere.
void check_owner(const OutputFolder& out) {
  static const char* const records[] = {"run.json", "predict.json", "probe.json", "manifest.json"};
  const auto& [option, folder] = out.folder;
  const std::string& own = out.names.front();
  for (const char* record : records)
    shoal::check(record == own || !fs::exists(folder / record), Errc::invalid_argument, option, ": ",
                 folder.string(), " holds the files of another verb (", record, "); name another folder");
  if (fs::exists(folder / own) || fs::exists(folder / "checkpoint.shoal") ||
      fs::exists(folder / Outputs::staging_name))
    return;
  for (const std::string& name : out.names)
    shoal::check(!fs::exists(folder / name), Errc::invalid_argument, option, ": ", folder.string(),
                 " already has a ", name, ", which is of no run (there is no ", own,
                 "); name another folder or move it away");
}

void check_folder(const OutputFolder& out, const VerbFiles& files) {
  const auto& [option, folder] = out.folder;
  shoal::check(!fs::exists(folder) || fs::is_directory(folder), Errc::bad_file, option, ": ", folder.string(),
               " is a file; a folder is expected");
  for (const auto& [input, path] : files.input_folders)
    shoal::check(out.shared || !same_file(folder, path), Errc::invalid_argument, option, ": ",
                 folder.string(), " is also the folder of the input ", input, "; name another folder");
  for (const std::string& name : out.names) check_distinct({option, folder / name}, files);
}

}  // namespace

void check_files(const VerbFiles& files) {
  check_inputs(files);
  for (const NamedFile& output : files.outputs) check_distinct(output, files);
  for (auto one = files.outputs.begin(); one != files.outputs.end(); ++one)
    for (auto other = files.outputs.begin(); other != one; ++other)
      shoal::check(!same_file(one->path, other->path) || !is_plain(one->path), Errc::invalid_argument,
                   one->option, ": ", one->path.string(), " is also ", other->option, "; name another place");
  for (const OutputFolder& out : files.output_folders) check_folder(out, files);
  for (const auto& [option, path] : files.outputs) {
    const Path folder = path.has_parent_path() ? path.parent_path() : Path(".");
    shoal::check(fs::is_directory(folder), Errc::bad_file, option, ": the folder ", folder.string(), " of ",
                 path.string(), " does not exist");
    if (is_plain(path)) {
      check_writable(option, folder);
    } else {  // devices and pipes are written to directly
      const int problem = shoal::file_system::is_writable(path.string()) ? 0 : errno;
      shoal::check(problem == 0, Errc::bad_file, option, ": ", path.string(),
                   " can't be written: ", std::strerror(problem));
    }
  }
  for (const OutputFolder& out : files.output_folders) {
    const auto& [option, folder] = out.folder;
    std::error_code error;
    fs::create_directories(folder, error);
    shoal::check(fs::is_directory(folder), Errc::bad_file, option, ": the folder ", folder.string(),
                 " can't be made: ", error.message());
    lock_folder(option, folder);
    if (!out.shared) check_owner(out);
    check_writable(option, folder);
  }
}

std::vector<Path> side_by_side(const Path& features) {
  const std::string meant = features.string();
  if (is_there(features)) return {features};
  std::vector<Path> parts;
  for (std::size_t first = 0; first <= meant.size();) {
    const std::size_t plus = std::min(meant.find('+', first), meant.size());
    parts.emplace_back(meant.substr(first, plus - first));
    shoal::check(!parts.back().empty(), Errc::invalid_argument, meant,
                 " must name a file before and after each plus sign");
    first = plus + 1;
  }
  return parts;
}
