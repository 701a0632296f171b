#include "cluster_tables.hpp"

#include "html.hpp"
#include "printable.hpp"

namespace {

/// Formats a share with four digits; empty if it is unknown.
std::string share(double value) { return value >= 0 ? decimals(value, 4) : ""; }

}  // namespace

std::string clusters_table(std::span<const Card> cards) {
  std::string table = "cluster\tsamples\tconfidence\tclass\tpurity\twords\n";
  for (const Card& card : cards)
    table += std::to_string(card.cluster) + '\t' + std::to_string(card.size) + '\t' + share(card.confidence) +
             '\t' + table_cell(card.name) + '\t' + share(card.purity) + '\t' + table_cell(card.words) + '\n';
  return table;
}

std::string exemplars_table(const ReportInput& input, std::span<const Card> cards) {
  std::string table = "cluster\tkind\trank\tsample\tconfidence\ttext\n";
  const auto lines = [&](const Card& card, const char* kind, std::span<const shoal::Index> ids) {
    for (std::size_t rank = 0; rank < ids.size(); ++rank) {
      const auto id = static_cast<std::size_t>(ids[rank]);
      table += std::to_string(card.cluster) + '\t' + kind + '\t' + std::to_string(rank + 1) + '\t' +
               std::to_string(id) + '\t' + decimals(static_cast<double>(input.confidence[id]), 4) + '\t' +
               (input.captions.empty() ? "" : table_cell(input.captions[id].title)) + '\n';
    }
  };
  for (const Card& card : cards) {
    lines(card, "nearest", card.nearest);
    lines(card, "unsure", card.unsure);
  }
  return table;
}
