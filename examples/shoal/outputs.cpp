#include "outputs.hpp"

#include "listed.hpp"
#include "printable.hpp"

#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>
#include <utility>

#include <shoal/io/atomic_file.hpp>
#include <shoal/io/file_lock.hpp>

namespace fs = std::filesystem;
using shoal::Errc;

Outputs::Outputs(fs::path folder, std::vector<std::string> names)
    : folder_(std::move(folder)), staging_(folder_ / staging_name), names_(std::move(names)) {
  std::error_code error;
  fs::remove_all(staging_, error);  // of a run that was killed
  fs::create_directory(staging_, error);
  shoal::check(!error, Errc::bad_file, "the folder ", staging_.string(), " can't be made: ", error.message());
}

Outputs::~Outputs() {
  std::error_code ignored;
  fs::remove_all(staging_, ignored);
}

namespace {

/// Gives a finished file its place. What stands there keeps its mode; a link is followed, and what is no
/// regular file is written to as it is.
void put(const fs::path& from, const fs::path& to, std::error_code& error) {
  const fs::file_status there = fs::symlink_status(to, error);
  error.clear();
  if (fs::exists(there) && !fs::is_regular_file(there)) {
    shoal::AtomicFile file(to);
    std::ifstream in(from, std::ios::binary);
    std::vector<char> piece(1 << 20);
    while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())), in.gcount() > 0)
      file.write(piece.data(), static_cast<std::size_t>(in.gcount()));
    shoal::check(in.eof(), Errc::bad_file, from.string(), " can't be read");
    file.commit();
    return;
  }
  if (fs::exists(there)) fs::permissions(from, there.permissions(), error);
  if (!error) fs::rename(from, to, error);
}

}  // namespace

std::string Outputs::publish() {
  const auto refuse = [](const fs::path& path, const std::error_code& error) {
    shoal::check(!error, Errc::bad_file, path.string(), " can't be put in its place: ", error.message());
  };
  std::error_code error;
  std::vector<std::string> written;
  for (const std::string& name : names_)
    if (fs::exists(staging_ / name)) written.push_back(name);
  fs::remove(folder_ / names_.front(), error);  // no record stands beside files of two runs
  refuse(folder_ / names_.front(), error);
  for (std::size_t i = names_.size(); i-- > 0;) {
    const fs::path from = staging_ / names_[i], to = folder_ / names_[i];
    if (fs::exists(from))
      put(from, to, error);
    else
      fs::remove(to, error);
    refuse(to, error);
  }
  if (const int folder = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); folder >= 0) {
    ::fsync(folder);  // the names reach the disk as the bytes have
    ::close(folder);
  }
  return "Wrote " + listed(written, "and") + " in " + folder_.string();
}

void say(const std::string& line) {
  std::printf("%s\n", printable(line).c_str());
  std::fflush(stdout);
}

void say_written(const std::vector<fs::path>& files) {
  std::vector<std::string> names;
  for (const fs::path& file : files) names.push_back(file.string());
  say("Wrote " + listed(names, "and"));
}

void lock_folder(const std::string& option, const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;  // what can't be opened is refused where it is written to
  shoal::check(shoal::try_lock(descriptor) != shoal::LockAnswer::held_by_another, Errc::invalid_argument,
               option, ": another run is writing into ", folder.string(),
               "; wait for its end or name another folder");
  // The descriptor stays open until the process ends, and so does the lock. File systems without locks go on.
}
