#include "console.hpp"

#include <csignal>
#include <string>
#include <vector>

#include <shoal/io/windows_handle.hpp>
// clang-format off: these two need windows.h before them
#include <psapi.h>
#include <shellapi.h>
// clang-format on

bool stderr_is_terminal() { return ::_isatty(2) != 0; }

int terminal_width() {
  CONSOLE_SCREEN_BUFFER_INFO screen{};
  const bool known = ::GetConsoleScreenBufferInfo(::GetStdHandle(STD_ERROR_HANDLE), &screen) != 0;
  return known ? screen.srWindow.Right - screen.srWindow.Left + 1 : 80;
}

std::int64_t peak_bytes() {
  PROCESS_MEMORY_COUNTERS counters{};
  ::GetProcessMemoryInfo(::GetCurrentProcess(), &counters, sizeof counters);
  return static_cast<std::int64_t>(counters.PeakWorkingSetSize);
}

/// The system restores the default before it calls a handler, so that the second signal ends the program.
void on_request_to_end(void (*asked)(int)) {
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, asked);
}

void fill_standard_streams() {}

void speak_utf8(int& argc, char**& argv) {
  static std::vector<std::string> texts;
  static std::vector<char*> pointers;
  ::SetConsoleOutputCP(CP_UTF8);
  int count = 0;
  wchar_t** wide = ::CommandLineToArgvW(::GetCommandLineW(), &count);
  if (wide == nullptr) return;
  for (int k = 0; k < count; ++k) texts.push_back(shoal::windows_handle_impl::narrow(wide[k]));
  ::LocalFree(wide);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  argc = count;
  argv = pointers.data();
}
