// The command for many machines (preset portable): becomes the command that was compiled for what this
// processor has. Each is a program of its own, so that nothing compiled for a newer processor runs on an
// older one, not even what initialises global objects.
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;

bool has_v2() { return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt"); }
bool has_v3() {
  return has_v2() && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}
bool has_v4() {
  return has_v3() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl");
}

/// The best of the levels that portable.cmake builds and this processor runs, or nullptr.
const char* level() {
  if (has_v4()) return __builtin_cpu_supports("avx512vnni") ? "x86-64-v4-vnni" : "x86-64-v4";
  return has_v3() ? "x86-64-v3" : has_v2() ? "x86-64-v2" : nullptr;
}

int complain(const std::string& problem) {
  std::fprintf(stderr, "shoal: %s\n", problem.c_str());
  return 1;
}

}  // namespace

int main(int, char** argv) {
  __builtin_cpu_init();
  const char* const best = level();
  if (best == nullptr) return complain("this processor has no SSE 4.2; build shoal from its sources for it");
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  if (error) return complain("/proc/self/exe can't be read: " + error.message());
  const fs::path chosen =
      self.parent_path().parent_path() / "libexec" / "shoal" / (std::string("shoal-") + best);
  ::execv(chosen.c_str(), argv);
  return complain(chosen.string() + " can't be started: " + std::strerror(errno));
}
