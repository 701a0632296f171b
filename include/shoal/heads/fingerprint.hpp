// A text that identifies what a training depends on: two trainings with the same fingerprint give the same
// bits.
#pragma once

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <shoal/core/config.hpp>
#include <shoal/core/policy.hpp>
#include <shoal/core/random.hpp>
#include <shoal/heads/heads.hpp>
#include <shoal/io/checksum.hpp>
#include <shoal/simd/vector.hpp>

namespace shoal {

/// Lines of names and values, in the order in which they are added. Different numbers have different texts.
class Fingerprint {
 public:
  void add(std::string_view name, std::string_view value) {
    text_.append(name).append(" ").append(value) += '\n';
  }
  template <class T>
    requires(std::integral<T> || std::floating_point<T>)
  void add(std::string_view name, T value) {
    if constexpr (std::same_as<T, bool>) {
      add(name, value ? std::string_view("yes") : std::string_view("no"));
    } else {
      char digits[64];
      add(name, std::string_view(digits, std::to_chars(digits, digits + sizeof digits, value).ptr));
    }
  }
  /// Adds the name and the named parameters of a policy.
  template <Policy P> void add_policy(std::string_view role, const P& policy) {
    add(role, P::name);
    each_field(policy,
               [&](const char* field, const auto& value) { add(std::string(role) + "." + field, value); });
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// Adds all settings.
inline void add_settings(Fingerprint& to, const HeadSettings& s) {
  std::string hidden;
  for (const Index width : s.hidden) hidden += (hidden.empty() ? "" : " ") + std::to_string(width);
  to.add("clusters", s.clusters);
  to.add("heads", s.heads);
  to.add("epochs", s.epochs);
  to.add("batch", s.batch);
  to.add("learning_rate", s.learning_rate);
  to.add("final_rate", s.final_rate);
  to.add("warmup_epochs", s.warmup_epochs);
  to.add("frozen_epochs", s.frozen_epochs);
  to.add("weight_decay", s.weight_decay);
  to.add("optimizer", std::string_view(s.optimizer == Optimizer::adamw ? "adamw" : "adam"));
  to.add("student_temperature", s.student_temperature);
  to.add("teacher_temperature", s.teacher_temperature);
  to.add("teacher_momentum", s.teacher_momentum);
  to.add("marginal_momentum", s.marginal_momentum);
  to.add("hidden", std::string_view(hidden));
  to.add("bottleneck", s.bottleneck);
  if (s.plain)
    to.add("plain", true);  // others keep the fingerprints that they had before there were plain heads
  to.add("standardize", s.standardize);
  to.add("precision", std::string_view(name_of(s.precision)));
  to.add("seed", s.seed);
}

/// Adds what the machine contributes to the bits: its engine, the width of its SIMD vectors, and the checksum
/// of a small product. The checksum reveals a different product library, instruction set or tile, whatever
/// its name. multiply(a, b, c) computes c ← a bᵀ as the engine does.
template <class Multiply> void add_machine(Fingerprint& to, const char* engine, const Multiply& multiply) {
  constexpr Index rows = 48, cols = 96, depth = 1000;
  Matrix<float> a(rows, depth), b(cols, depth), c(rows, cols);
  const Philox random(1, 0x70726F6265);
  for (Index i = 0; i < a.size(); ++i)
    a.data()[i] = static_cast<float>(random.uniform(static_cast<std::uint64_t>(i))) - 0.5f;
  for (Index i = 0; i < b.size(); ++i)
    b.data()[i] = static_cast<float>(random.uniform(static_cast<std::uint64_t>(a.size() + i))) - 0.5f;
  multiply(a.view(), b.view(), c.view());
  to.add("engine", std::string_view(engine));
  to.add("vector width", static_cast<Index>(vector_width));
  to.add("products", checksum(c.data(), static_cast<std::size_t>(c.size()) * sizeof(float)));
}

/// Whether the fingerprint `asked` is that of `done` but for more epochs.
[[nodiscard]] inline bool goes_on_longer(std::string_view asked, std::string_view done) {
  const auto split = [](std::string_view text) {
    constexpr std::string_view name = "\nepochs ";
    const std::size_t begin = text.find(name), end = text.find('\n', begin + 1);
    Index epochs = 0;
    if (begin == std::string_view::npos || end == std::string_view::npos)
      return std::pair(epochs, std::string(text));
    std::from_chars(text.data() + begin + name.size(), text.data() + end, epochs);
    return std::pair(epochs, std::string(text.substr(0, begin)) + std::string(text.substr(end)));
  };
  const auto [asked_epochs, asked_rest] = split(asked);
  const auto [done_epochs, done_rest] = split(done);
  return asked_rest == done_rest && done_epochs > 0 && asked_epochs > done_epochs;
}

/// The lines of `fingerprint` that are missing in `other`, joined into one line.
[[nodiscard]] inline std::string lines_missing_in(std::string_view other, std::string_view fingerprint) {
  const std::string lines = "\n" + std::string(other);
  std::string missing;
  while (!fingerprint.empty()) {
    const std::size_t end = std::min(fingerprint.find('\n'), fingerprint.size());
    const std::string line(fingerprint.substr(0, end));
    if (lines.find("\n" + line + "\n") == std::string::npos) missing += (missing.empty() ? "" : ", ") + line;
    fingerprint.remove_prefix(std::min(end + 1, fingerprint.size()));
  }
  return missing.empty() ? "nothing else" : missing;
}

}  // namespace shoal
