#include "outputs.hpp"

#include "launch.hpp"
#include "listed.hpp"
#include "printable.hpp"
#include "progress_view.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <utility>
#include <vector>

#include <shoal/io/atomic_file.hpp>
#include <shoal/io/file_lock.hpp>
#include <shoal/io/path.hpp>
#include <shoal/io/system.hpp>

namespace fs = std::filesystem;
using shoal::Errc;

namespace {

/// Removes a folder and its contents. A failure to do so is no error of the run, since the next run tries
/// again.
void remove_folder(const Path& folder) noexcept {
  try {
    fs::remove_all(folder);
  } catch (const std::exception&) {
  }
}

/// Copies a finished file to the target of a link, to a device or to a pipe.
void write_through(const std::string& from, const std::string& to) {
  shoal::AtomicFile file(to);
  std::ifstream in(from, std::ios::binary);
  std::vector<char> piece(1 << 20);
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())), in.gcount() > 0)
    file.write(piece.data(), static_cast<std::size_t>(in.gcount()));
  shoal::check(in.eof(), Errc::bad_file, from, " can't be read");
  file.commit();
}

void move_file(const std::string& from, const std::string& to, const std::string& named) {
  if (!shoal::file_system::replace(from, to))
    shoal::fail(Errc::bad_file, named, " can't be put in its place: ", std::strerror(errno));
}

}  // namespace

Outputs::Outputs(Path folder, std::vector<std::string> names)
    : folder_(std::move(folder)), staging_(folder_ / staging_name) {
  for (const std::string& name : names)
    moves_.push_back({staging_ / name, folder_ / name, staging_ / ("earlier-" + name)});
  remove_folder(staging_);  // left by a run that was killed
  std::error_code error;
  fs::create_directory(staging_, error);
  shoal::check(!error, Errc::bad_file, "the folder ", staging_.string(), " can't be made: ", error.message());
}

Outputs::~Outputs() { remove_folder(staging_); }

/// Writes the files whose destinations are links, devices or pipes, then moves the files of an earlier run
/// out of the folder, the record first.
void Outputs::take_out_earlier() {
  shoal::FileStatus status;
  const auto look = [&](const Move& file) {
    return shoal::file_system::look_at(file.place, shoal::Links::themselves, status);
  };
  for (Move& file : moves_) {
    if (!shoal::file_exists(file.staged) || !look(file)) continue;
    if (status.kind != shoal::FileKind::regular) {
      write_through(file.staged, file.place);
      file.through = true;
    } else if (!shoal::file_system::set_mode(file.staged, status)) {
      shoal::fail(Errc::bad_file, file.place, " can't be given its mode: ", std::strerror(errno));
    }
  }
  for (const Move& file : moves_)
    if (!file.through && look(file) &&
        (status.kind == shoal::FileKind::regular || status.kind == shoal::FileKind::link)) {
      move_file(file.place, file.earlier, file.place);
      replaced_ = true;
    }
}

void Outputs::put_in_place() {
  for (std::size_t i = moves_.size(); i-- > 0;) {
    Move& file = moves_[i];
    if (file.through || !shoal::file_exists(file.staged)) continue;
    move_file(file.staged, file.place, file.place);
    file.placed = true;
  }
}

/// Restores the folder to its state before publish(), as far as the system allows: removes new files and
/// moves the earlier ones back. Allocates no memory, since that may be what failed.
void Outputs::take_back() noexcept {
  for (std::size_t i = moves_.size(); i-- > 0;) {
    const Move& file = moves_[i];
    if (file.placed) shoal::file_system::remove(file.place);
    if (!file.through) (void)shoal::file_system::replace(file.earlier, file.place);
  }
}

std::string Outputs::publish() {
  std::vector<std::string> written;
  for (const Move& file : moves_)
    if (shoal::file_exists(file.staged)) written.push_back(Path(file.place).filename().string());
  try {
    take_out_earlier();
    put_in_place();
  } catch (...) {
    take_back();
    throw;
  }
  if (!shoal::sync_folder(folder_.string()))  // makes the names durable, as the contents are
    shoal::fail(Errc::bad_file, folder_.string(), " can't be finished: ", std::strerror(errno));
  return "Wrote " + listed(written, "and") + " in " + folder_.string() +
         (replaced_ ? ", in place of an earlier run's" : "");
}

void say(const std::string& line) {
  if (rank() != 0) return;
  leave_progress_line();
  std::printf("%s\n", printable(line).c_str());
  std::fflush(stdout);
}

void say_written(const std::vector<Path>& files) {
  std::vector<std::string> names;
  for (const Path& file : files) names.push_back(file.string());
  say("Wrote " + listed(names, "and"));
}

void lock_folder(const std::string& option, const Path& folder) {
  const int descriptor = shoal::file_system::open_folder(folder.string());
  if (descriptor < 0) return;  // a folder that can't be opened is refused when it is written to
  shoal::check(shoal::try_lock(descriptor) != shoal::LockAnswer::held_by_another, Errc::invalid_argument,
               option, ": another run is writing into ", folder.string(),
               "; wait for its end or name another folder");
  // The descriptor, and so the lock, is held until the process ends. File systems without locks are accepted.
}
