// Which clusters the report shows, and which of their samples.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <shoal/backend/cpu.hpp>
#include <shoal/io/row_source.hpp>

/// One cluster to look at.
struct Card {
  shoal::Label cluster = 0;
  shoal::Index size = 0;
  double confidence = 0;              ///< mean over its samples
  std::vector<shoal::Index> nearest;  ///< its samples nearest to its centre (cosine), nearest first
};

/// Cards under one heading.
struct Shelf {
  std::string title;
  std::vector<Card> cards;
};

/// The largest, the most and the least confident clusters, `cards` of each with up to `samples` samples.
/// Reads the rows of these clusters only.
std::vector<Shelf> gallery(shoal::AnyRows features, std::span<const shoal::Label> labels,
                           std::span<const float> confidence, std::size_t cards, std::size_t samples);
