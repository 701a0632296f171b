#include "cluster_list.hpp"

#include "html.hpp"

#include <algorithm>

namespace {

/// Sorts by the column whose button is pressed, and hides the lines that don't hold what is searched for.
constexpr const char* script = R"js(<script type="text/javascript">
{
  const table = document.querySelector("table.list"), body = table.tBodies[0], rows = [...body.rows];
  const number = text => parseFloat(text.replace(/,/g, ""));
  for (const heading of table.tHead.rows[0].cells) heading.querySelector("button").addEventListener("click", () => {
    const down = heading.getAttribute("aria-sort") === "ascending", at = heading.cellIndex;
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = row => row.cells[at].textContent, words = heading.classList.contains("words");
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

std::string heading(const std::string& text, const char* kind) {
  return "<th scope=\"col\" class=\"" + std::string(kind) + "\"><button type=\"button\">" + text +
         "</button></th>";
}

}  // namespace

std::string cluster_list(std::span<const ListedCluster> clusters, std::span<const shoal::Label> linked) {
  constexpr std::size_t bytes = 720'000, of_numbers = 34, least = 12;
  const std::size_t room = bytes / std::max<std::size_t>(1, clusters.size());
  const std::size_t words = room < of_numbers + least ? 0 : std::min<std::size_t>(80, room - of_numbers);
  const bool pure = std::ranges::any_of(clusters, [](const auto& c) { return c.purity >= 0; });
  const bool names =
      words > 0 && std::ranges::any_of(clusters, [](const auto& c) { return !c.name.empty(); });
  const bool sure = std::ranges::any_of(clusters, [](const auto& c) { return c.confidence >= 0; });
  const bool exemplars = words >= (names ? 2 * least : 1);
  const std::size_t name_room = exemplars ? words / 2 : words, exemplar_room = names ? words / 2 : words;
  std::string html =
      "<section aria-labelledby=\"all\"><h2 id=\"all\">All clusters</h2><p class=\"search\" hidden><label "
      "for=\"search\">Search</label> <input id=\"search\" type=\"search\"> <span id=\"found\" "
      "role=\"status\">" +
      grouped(std::ssize(clusters)) +
      " clusters</span></p><div class=\"scroll tall\" role=\"region\" aria-label=\"Table of all clusters\" "
      "tabindex=\"0\"><table class=\"list" +
      std::string(names ? " named" : "") + (exemplars ? " shown" : "") + "\"><thead><tr>" +
      heading("Cluster", "") +
      (names ? heading(pure ? "Most frequent class" : "Words that set it apart", "words") : "") +
      heading("Samples", "") + (sure ? heading("Confidence, %", "") : "") +
      (pure ? heading("Purity, %", "") : "") + (exemplars ? heading("A sample of it", "words") : "") +
      "</tr></thead><tbody>\n";
  for (const ListedCluster& c : clusters) {
    const bool target = std::ranges::find(linked, c.cluster) != linked.end();
    const std::string id = std::to_string(c.cluster);
    html += target ? "<tr id=\"list-" + id + "\"><td>" : "<tr><td>";
    html += id;
    if (names) html += "<td>" + escaped(clipped(c.name, name_room));
    html += "<td>" + grouped(c.size);
    if (sure) html += "<td>" + decimals(100 * c.confidence, 0);
    if (pure) html += "<td>" + (c.purity >= 0 ? decimals(100 * c.purity, 0) : "");
    if (exemplars) html += "<td>" + escaped(clipped(c.exemplar, exemplar_room));
  }
  return html + "</tbody></table></div></section>\n" + script + "\n";
}
