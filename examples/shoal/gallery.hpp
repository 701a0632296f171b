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
  double confidence = -1;             ///< mean over its samples; below 0 where there is none
  std::vector<shoal::Index> nearest;  ///< its samples nearest to its centre (cosine), nearest first
  std::vector<shoal::Index> unsure;   ///< its samples of least confidence, the least first
  std::string name;                   ///< of its most frequent class; empty where there is no truth
  double purity = -1;                 ///< the share of that class; below 0 where there is no truth
  std::string words;                  ///< that set its samples apart, where they have texts

  /// What to call it: its class, else its words, else its number.
  [[nodiscard]] std::string title() const {
    return !name.empty() ? name : !words.empty() ? words : "Cluster " + std::to_string(cluster);
  }
};

/// Cards under one heading.
struct Shelf {
  std::string title;
  std::vector<Card> cards;
};

/// All clusters that have samples, by number, each with up to `nearest` and `unsure` samples. Reads the rows
/// of every cluster, of a huge one an even choice; where `features` is null, its first samples take the place
/// of the nearest. `confidence` may be empty.
std::vector<Card> cards_of(const shoal::AnyRows* features, std::span<const shoal::Label> labels,
                           std::span<const float> confidence, std::size_t nearest, std::size_t unsure);

/// The largest, the most and the least confident clusters, up to `count` of each, none of them twice.
/// Clusters of a single sample stand in no other shelf than their own.
std::vector<Shelf> gallery(std::span<const Card> cards, std::size_t count);
