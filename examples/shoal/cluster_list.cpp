#include "cluster_list.hpp"

#include "html.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

namespace {

/// Sorts by the column whose button is pressed, and hides the lines that don't contain the searched text.
constexpr const char* script = R"js(<script type="text/javascript">
{
  const table = document.querySelector("table.list"), body = table.tBodies[0], rows = [...body.rows];
  const number = text => text ? parseFloat(text.replace(/,/g, "")) : -1;
  for (const heading of table.tHead.rows[0].cells) heading.querySelector("button").addEventListener("click", () => {
    const down = heading.getAttribute("aria-sort") === "ascending", at = heading.cellIndex;
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = row => row.cells[at]?.textContent ?? "", words = heading.classList.contains("words");
    rows.sort((a, b) => (down ? -1 : 1) * (words ? key(a).localeCompare(key(b)) : number(key(a)) - number(key(b))));
    body.append(...rows);
  });
  const field = document.getElementById("search"), count = document.getElementById("found");
  field.parentElement.hidden = false;
  field.addEventListener("input", () => {
    const wanted = field.value.toLowerCase();
    let shown = 0;
    for (const row of rows) shown += !(row.hidden = !row.textContent.toLowerCase().includes(wanted));
    count.textContent = shown.toLocaleString("en") + " clusters";
  });
}
</script>)js";

std::string heading(const std::string& text, const char* kind, const char* sorted = "") {
  return "<th scope=\"col\" class=\"" + std::string(kind) + "\"" + sorted + "><button type=\"button\">" +
         text + "</button></th>";
}

/// The optional columns of the list.
struct Columns {
  bool sure = false, pure = false, names = false, exemplars = false;
};

/// Returns how many characters a text may have; two texts share a line if there are both columns.
std::size_t text_room(const Columns& has) { return has.names && has.exemplars ? 40 : 80; }

std::string numbers_of(const ListedCluster& c, const Columns& has, bool target) {
  const std::string id = std::to_string(c.cluster);
  std::string html =
      (target ? "<tr id=\"list-" + id + "\"><td>" : "<tr><td>") + id + "<td>" + grouped(c.size);
  if (has.sure) html += "<td>" + decimals(100 * c.confidence, 0);
  if (has.pure) html += "<td>" + (c.purity >= 0 ? decimals(100 * c.purity, 0) : "");
  return html;
}

std::string texts_of(const ListedCluster& c, const Columns& has) {
  std::string html;
  if (has.names) html += "<td>" + escaped(clipped(c.name, text_room(has)));
  if (has.exemplars) html += "<td>" + escaped(clipped(c.exemplar, text_room(has)));
  return html;
}

/// Returns the lines of the table. If the texts of all clusters would make the page too large, only the
/// largest clusters have theirs, and the lines are in the order of sizes; `texts` is set to their number.
std::vector<std::string> lines_of(std::span<const ListedCluster> clusters, const Columns& has,
                                  std::span<const shoal::Label> linked, std::size_t& texts) {
  constexpr std::size_t bytes = 810'000;
  std::vector<std::string> lines;
  std::size_t used = 0;
  for (const ListedCluster& c : clusters) {
    lines.push_back(numbers_of(c, has, std::ranges::find(linked, c.cluster) != linked.end()));
    used += lines.back().size();
  }
  std::vector<std::size_t> by_size(clusters.size());
  std::iota(by_size.begin(), by_size.end(), std::size_t{0});
  std::ranges::stable_sort(by_size,
                           [&](std::size_t a, std::size_t b) { return clusters[a].size > clusters[b].size; });
  texts = 0;
  for (const std::size_t i : by_size) {
    const std::string text = texts_of(clusters[i], has);
    if (used + text.size() > bytes) break;
    lines[i] += text;
    used += text.size();
    ++texts;
  }
  if (texts == clusters.size()) return lines;
  std::vector<std::string> ordered;
  for (const std::size_t i : by_size) ordered.push_back(std::move(lines[i]));
  return ordered;
}

}  // namespace

std::string cluster_list(std::span<const ListedCluster> clusters, std::span<const shoal::Label> linked) {
  const auto any = [&](auto holds) { return std::ranges::any_of(clusters, holds); };
  const Columns has{.sure = any([](const auto& c) { return c.confidence >= 0; }),
                    .pure = any([](const auto& c) { return c.purity >= 0; }),
                    .names = any([](const auto& c) { return !c.name.empty(); }),
                    .exemplars = any([](const auto& c) { return !c.exemplar.empty(); })};
  std::size_t texts = 0;
  const std::vector<std::string> lines = lines_of(clusters, has, linked, texts);
  const std::string first_text = std::to_string(3 + has.sure + has.pure);
  std::string html =
      "<section aria-labelledby=\"all\"><h2 id=\"all\">All clusters</h2>" +
      (texts < clusters.size() ? "<p class=\"muted\">The " + grouped(static_cast<shoal::Index>(texts)) +
                                     " largest with their texts; clusters.tsv has those of all.</p>"
                               : std::string()) +
      "<p class=\"search\" hidden><label for=\"search\">Search</label> <input id=\"search\" type=\"search\"> "
      "<span id=\"found\" role=\"status\">" +
      grouped(std::ssize(clusters)) +
      " clusters</span></p><div class=\"scroll tall\" role=\"region\" aria-label=\"Table of all clusters\" "
      "tabindex=\"0\"><table class=\"list words" +
      first_text + "\"><thead><tr>" + heading("Cluster", "") +
      heading("Samples", "", texts < clusters.size() ? " aria-sort=\"descending\"" : "") +
      (has.sure ? heading("Confidence, %", "") : "") + (has.pure ? heading("Purity, %", "") : "") +
      (has.names ? heading(has.pure ? "Most frequent class" : "Words that set it apart", "words") : "") +
      (has.exemplars ? heading("A sample of it", "words") : "") + "</tr></thead><tbody>\n";
  for (const std::string& line : lines) html += line;
  return html + "</tbody></table></div></section>\n" + script + "\n";
}
