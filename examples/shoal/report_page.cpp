#include "report_page.hpp"

#include "charts.hpp"
#include "cluster_list.hpp"
#include "cluster_map.hpp"
#include "confusion.hpp"
#include "html.hpp"
#include "listed.hpp"
#include "median.hpp"
#include "report_style.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include <shoal/metrics/accuracy.hpp>
#include <shoal/metrics/calibration.hpp>
#include <shoal/metrics/evaluate.hpp>

namespace {

using shoal::Index;

std::string tile(const std::string& value, const std::string& name) {
  return "<div><b>" + value + "</b><span>" + name + "</span></div>";
}

std::string figure(const std::string& title, const std::string& reading, const std::string& picture,
                   const char* kind = "") {
  return std::string("<figure class=\"") + kind + "\"><figcaption><b>" + title + "</b><span>" + reading +
         "</span></figcaption>" + picture + "</figure>\n";
}

constexpr Index no_class = -1;  // marks samples without a label in a truth

/// The comparison of the labels with the truth; empty() if there is no truth.
struct Verdict {
  shoal::Quality quality;
  shoal::Contingency table;
  std::vector<shoal::Label> class_of;  // [clusters of the table], by the best one-to-one assignment
  std::vector<float> confidence;       // for the samples that have a class
  std::vector<std::uint8_t> right;     // for the same samples
  shoal::Calibration calibration;      // for the same samples
  [[nodiscard]] bool empty() const { return table.samples == 0; }
};

Verdict judge(const ReportInput& input, const shoal::Cpu& cpu) {
  Verdict verdict;
  if (input.truth.empty()) return verdict;
  verdict.table = shoal::contingency(input.labels, input.truth, cpu, no_class);
  shoal::check(verdict.table.samples > 0, shoal::Errc::bad_data,
               "report: --truth has no sample with a class; all are -1");
  verdict.quality = shoal::evaluate(verdict.table, cpu);
  verdict.class_of = shoal::assign(verdict.table).row_to_col;
  if (input.confidence.empty()) return verdict;
  const auto right = shoal::right_samples(input.labels, input.truth, cpu, no_class);
  for (std::size_t i = 0; i < right.size(); ++i) {
    if (input.truth[i] == no_class || input.labels[i] == no_class) continue;
    verdict.confidence.push_back(input.confidence[i]);
    verdict.right.push_back(right[i]);
  }
  verdict.calibration = shoal::calibration(verdict.confidence, verdict.right);
  return verdict;
}

/// Returns the size of each cluster that has samples, and 0 for each of the others.
std::vector<Index> sizes_of(std::span<const shoal::Label> labels, Index clusters) {
  std::map<shoal::Label, Index> counts;  // labels may be names of any size
  for (const shoal::Label label : labels)
    if (label >= 0) ++counts[label];
  std::vector<Index> sizes;
  for (const auto& [label, count] : counts) sizes.push_back(count);
  sizes.resize(std::max(sizes.size(), static_cast<std::size_t>(clusters)), 0);
  return sizes;
}

std::string tiles(const ReportInput& input, const Verdict& verdict, std::span<const Index> sizes) {
  std::string html = "<section class=\"tiles\">";
  if (!verdict.empty()) {
    html += tile(percent(verdict.quality.acc), "accuracy") + tile(decimals(verdict.quality.nmi, 3), "NMI") +
            tile(decimals(verdict.quality.ami, 3), "AMI") + tile(decimals(verdict.quality.ari, 3), "ARI");
  }
  if (!verdict.right.empty())
    html += tile(decimals(verdict.calibration.expected_error, 3), "calibration error");
  if (!input.confidence.empty()) html += tile(percent(median(input.confidence)), "median confidence");
  const auto empty = std::ranges::count(sizes, Index{0});
  if (verdict.empty() || empty > 0)
    html += tile(grouped(std::ssize(sizes) - empty),
                 "clusters used of " + grouped(std::ssize(sizes)) +
                     (empty > 0 ? "; " + grouped(empty) + " stayed empty" : ""));
  if (input.run.contains("fit_seconds")) html += tile(seconds(input.run.value("fit_seconds", 0.)), "to fit");
  return html + "</section>\n";
}

std::string head(const ReportInput& input, const Verdict& verdict) {
  const auto& run = input.run;
  std::string html = page_head(escaped(run.value("method", "clusters")) + " · " +
                               grouped(run.value("clusters", Index{0})) + " clusters");
  html += "<p class=\"kicker\">" + escaped(run.value("method", "")) + "</p><h1>" +
          grouped(std::ssize(input.labels)) + " samples in " + grouped(run.value("clusters", Index{0})) +
          " clusters</h1><p class=\"muted\">" + escaped(run.value("features", "")) +
          (run.contains("columns") ? ", " + grouped(run.value("columns", Index{0})) + " columns" : "") +
          (run.contains("seed") ? ". Seed " + std::to_string(run.value("seed", std::uint64_t{0})) : "") +
          (run.contains("stopped") ? ". " + escaped(run.value("stopped", "")) : "") + "." +
          (verdict.quality.unlabelled > 0
               ? " " + grouped(verdict.quality.unlabelled) + " samples without a true class are not scored."
               : "") +
          "</p>\n";
  return html;
}

/// Returns whether confidences come from distances to centroids. Records of 0.1.0 tell it only by the method.
bool sure_by_centroids(const nlohmann::ordered_json& run) {
  const auto said = run.find("confidence");
  return said != run.end() ? *said == "centroids" : run.value("method", "") == "k-means";
}

/// How the confidences of centroids are computed, for those who open it.
constexpr const char* confidence_note =
    "<details><summary>How it is computed</summary>A softmax over minus the distances to the centroids at "
    "temperature 0.1 (a tenth of the mean distance where it is Euclidean). It is no probability: "
    "the chart of calibration, where the truth is known, shows how often it is right.</details>";

std::string charts(const ReportInput& input, const Verdict& verdict, std::span<const Index> sizes) {
  std::string html = verdict.empty() ? "<section class=\"charts three\">\n" : "<section class=\"charts\">\n";
  html +=
      figure("Cluster sizes",
             verdict.empty()
                 ? "samples in each cluster"
                 : "<span class=\"key\">clusters</span> &ensp;<span class=\"key second\">true classes</span>",
             size_chart(sizes, verdict.table.class_sizes));
  const auto losses = input.run.value("losses", std::vector<double>{});
  if (losses.size() > 1)
    html += figure(escaped(input.run.value("loss_name", "Loss")), "lower is better",
                   loss_chart(losses, input.run.value("loss_unit", "epoch")));
  if (!input.confidence.empty()) {
    const bool centroids = sure_by_centroids(input.run);
    const std::string meaning = centroids ? "how far the own centroid is ahead of the others"
                                          : "the largest of the clusters' probabilities",
                      colours =
                          "<span class=\"key\">right</span> &ensp;<span class=\"key second\">wrong</span> · ";
    html += figure("Confidence", (verdict.empty() ? "" : colours) + meaning,
                   confidence_chart(verdict.empty() ? input.confidence : verdict.confidence, verdict.right) +
                       (centroids ? confidence_note : ""));
  }
  if (!verdict.right.empty())
    html += figure("Calibration", "bars on the dashed line: as often right as confident",
                   calibration_chart(verdict.calibration));
  if (!verdict.empty()) {
    html += confusion_figure(verdict.table, verdict.class_of, input.class_names);
    std::vector<ClassPoint> classes;
    const auto accuracy = shoal::accuracy_by_class(verdict.table, verdict.class_of);
    for (std::size_t c = 0; c < accuracy.size(); ++c)
      classes.push_back({class_name(input.class_names, verdict.table.class_ids[c]),
                         verdict.table.class_sizes[c], accuracy[c]});
    html += figure("Accuracy by class",
                   "the share of each class that lies in its cluster; the lowest are named, if there is room",
                   frequency_chart(classes));
  }
  return html + "</section>\n";
}

Caption caption_of(const ReportInput& input, Index id) {
  if (input.captions.empty()) return {"sample " + std::to_string(id), "", ""};
  Caption caption = input.captions[static_cast<std::size_t>(id)];
  if (caption.image.empty()) return caption;
  namespace fs = std::filesystem;
  const Path image = caption.image, home = fs::absolute(input.home);
  std::error_code unknown;  // for instance if the system finds the name too long
  const Path relative = fs::proximate(image, home, unknown);
  caption.image = (unknown ? Path(image.lexically_proximate(home)) : relative).generic_string();
  return caption;
}

/// Returns a sample of a card: its picture, if it has one, and its texts.
std::string sample(const Caption& caption) {
  std::string html = caption.image.empty() ? "<li>" : "<li class=\"picture\">";
  if (!caption.image.empty())
    html += "<img src=\"" + address(caption.image) +
            "\" alt=\"\" loading=\"lazy\" width=\"72\" height=\"72\">";  // the title is shown beside it
  html += "<b>" + escaped(clipped(caption.title, 160)) + "</b>";
  if (!caption.detail.empty()) html += "<span>" + escaped(clipped(caption.detail, 160)) + "</span>";
  return html + "</li>";
}

std::string card(const ReportInput& input, const Card& shown) {
  const std::string number = std::to_string(shown.cluster);
  std::string facts = shown.confidence >= 0 ? percent(shown.confidence) + " confident" : "";
  if (shown.purity >= 0) facts += (facts.empty() ? "" : " · ") + percent(shown.purity) + " pure";
  if (!shown.name.empty() && !shown.words.empty())
    facts += (facts.empty() ? "" : "<br>") + ("words: " + escaped(shown.words));
  const std::string title = shown.title();
  std::string html = "<article id=\"cluster-" + number + "\"><header><h4>" + escaped(title) + "</h4><span>" +
                     (title == "Cluster " + number ? "" : "cluster " + number + " · ") + grouped(shown.size) +
                     (shown.size == 1 ? " sample" : " samples") + "</span></header>";
  if (shown.confidence >= 0)
    html +=
        "<div class=\"bar\" aria-hidden=\"true\"><i style=\"width:" + decimals(100 * shown.confidence, 1) +
        "%\"></i></div>";
  html += "<div class=\"facts\">" + facts + "</div><ul>";
  for (const Index id : shown.nearest) html += sample(caption_of(input, id));
  return html + "</ul></article>\n";
}

/// Returns the clusters that the map names: the largest, each linked to its card or else to its line.
std::vector<MapName> map_names(std::vector<Card> cards, std::span<const Shelf> shelves) {
  constexpr std::size_t most = 16;
  std::ranges::stable_sort(cards, {}, [](const Card& card) { return -card.size; });
  std::vector<MapName> names;
  for (const Card& cluster : std::span(cards).first(std::min(most, cards.size()))) {
    const bool has_card = std::ranges::any_of(shelves, [&](const Shelf& shelf) {
      return std::ranges::find(shelf.cards, cluster.cluster, &Card::cluster) != shelf.cards.end();
    });
    const std::string number = std::to_string(cluster.cluster);
    const bool plain = cluster.name.empty() && cluster.words.empty();
    names.push_back(
        {cluster.cluster, plain ? number : cluster.title(), (has_card ? "#cluster-" : "#list-") + number});
  }
  return names;
}

std::string list(const ReportInput& input, std::span<const Card> cards, std::span<const MapName> names) {
  std::vector<ListedCluster> lines;
  std::vector<shoal::Label> linked;
  for (const Card& cluster : cards) {
    lines.push_back({cluster.cluster, cluster.size, cluster.confidence, cluster.purity,
                     cluster.name.empty() ? cluster.words : cluster.name,
                     caption_of(input, cluster.nearest.front()).title});
  }
  for (const MapName& name : names)
    if (name.link.starts_with("#list-")) linked.push_back(name.cluster);
  return cluster_list(lines, linked);
}

/// Returns the map of the model's embedding, or else of the features; empty without either.
std::string map_of(const ReportInput& input, const shoal::AnyRows* features, std::span<const MapName> names) {
  if (input.embedding) {
    const shoal::Rows rows(input.embedding->rows);
    return cluster_map(rows, input.embedding->labels, names);
  }
  return features == nullptr ? "" : cluster_map(*features, input.labels, names);
}

/// Returns the map, the cards and the list.
std::string inside(const ReportInput& input, const shoal::AnyRows* features, std::span<const Card> cards) {
  const std::vector<Shelf> shelves = gallery(cards, 4);
  const std::vector<MapName> names = map_names({cards.begin(), cards.end()}, shelves);
  std::string html;
  if (const std::string map = map_of(input, features, names); !map.empty())
    html +=
        "<section class=\"charts\">" +
        figure("Map",
               (names.size() < cards.size()
                    ? "<span class=\"key\">the " + counted(grouped(std::ssize(names)), "largest cluster") +
                          "</span> &ensp;<span class=\"key other\">others</span> · "
                    : "") +
                   (input.embedding ? "the logits of up to 4,000 samples under the trained head"
                                    : "up to 4,000 samples, and up to 60 of each cluster that is named,") +
                   " on their first two principal components; names, if there is room, lead to their cluster",
               "<div class=\"scroll\" role=\"region\" aria-label=\"Map\" tabindex=\"0\">" + map + "</div>",
               "wide") +
        "</section>\n";
  const bool classes = std::ranges::any_of(cards, [](const Card& c) { return !c.name.empty(); });
  const bool words = std::ranges::any_of(cards, [](const Card& c) { return !c.words.empty(); });
  html += "<h2>A look inside</h2><p class=\"muted\">" +
          std::string(features != nullptr ? "Samples nearest to the centre of their cluster"
                                          : "The first samples of each cluster") +
          (cards.empty() || cards.front().confidence < 0 ? "" : ", and the mean confidence of all of them") +
          (classes ? "; clusters bear the name of their most frequent class"
           : words ? "; clusters bear the words that set their samples apart"
                   : "") +
          ".</p>\n";
  for (const Shelf& shelf : shelves) {
    html += "<h3>" + shelf.title + "</h3><section class=\"cards\">\n";
    for (const Card& shown : shelf.cards) html += card(input, shown);
    html += "</section>\n";
  }
  return html + list(input, cards, names);
}

std::string settings(const nlohmann::ordered_json& run) {
  std::string html = "<details class=\"record\"><summary>Settings, and what the run recorded</summary><dl>";
  const auto add = [&](const std::string& name, const nlohmann::ordered_json& value) {
    html += "<div><dt>" + escaped(name) + "</dt><dd>" +
            escaped(value.is_string() ? value.get<std::string>() : value.dump()) + "</dd></div>";
  };
  for (const auto& [name, value] : run.items())
    if (value.is_object())
      for (const auto& [inner, setting] : value.items())
        add(name == "settings" ? inner : name + " " + inner, setting);
    else if (!value.is_array())
      add(name, value);
  return html + "</dl></details>\n";
}

}  // namespace

std::string report_page(const ReportInput& input, std::span<const Card> cards, const shoal::AnyRows* features,
                        const shoal::Cpu& cpu) {
  const Verdict verdict = judge(input, cpu);
  const auto sizes = sizes_of(input.labels, input.run.value("clusters", Index{0}));
  return head(input, verdict) + tiles(input, verdict, sizes) + charts(input, verdict, sizes) +
         inside(input, features, cards) + settings(input.run) + "</main></body></html>\n";
}
