// The clusters of a run: their samples, and the choice of clusters that the report shows.
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
  double confidence = -1;             ///< mean over its samples; below 0 if unknown
  std::vector<shoal::Index> nearest;  ///< its samples nearest to its centre (cosine), nearest first
  std::vector<shoal::Index> unsure;   ///< its samples of lowest confidence, lowest first
  std::string name;                   ///< name of its most frequent class; empty without a truth
  double purity = -1;                 ///< share of that class; below 0 without a truth
  std::string words;                  ///< words that distinguish its samples, if they have texts

  /// Its title: the class, else the words, else the number.
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
/// of every cluster, or an even selection if it is huge. If `features` is null, the first samples are shown
/// instead of the nearest. `confidence` may be empty.
std::vector<Card> cards_of(const shoal::AnyRows* features, std::span<const shoal::Label> labels,
                           std::span<const float> confidence, std::size_t nearest, std::size_t unsure);

/// The largest, the most and the least confident clusters, up to `count` of each, none of them twice.
/// Clusters of a single sample appear only in their own group.
std::vector<Shelf> gallery(std::span<const Card> cards, std::size_t count);
