// Reads JSON from files, which anyone may have written.
#pragma once

#include "path.hpp"

#include <algorithm>
#include <string>

#include <nlohmann/json.hpp>

#include <shoal/core/check.hpp>
#include <shoal/io/table.hpp>

/// The JSON object in a file. Throws shoal::error, naming the file, the line and `what` the file should be,
/// for text that is not JSON, not an object, or nested more than 64 levels deep, since code that walks it may
/// recurse.
inline nlohmann::ordered_json read_json(const Path& path, const std::string& what) {
  using nlohmann::ordered_json;
  constexpr int deepest = 64;
  const auto check = [&](bool ok, const auto&... why) {
    shoal::check(ok, shoal::Errc::bad_file, path.string(), " is not ", what, ": ", why...);
  };
  const std::string text = shoal::read_bytes(path);
  const auto shallow = [&](int depth, ordered_json::parse_event_t, const ordered_json&) {
    check(depth < deepest, "it is nested more than ", deepest, " deep");
    return true;
  };
  ordered_json json;
  try {
    json = ordered_json::parse(text, shallow);
  } catch (const ordered_json::parse_error& e) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(e.byte, text.size()));
    check(false, "it is no JSON from line ", 1 + std::count(text.begin(), end, '\n'), " on");
  } catch (const ordered_json::exception&) {
    check(false, "it holds a number that is too large");
  }
  check(json.is_object(), "it is no JSON object");
  return json;
}

/// A value as shown in a message.
inline std::string shown(const nlohmann::ordered_json& value) {
  return value.is_structured() ? value.type_name() : shoal::shortened(value.dump(), 100);
}
