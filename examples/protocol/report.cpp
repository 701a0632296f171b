#include "report.hpp"

#include "html.hpp"
#include "paper.hpp"
#include "report_style.hpp"
#include "summary.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include <shoal/io/atomic_file.hpp>

using nlohmann::ordered_json;

namespace {

constexpr const char* style = R"css(
.key::before { background: var(--key); }
table.study { border-collapse: collapse; width: 100%; font-size: 13.5px; margin-top: 20px; }
.study th { font-weight: 500; color: var(--muted); text-align: right; padding: 6px 10px; white-space: nowrap; vertical-align: bottom; }
.study th:first-child, .study td:first-child { text-align: left; padding-left: 0; white-space: normal; }
.study td { text-align: right; padding: 5px 10px; border-top: 1px solid var(--grid); white-space: nowrap; }
.study tr.group td { padding-top: 22px; color: var(--accent); font-weight: 600; border-top: 0; }
.study td b { font-weight: 650; }
.study td i { font-style: normal; color: var(--muted); font-size: 12px; }
.study td.upper { color: var(--muted); }
.study th.span { text-align: center; border-bottom: 1px solid var(--grid); color: var(--ink); }
)css";

constexpr const char* colours =
    R"css(svg { --muted: #6d727b; --grid: #e7e5e0; --accent: #2f6f8f; --second: #e0823d; --ink: #23262b; font-family: sans-serif; }
@media (prefers-color-scheme: dark) { svg { --muted: #989da6; --grid: #2e3238; --accent: #64b0d2; --second: #f0a15f; --ink: #e8e6e1; } }
)css";

std::string cell(const std::string& inside, const char* kind = "") {
  return std::string("<td") + (*kind != 0 ? std::string(" class=\"") + kind + "\"" : "") + ">" + inside +
         "</td>";
}

std::string points(double share) { return decimals(100 * share, 1); }

/// The means of one score over seeds, the best bold; with standard deviations where asked and there are
/// several seeds.
std::string methods(const ordered_json& result, const std::string& score, bool deviations = false) {
  double best = -1;
  for (const Series& s : series()) best = std::max(best, over_seeds(result, s.key, score).mean);
  std::string cells;
  for (const Series& s : series()) {
    const shoal::Spread value = over_seeds(result, s.key, score);
    std::string inside = points(value.mean);
    if (value.mean == best) inside = "<b>" + inside + "</b>";
    if (deviations && value.count > 1) inside += " <i>± " + points(value.deviation) + "</i>";
    cells += cell(inside);
  }
  return cells;
}

std::string method_heads() {
  std::string html;
  for (const Series& s : series()) html += std::string("<th>") + s.name + "</th>";
  return html;
}

template <class Row> std::string grouped_rows(const Results& results, std::size_t columns, Row row) {
  std::string html, group;
  for (const auto& r : results) {
    if (r["group"] != group) {
      group = r["group"];
      html += "<tr class=\"group\"><td colspan=\"" + std::to_string(columns) + "\">" + escaped(group) +
              "</td></tr>";
    }
    html += "<tr><td>" + escaped(r["title"].get<std::string>()) + "</td>" + row(r) + "</tr>\n";
  }
  return html;
}

/// A section of one table; `note` may be empty.
std::string table(const char* title, const std::string& note, const std::string& heads,
                  const std::string& rows) {
  return std::string("<h2>") + title + "</h2>" + (note.empty() ? "" : "<p class=\"muted\">" + note + "</p>") +
         "<div class=\"scroll\"><table class=\"study\"><thead>" + heads + "</thead><tbody>" + rows +
         "</tbody></table></div>\n";
}

std::string main_table(const Results& results) {
  return table(
      "Accuracy",
      "On the held-out samples, in percent; mean and standard deviation over seeds. The best "
      "clustering is bold; the probe, which sees the labels, bounds them from above.",
      "<tr><th>Benchmark</th><th>Samples</th><th>Classes</th><th>Probe</th>" + method_heads() + "</tr>",
      grouped_rows(results, 4 + series().size(), [](const ordered_json& r) {
        return cell(grouped(r["sizes"]["training"].get<shoal::Index>())) +
               cell(grouped(r["sizes"]["classes"].get<shoal::Index>())) +
               cell(points(r["probe"]["acc"].get<double>()), "upper") + methods(r, "acc", true);
      }));
}

std::string information_table(const Results& results) {
  std::string scores, heads;
  for (const char* name : {"NMI", "AMI", "ARI"}) {
    scores += std::string("<th class=\"span\" colspan=\"3\">") + name + "</th>";
    heads += method_heads();
  }
  return table("NMI, AMI, ARI", "",
               "<tr><th></th>" + scores + "</tr><tr><th>Benchmark</th>" + heads + "</tr>",
               grouped_rows(results, 1 + 3 * series().size(), [](const ordered_json& r) {
                 return methods(r, "nmi") + methods(r, "ami") + methods(r, "ari");
               }));
}

/// A score beside the one it is measured against: 27.1 (+ 13.8 %).
std::string against(double value, double base) {
  return points(value) + " <i>(" + (value >= base ? "+ " : "− ") +
         decimals(100 * std::abs(value / base - 1), 1) + " %)</i>";
}

std::string multilabel_table(const Results& results) {
  const auto full = std::ranges::find_if(results, [](const auto& r) { return r["name"] == "all"; });
  if (full == results.end()) return "";
  std::string rows;
  const auto row = [&](const std::string& name, auto score, bool confident) {
    rows += "<tr><td>" + name + "</td>" + cell(points(score("top1_to_1")));
    for (const char* key : {"top1_to_L", "top5_to_1", "top5_to_L"})
      rows += cell(against(score(key), score("top1_to_1")));
    rows += confident ? cell(decimals(score("ece"), 3)) + cell(decimals(score("confidence"), 2))
                      : cell("–") + cell("–");
    rows += "</tr>\n";
  };
  for (const Series& s : series())
    row(
        s.name, [&](const char* key) { return over_seeds(*full, s.key, key).mean; },
        (*full)["methods"][s.key][0].contains("ece"));
  row(
      "Linear probe", [&](const char* key) { return (*full)["probe"][key].template get<double>(); }, true);
  return table("More than one label",
               "All classes; L is the label with its ancestors. In brackets the gain over top1→1.",
               "<tr><th>Method</th><th>top1→1</th><th>top1→L</th><th>top5→1</th><th>top5→L</th><th>ECE</th>"
               "<th>Confidence</th></tr>",
               rows);
}

std::string change(double ratio) {
  return (ratio >= 1 ? "+ " : "− ") + decimals(100 * std::abs(ratio - 1), 1);
}

std::string comparison_table(const Results& results) {
  std::string rows;
  for (const Comparison& c : comparisons(results)) {
    rows += "<tr><td>" + c.title + "</td>";
    for (std::size_t m = 0; m < c.here.size(); ++m)
      rows += cell(change(c.here[m]) + " <i>" + change(c.paper[m]) + "</i>");
    rows += "</tr>\n";
  }
  return table(
      "Beside the paper",
      "Change of accuracy in percent of itself; the paper's, on images of ImageNet, stands beside in "
      "grey.",
      "<tr><th></th>" + method_heads() + "<th>Probe</th></tr>", rows);
}

std::string separability_table(const Results& results) {
  const auto row = [](const ordered_json& r) {
    const auto& s = r["separability"];
    return cell(points(r["probe"]["acc"].get<double>())) + cell(points(r["probe"]["macro"].get<double>())) +
           cell(decimals(s["alignment"].get<double>(), 3)) +
           cell(points(s["neighbor_purity"].get<double>())) +
           cell(decimals(s["davies_bouldin"].get<double>(), 2)) +
           cell(decimals(s["silhouette"].get<double>(), 3)) +
           cell(grouped(r["sizes"]["smallest_class"].get<shoal::Index>())) +
           cell(grouped(r["sizes"]["largest_class"].get<shoal::Index>()));
  };
  return table("Separability", "Of the training samples under their labels, cosine geometry.",
               "<tr><th>Benchmark</th><th>Probe</th><th>macro</th><th>Alignment</th><th>Neighbour purity</th>"
               "<th>Davies-Bouldin</th><th>Silhouette</th><th>Smallest class</th><th>Largest</th></tr>",
               grouped_rows(results, 9, row));
}

/// Zero-shot accuracy and calibration by the candidates (the paper's figure 7).
std::string zero_shot_table(const Results& results) {
  const auto* full = find(results, "all");
  if (full == nullptr || !full->contains("zero_shot")) return "";
  std::string rows;
  for (const auto& [among, s] : (*full)["zero_shot"].items())
    rows += "<tr><td>" +
            escaped(among == "all"     ? "all classes"
                    : among == "level" ? "those of the label's level"
                                       : "the label's siblings") +
            "</td>" + cell(points(s["acc"].get<double>())) + cell(decimals(s["ece"].get<double>(), 3)) +
            cell(decimals(s["confidence"].get<double>(), 2)) + "</tr>\n";
  return table("Zero-shot", "The held-out samples of all classes by the nearest prototype.",
               "<tr><th>Candidates</th><th>Accuracy</th><th>ECE</th><th>Confidence</th></tr>", rows);
}

/// What relabelling changed.
std::string relabelled_table(const Results& results) {
  std::string rows;
  for (const auto& r : results) {
    if (!r.contains("relabelled")) continue;
    for (const char* split : {"training", "validation"}) {
      const auto& s = r["relabelled"][split];
      rows += "<tr><td>" + escaped(r["title"].get<std::string>()) + ", " + split + "</td>" +
              cell(grouped(s["samples"].get<shoal::Index>())) + cell(points(s["moved_share"].get<double>())) +
              cell(points(s["moved_share_of_inner"].get<double>())) +
              cell(grouped(s["dropped_samples"].get<shoal::Index>())) +
              cell(grouped(s["classes_before"].get<shoal::Index>())) +
              cell(grouped(r["relabelled"]["classes_kept"].get<shoal::Index>())) + "</tr>\n";
    }
  }
  if (rows.empty()) return "";
  return table("Relabelling",
               "Shares in percent. A class without samples in either split is dropped with its samples.",
               "<tr><th></th><th>Samples</th><th>Moved</th><th>Moved, of inner classes</th><th>Dropped</th>"
               "<th>Classes before</th><th>kept</th></tr>",
               rows);
}

/// Benchmarks by the features of each model (the paper's figure 3, right).
std::string model_table(const Results& results) {
  std::string rows;
  for (const auto& r : results) {
    if (!r.contains("by_model")) continue;
    rows += "<tr class=\"group\"><td colspan=\"5\">" + escaped(r["title"].get<std::string>()) +
            "</td></tr><tr><td>features</td>" + cell(points(r["probe"]["acc"].get<double>()), "upper") +
            methods(r, "acc", true) + "</tr>\n";
    for (const auto& point : r["by_model"])
      rows += "<tr><td>" + escaped(point["model"].get<std::string>()) + "</td>" +
              cell(points(point["probe"].get<double>()), "upper") +
              methods({{"methods", point}}, "acc", true) + "</tr>\n";
  }
  if (rows.empty()) return "";
  return table("By the features of each model", "",
               "<tr><th>Features</th><th>Probe</th>" + method_heads() + "</tr>", rows);
}

std::string figure_html(const Figure& figure) {
  return std::string("<figure class=\"") + (figure.wide ? "wide" : "") + "\"><figcaption><b>" + figure.title +
         "</b><span>" + figure.reading + "</span></figcaption>" + figure.svg + "</figure>\n";
}

std::string settings(const Results& results) {
  std::string html = "<details><summary>Settings</summary><dl>";
  double spent = 0, cpu = 0;
  for (const auto& r : results) spent += r["seconds"].get<double>(), cpu += r["cpu_seconds"].get<double>();
  for (const auto& [name, value] : results.front()["settings"].items())
    html += "<div><dt>" + escaped(name) + "</dt><dd>" + escaped(value.dump()) + "</dd></div>";
  return html + "<div><dt>time, all benchmarks</dt><dd>" + seconds(spent) +
         "</dd></div><div><dt>CPU time</dt><dd>" + seconds(cpu) + "</dd></div></dl></details>\n";
}

}  // namespace

void write_report(const std::filesystem::path& out, const std::string& title, const Results& results) {
  shoal::check(!results.empty(), shoal::Errc::invalid_argument, "protocol: there is no result to report");
  const auto largest = std::ranges::max_element(
      results, {}, [](const auto& r) { return r["sizes"]["training"].template get<shoal::Index>(); });
  std::string html =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\"><title>" +
      escaped(title) + "</title><style>" + report_style + style +
      "</style></head>\n<body><main>\n<p class=\"kicker\">Study</p><h1>" + escaped(title) +
      "</h1><p class=\"muted\">" + grouped(std::ssize(results)) + " benchmarks of up to " +
      grouped((*largest)["sizes"]["training"].get<shoal::Index>()) + " training and " +
      grouped((*largest)["sizes"]["validation"].get<shoal::Index>()) +
      " held-out samples: k-means, TEMI and SCANv2, each with as many clusters as there are "
      "classes.</p>\n<section class=\"charts\">\n";
  for (const Figure& figure : figures(results)) {
    html += figure_html(figure);
    std::string alone = figure.svg;
    alone.insert(alone.find('>') + 1, std::string("<style>") + colours + "</style>");
    shoal::write_text(out / (figure.name + ".svg"), alone);
  }
  html += "</section>\n" + main_table(results) + comparison_table(results) + information_table(results) +
          multilabel_table(results) + separability_table(results) + zero_shot_table(results) +
          relabelled_table(results) + model_table(results) + settings(results);
  shoal::write_text(out / "summary.json", summary_text(summary(results)));
  shoal::write_text(out / "report.html", html + "</main></body></html>\n");
}
