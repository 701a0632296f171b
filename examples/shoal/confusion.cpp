#include "confusion.hpp"

#include "html.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace {

using shoal::Index;
using Confusions =
    std::map<std::pair<std::size_t, std::size_t>, Index>;  // (class, class of the cluster) → samples

Confusions count(const shoal::Contingency& table, std::span<const shoal::Label> class_of) {
  Confusions counts;
  for (std::size_t k = 0; k < class_of.size(); ++k) {
    if (class_of[k] < 0) continue;
    for (auto cell = table.row_start[k]; cell < table.row_start[k + 1]; ++cell) {
      const auto at = static_cast<std::size_t>(cell);
      counts[{static_cast<std::size_t>(table.column[at]), static_cast<std::size_t>(class_of[k])}] +=
          table.count[at];
    }
  }
  return counts;
}

/// Returns up to `limit` classes of the largest confusions; classes that are confused are adjacent. Those
/// that would be shown as 0 %, of a class that is in hundreds of clusters, do not count.
std::vector<std::size_t> most_confused(const Confusions& counts, std::span<const Index> class_sizes,
                                       std::size_t limit) {
  std::vector<std::pair<Index, std::pair<std::size_t, std::size_t>>> largest;
  for (const auto& [pair, samples] : counts)
    if (pair.first != pair.second && 200 * samples >= class_sizes[pair.first])
      largest.emplace_back(-samples, pair);
  std::ranges::sort(largest);
  std::vector<std::size_t> classes;
  for (const auto& [samples, pair] : largest)
    for (const std::size_t c : {pair.first, pair.second})
      if (classes.size() < limit && std::ranges::find(classes, c) == classes.end()) classes.push_back(c);
  return classes;
}

}  // namespace

std::string confusion_figure(const shoal::Contingency& table, std::span<const shoal::Label> class_of,
                             const std::map<Index, std::string>& names) {
  const Confusions counts = count(table, class_of);
  const auto classes = most_confused(counts, table.class_sizes, 10);
  if (classes.empty()) return "";
  const auto name = [&](std::size_t c) {
    return escaped(clipped(class_name(names, table.class_ids[c]), 22));
  };
  std::string html =
      "<figure><figcaption><b>Most confused classes</b><span>of each class (row), the percentage in whose "
      "cluster (column), and in all others</span></figcaption><div class=\"scroll\" role=\"region\" "
      "aria-label=\"Most confused "
      "classes\" tabindex=\"0\">"
      "<table class=\"confusion\"><thead><tr><td></td>";
  for (const std::size_t c : classes) html += "<th scope=\"col\"><span>" + name(c) + "</span></th>";
  html += "<th scope=\"col\"><span>all others</span></th></tr></thead><tbody>";
  for (const std::size_t row : classes) {
    html += "<tr><th scope=\"row\">" + name(row) + "</th>";
    const auto share = [&](Index samples) {
      return 100. * static_cast<double>(samples) / static_cast<double>(table.class_sizes[row]);
    };
    const auto shown = [](double percentage) { return percentage >= 0.5 ? decimals(percentage, 0) : ""; };
    Index others = table.class_sizes[row];
    for (const std::size_t col : classes) {
      const auto found = counts.find({row, col});
      const Index samples = found == counts.end() ? 0 : found->second;
      others -= samples;
      html += std::string("<td class=\"") + (row == col ? "own" : "") +
              "\" style=\"--v:" + decimals(share(samples), 1) + "\">" + shown(share(samples)) + "</td>";
    }
    html += "<td class=\"rest\">" + shown(share(others)) + "</td>";
    html += "</tr>";
  }
  return html + "</tbody></table></div></figure>\n";
}
