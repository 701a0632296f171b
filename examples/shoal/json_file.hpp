// Reads JSON from files, which anyone may have written.
#pragma once

#include "path.hpp"

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

#include <shoal/core/check.hpp>
#include <shoal/io/table.hpp>

/// The JSON object in a file. Throws shoal::error, naming the file, the line and `what` the file should be,
/// for text that is not JSON, not an object, or nested more than 64 levels deep, since code that walks it may
/// recurse. nlohmann::ordered_json keeps the order of fields and takes quadratic time in their number, so
/// more than 10,000 are refused; nlohmann::json takes any number.
template <class Json = nlohmann::ordered_json> Json read_json(const Path& path, const std::string& what) {
  constexpr int deepest = 64;
  constexpr std::size_t most_fields = std::same_as<Json, nlohmann::ordered_json> ? 10'000 : SIZE_MAX;
  const auto check = [&](bool ok, const auto&... why) {
    shoal::check(ok, shoal::Errc::bad_file, path.string(), " is not ", what, ": ", why...);
  };
  const std::string text = shoal::read_bytes(path);
  std::size_t fields = 0;
  const auto small = [&](int depth, typename Json::parse_event_t event, const Json&) {
    check(depth < deepest, "it is nested more than ", deepest, " deep");
    fields += event == Json::parse_event_t::key ? 1 : 0;
    check(fields <= most_fields, "it has more than ", most_fields, " fields");
    return true;
  };
  Json json;
  try {
    json = Json::parse(text, small);
  } catch (const typename Json::parse_error& e) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(e.byte, text.size()));
    check(false, "it is no JSON from line ", 1 + std::count(text.begin(), end, '\n'), " on");
  } catch (const typename Json::exception&) {
    check(false, "it holds a number that is too large");
  }
  check(json.is_object(), "it is no JSON object");
  return json;
}

/// A value as shown in a message.
inline std::string shown(const nlohmann::ordered_json& value) {
  return value.is_structured() ? value.type_name() : shoal::shortened(value.dump(), 100);
}
