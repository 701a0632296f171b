// Reads the goldens that data/make_goldens.py wrote.
#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <shoal/core/matrix.hpp>

struct Golden {
  std::string name;
  std::vector<shoal::Index> labels, truth;
  shoal::Matrix<float> features;
  std::map<std::string, double> scores;
};

inline std::vector<Golden> read_goldens(const std::string& file) {
  std::ifstream in(TEST_DATA "/" + file);
  std::vector<Golden> goldens;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string kind;
    words >> kind;
    if (kind == "case" || goldens.empty()) goldens.emplace_back();
    Golden& g = goldens.back();
    if (kind == "case") std::getline(words >> std::ws, g.name);
    if (kind == "labels" || kind == "truth") {
      std::size_t n = 0;
      words >> n;
      auto& labels = kind == "labels" ? g.labels : g.truth;
      for (shoal::Index id; words >> id;) labels.push_back(id);
      if (labels.size() != n) goldens.clear();  // a damaged file fails the tests
    }
    if (kind == "features") {
      shoal::Index n = 0, d = 0;
      words >> n >> d;
      g.features = shoal::Matrix<float>(n, d);
      for (shoal::Index i = 0; i < n * d; ++i) words >> g.features.data()[i];
    }
    if (kind == "scores")
      for (std::string key, value; words >> key >> value;) g.scores[key] = std::stod(value);
  }
  return goldens;
}
