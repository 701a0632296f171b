#include "gnuplot.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <regex>
#include <unistd.h>

#include <shoal/core/check.hpp>

namespace {

const std::string style = std::string() + R"(
set encoding utf8
unset key
set border 1 lc rgb )" + ink::grid +
                          R"(
set tics nomirror scale 0 textcolor rgb )" +
                          ink::text + R"(
set xlabel textcolor rgb )" +
                          ink::text + R"( offset 0,0.4
set ylabel textcolor rgb )" +
                          ink::text + R"( offset 1,0
set grid ytics lt 1 lw 1 lc rgb )" +
                          ink::grid + R"(
set style fill solid 1 noborder
set lmargin 8
set rmargin 2
set tmargin 1
)";

/// A file with this text that is gone at the end.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text)
      : path_((std::filesystem::temp_directory_path() / "shoal-XXXXXX").string()) {
    const int descriptor = ::mkstemp(path_.data());
    std::FILE* file = descriptor < 0 ? nullptr : ::fdopen(descriptor, "w");
    shoal::check(file != nullptr, shoal::Errc::bad_file, "report: no temporary file ", path_, " can be made");
    std::fwrite(text.data(), 1, text.size(), file);
    std::fclose(file);
  }
  ~TemporaryFile() { std::remove(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string output_of(const std::string& command) {
  std::FILE* pipe = ::popen(command.c_str(), "r");
  shoal::check(pipe != nullptr, shoal::Errc::bad_file, "report: can't run ", command);
  std::string text;
  char buffer[1 << 14];
  while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, got);
  const int status = ::pclose(pipe);
  shoal::check(
      status == 0, shoal::Errc::bad_file,
      "report: gnuplot failed; install it (Debian: gnuplot-nox), or leave the report out with --no-report");
  return text;
}

}  // namespace

std::string draw(const std::string& script, int height) {
  const TemporaryFile file("set terminal svg size 520," + std::to_string(height) +
                           " dynamic enhanced font 'sans-serif,12' linewidth 1" + style + script);
  std::string svg = output_of("gnuplot '" + file.path() + "'");
  const std::size_t start = svg.find("<svg");
  shoal::check(start != std::string::npos, shoal::Errc::bad_file, "report: gnuplot drew nothing");
  svg.erase(0, start);
  svg = std::regex_replace(svg, std::regex("<(title|desc)>[^<]*</\\1>\\s*"), "");
  static constexpr const char* variables[] = {"--muted", "--grid", "--accent", "--second", "--ink"};
  for (int i = 0; i < 5; ++i) {
    const std::string digit = std::to_string(i + 1);
    const std::regex colour("rgb\\( *" + digit + ", *" + digit + ", *" + digit + "\\)");
    svg = std::regex_replace(svg, colour, std::string("var(") + variables[i] + ")");
  }
  return svg;
}
