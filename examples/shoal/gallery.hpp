// The clusters of a run one by one: what they hold, and which of them the report shows.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <shoal/backend/cpu.hpp>
#include <shoal/io/row_source.hpp>

/// One cluster that is not empty.
struct Card {
  shoal::Label cluster = 0;
  shoal::Index size = 0;
  double confidence = 0;              ///< mean over its samples
  std::vector<shoal::Index> nearest;  ///< its samples nearest to its centre (cosine), nearest first
  std::vector<shoal::Index> unsure;   ///< its samples of least confidence, the least first
};

/// Cards under one heading.
struct Shelf {
  std::string title;
  std::vector<Card> cards;
};

/// All clusters that have samples, by number, each with up to `nearest` and `unsure` samples. Reads the rows
/// of every cluster, of a huge one an even choice.
std::vector<Card> cards_of(shoal::AnyRows features, std::span<const shoal::Label> labels,
                           std::span<const float> confidence, std::size_t nearest, std::size_t unsure);

/// The largest, the most and the least confident clusters, up to `count` of each, none of them twice.
/// Clusters of a single sample stand in no other shelf than their own.
std::vector<Shelf> gallery(std::span<const Card> cards, std::size_t count);
