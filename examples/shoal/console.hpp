// The terminal and the process as the operating system has them: a POSIX form (console_posix.cpp) and a
// Windows form (console_windows.cpp).
#pragma once

#include <cstdint>

/// Whether stderr is a terminal.
[[nodiscard]] bool stderr_is_terminal();

/// The letters that fit into a line of the terminal; 80 where that is unknown.
[[nodiscard]] int terminal_width();

/// The most memory that the process has held so far, mapped files that were read included.
[[nodiscard]] std::int64_t peak_bytes();

/// Calls `asked` with its number at the first signal that asks the program to end, which may be at any
/// moment; the second ends it. A signal that the caller ignores, as nohup does, stays ignored.
void on_request_to_end(void (*asked)(int));

/// Where the caller has closed stdin, stdout or stderr (`2>&-`), opens /dev/null in its place: the next file
/// to be opened would get its number, and with it what is printed. Printing to a stdout that was closed
/// fails.
void fill_standard_streams();

/// Makes the arguments of main() UTF-8, and what is printed readable where the terminal has to be told that
/// it is.
void speak_utf8(int& argc, char**& argv);
