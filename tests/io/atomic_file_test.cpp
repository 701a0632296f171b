#include "support/child.hpp"
#include "support/refused.hpp"
#include "support/scratch.hpp"

#include <fstream>
#include <iterator>
#include <thread>
#include <vector>
#if !defined(_WIN32)
#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>
#endif

#include <doctest/doctest.h>

#include <shoal/io/atomic_file.hpp>

using namespace shoal;
namespace fs = std::filesystem;

namespace {
std::ptrdiff_t files_in(const Scratch& folder) {
  return std::distance(fs::directory_iterator(folder.path), fs::directory_iterator{});
}
}  // namespace

TEST_CASE("the old file stands until commit, and stays without it") {
  const Scratch folder("atomic");
  write_text(folder / "f", "old");
  {
    AtomicFile unfinished(folder / "f");
    unfinished.write("half");
    CHECK(content(folder / "f") == "old");
  }
  CHECK(content(folder / "f") == "old");
  AtomicFile first(folder / "f"), second(folder / "f");  // two writers do not share a temporary
  first.write("first");
  second.write("second");
  first.commit();
  CHECK(content(folder / "f") == "first");
  second.commit();
  CHECK(content(folder / "f") == "second");
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 1);
}

#if !defined(_WIN32)  // links, modes, pipes and child processes are POSIX's
TEST_CASE("a link is followed, also one whose file is not there yet") {
  const Scratch folder("atomic");
  fs::create_directory(folder / "far");
  write_text(folder / "far/f", "old");
  fs::create_symlink("far/f", folder / "link");
  fs::create_symlink("link", folder / "second");
  fs::create_symlink("far/new", folder / "dangling");
  write_text(folder / "second", "new");
  write_text(folder / "dangling", "made");
  CHECK(fs::is_symlink(folder / "link"));
  CHECK(fs::is_symlink(folder / "second"));
  CHECK(fs::is_symlink(folder / "dangling"));
  CHECK(content(folder / "far/f") == "new");
  CHECK(content(folder / "far/new") == "made");
  fs::create_symlink("a", folder / "b");
  fs::create_symlink("b", folder / "a");
  test::refused(Errc::bad_file, "can't be written", [&] { write_text(folder / "a", "x"); });
}

TEST_CASE("a file that is there keeps its mode; a new one has that of the process") {
  const Scratch folder("atomic");
  write_text(folder / "f", "old");
  fs::permissions(folder / "f", fs::perms(0640));
  write_text(folder / "f", "new");
  CHECK(fs::status(folder / "f").permissions() == fs::perms(0640));
  const mode_t mask = ::umask(027);
  write_text(folder / "g", "new");
  ::umask(mask);
  CHECK(fs::status(folder / "g").permissions() == fs::perms(0640));
}

TEST_CASE("what is no regular file is written to and stays what it is") {
  const Scratch folder("atomic");
  write_text("/dev/null", "gone");
  CHECK(fs::is_character_file("/dev/null"));
  const fs::path pipe = folder / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  std::string read;
  std::thread reader([&] { read = content(pipe); });
  write_text(pipe, "through");
  reader.join();
  CHECK(read == "through");
  CHECK(fs::is_fifo(pipe));
  CHECK(files_in(folder) == 1);
  if (fs::exists("/dev/full"))
    test::refused(Errc::bad_file, "/dev/full can't be written: No space", [] { write_text("/dev/full", "x"); });
  test::refused(Errc::bad_file, "can't be written", [&] { write_text(folder.path, "x"); });
  test::refused(Errc::bad_file, "can't be created", [&] { write_text(folder / "no/f", "x"); });
}

TEST_CASE("temporaries of killed writers go with the next write; those of living ones and others' files stay") {
  const Scratch folder("atomic");
  const int ended = test::in_child([&] {
    AtomicFile first(folder / "f"), other(folder / "g");
    first.write("half");
    ::raise(SIGKILL);
    return 0;
  });
  CHECK(ended == -SIGKILL);
  CHECK(files_in(folder) == 2);
  std::ofstream(folder / "mine.tmp") << "x";
  std::ofstream(folder / "f.shoal-x-1.tmp") << "x";
  std::ofstream(folder / ".shoal-1-1.tmp") << "x";
  AtomicFile living(folder / "h");
  write_text(folder / "f", "whole");
  CHECK(content(folder / "f") == "whole");
  CHECK(files_in(folder) == 5);  // f, the three, and the living one's
  living.write("late");
  living.commit();
  CHECK(content(folder / "h") == "late");
  CHECK(files_in(folder) == 5);
}

TEST_CASE("a disk that fills leaves the old file, and no temporary") {
  const Scratch folder("atomic");
  write_text(folder / "f", "old");
  const int status = test::in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{1000, 1000};
    if (::setrlimit(RLIMIT_FSIZE, &small) != 0) return 1;
    try {
      write_text(folder / "f", std::string(5000, 'x'));
      return 2;
    } catch (const error& e) {
      return e.code() == Errc::bad_file ? 0 : 3;
    }
  });
  CHECK(status == 0);
  CHECK(content(folder / "f") == "old");
  CHECK(files_in(folder) == 1);
}
#endif

TEST_CASE("many writers of one file at once: one of them has it, whole, and nothing is left") {
  const Scratch folder("atomic");
  std::vector<std::thread> writers;
  for (char c = 'a'; c < 'i'; ++c)
    writers.emplace_back([&, c] {
      for (int i = 0; i < 40; ++i) write_text(folder / "f", std::string(300, c));
    });
  for (auto& writer : writers) writer.join();
  const std::string left = content(folder / "f");
  CHECK(left == std::string(300, left.at(0)));
  CHECK(files_in(folder) == 1);
}
