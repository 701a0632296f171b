#include "gallery.hpp"

#include "html.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace {

using shoal::Index;

/// Returns the members of each cluster, in order.
std::map<shoal::Label, std::vector<Index>> members_of(std::span<const shoal::Label> labels) {
  std::map<shoal::Label, std::vector<Index>> members;
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] >= 0) members[labels[i]].push_back(static_cast<Index>(i));
  return members;
}

/// Returns the members whose direction is nearest to the mean direction of all; huge clusters are sampled
/// evenly.
std::vector<Index> nearest_to_centre(shoal::AnyRows features, std::vector<Index> members, std::size_t count) {
  constexpr std::size_t enough = 4096;
  if (const std::size_t step = members.size() / enough; step > 1) {
    for (std::size_t i = 0; i < enough; ++i) members[i] = members[i * step];
    members.resize(enough);
  }
  const Index d = features.cols();
  shoal::Matrix<float> rows(std::ssize(members), d);
  features.gather(members, rows);
  std::vector<double> centre(static_cast<std::size_t>(d), 0.);
  std::vector<std::pair<double, Index>> scored;
  for (Index i = 0; i < rows.rows(); ++i) {
    double square = 0;
    for (const float x : rows.view().span(i)) square += static_cast<double>(x) * static_cast<double>(x);
    const double scale = square > 0 ? 1 / std::sqrt(square) : 0;
    for (Index j = 0; j < d; ++j) {
      rows(i, j) = static_cast<float>(static_cast<double>(rows(i, j)) * scale);
      centre[static_cast<std::size_t>(j)] += static_cast<double>(rows(i, j));
    }
  }
  for (Index i = 0; i < rows.rows(); ++i) {
    double product = 0;
    for (Index j = 0; j < d; ++j)
      product += centre[static_cast<std::size_t>(j)] * static_cast<double>(rows(i, j));
    scored.emplace_back(-product, members[static_cast<std::size_t>(i)]);
  }
  std::ranges::sort(scored);
  std::vector<Index> nearest;
  for (std::size_t i = 0; i < std::min(count, scored.size()); ++i) nearest.push_back(scored[i].second);
  return nearest;
}

/// Returns the members of lowest confidence.
std::vector<Index> least_sure(std::span<const float> confidence, std::vector<Index> members,
                              std::size_t count) {
  const auto end = members.begin() + static_cast<std::ptrdiff_t>(std::min(count, members.size()));
  std::ranges::partial_sort(
      members, end, {}, [&](Index id) { return std::pair(confidence[static_cast<std::size_t>(id)], id); });
  return {members.begin(), end};
}

}  // namespace

std::vector<Card> cards_of(const shoal::AnyRows* features, std::span<const shoal::Label> labels,
                           std::span<const float> confidence, std::size_t nearest, std::size_t unsure) {
  std::vector<Card> cards;
  for (const auto& [cluster, ids] : members_of(labels)) {
    Card card;
    card.cluster = cluster;
    card.size = std::ssize(ids);
    card.nearest = features != nullptr
                       ? nearest_to_centre(*features, ids, nearest)
                       : std::vector<Index>(ids.begin(), ids.begin() + std::min(std::ssize(ids),
                                                                                static_cast<Index>(nearest)));
    if (!confidence.empty()) {
      double sum = 0;
      for (const Index id : ids) sum += static_cast<double>(confidence[static_cast<std::size_t>(id)]);
      card.confidence = sum / static_cast<double>(ids.size());
      card.unsure = least_sure(confidence, ids, unsure);
    }
    cards.push_back(std::move(card));
  }
  return cards;
}

std::vector<Shelf> gallery(std::span<const Card> cards, std::size_t count) {
  std::vector<Card> left(cards.begin(), cards.end());
  const auto single = std::ranges::stable_partition(left, [](const Card& card) { return card.size > 1; });
  const std::vector<Card> alone(single.begin(), single.end());
  left.erase(single.begin(), single.end());
  std::vector<Shelf> shelves;
  const auto shelf = [&](std::string title, auto&& key) {
    std::ranges::stable_sort(left, {}, key);
    const auto end = left.begin() + static_cast<std::ptrdiff_t>(std::min(count, left.size()));
    if (end != left.begin()) shelves.push_back({std::move(title), {left.begin(), end}});
    left.erase(left.begin(), end);
  };
  shelf("Largest", [](const Card& card) { return -card.size; });
  if (!left.empty() && left.front().confidence >= 0) {
    shelf("Most confident of the others", [](const Card& card) { return -card.confidence; });
    shelf("Least confident of the others", [](const Card& card) { return card.confidence; });
  }
  left = alone;
  shelf("Clusters of a single sample: " + grouped(std::ssize(alone)),
        [](const Card& card) { return card.cluster; });
  return shelves;
}
