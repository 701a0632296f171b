#include "cluster_names.hpp"

#include "html.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>
#include <utility>

namespace {

using shoal::Index;

/// Maps the number of each cluster to its place among the cards.
std::unordered_map<shoal::Label, std::size_t> places_of(const std::vector<Card>& cards) {
  std::unordered_map<shoal::Label, std::size_t> places;
  for (std::size_t k = 0; k < cards.size(); ++k) places[cards[k].cluster] = k;
  return places;
}

/// Sets the name of each cluster to its most frequent class (of equals the one with the lowest number), and
/// its purity to the share of that class among the samples that have a class.
void name_by_class(std::vector<Card>& cards, std::span<const shoal::Label> labels, const ReportTexts& texts) {
  const auto places = places_of(cards);
  std::vector<std::map<Index, Index>> counts(cards.size());
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (const auto place = places.find(labels[i]); place != places.end() && texts.truth[i] >= 0)
      ++counts[place->second][texts.truth[i]];
  for (std::size_t k = 0; k < cards.size(); ++k) {
    Index all = 0;
    std::pair<Index, Index> best{-1, 0};
    for (const auto& [id, count] : counts[k]) {
      all += count;
      if (count > best.second) best = {id, count};
    }
    if (all == 0) continue;
    cards[k].name = class_name(texts.class_names, best.first);
    cards[k].purity = static_cast<double>(best.second) / static_cast<double>(all);
  }
}

/// The number of samples that contain each word, overall and by cluster; a huge cluster is sampled evenly.
struct WordCounts {
  std::unordered_map<std::string, Index> number;  // of each word
  std::vector<std::string> words;                 // by number
  std::vector<double> samples;                    // by number
  std::vector<std::unordered_map<Index, Index>> in_cluster;
  std::vector<double> cluster_samples;
  double all = 0;

  WordCounts(const std::vector<Card>& cards, std::span<const shoal::Label> labels, const ReportTexts& texts)
      : in_cluster(cards.size()), cluster_samples(cards.size(), 0.) {
    constexpr Index enough = 2000;
    const auto places = places_of(cards);
    std::vector<Index> seen(cards.size(), 0);
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const auto place = places.find(labels[i]);
      if (place == places.end()) continue;
      const std::size_t k = place->second;
      if (seen[k]++ % (cards[k].size / enough + 1) == 0) add(k, texts.captions[i]);
    }
  }

 private:
  void add(std::size_t cluster, const Caption& caption) {
    std::vector<std::string> own = words_of(caption.title + " " + clipped(caption.detail, 400));
    std::ranges::sort(own);
    own.erase(std::unique(own.begin(), own.end()), own.end());
    for (const std::string& word : own) {
      const auto [at, fresh] = number.try_emplace(word, std::ssize(words));
      if (fresh) words.push_back(word), samples.push_back(0);
      ++samples[static_cast<std::size_t>(at->second)];
      ++in_cluster[cluster][at->second];
    }
    ++cluster_samples[cluster];
    ++all;
  }
};

/// Returns whether a word is of one text only and has digits.
bool is_id(const WordCounts& counts, Index word) {
  const auto at = static_cast<std::size_t>(word);
  return counts.samples[at] == 1 && counts.words[at].find_first_of("0123456789") != std::string::npos;
}

/// Chooses the words that are most over-represented in the cluster: those of largest k log((k / n) / (K /
/// N)), for k of the cluster's n samples and K of all N. Words of more than a fifth of the texts, and of more
/// texts than the cluster has, are not considered, nor those that are hardly more frequent here: less than
/// the root of N / n times, where N / n is what a word of this cluster alone would reach. So common words are
/// left out, but no word of a cluster's own, whether the cluster is one of two or one of thousands. A word
/// with digits that only one text has is an id or the name of a file, and says nothing.
void name_by_words(std::vector<Card>& cards, std::span<const shoal::Label> labels, const ReportTexts& texts) {
  constexpr std::size_t shown = 3;
  const WordCounts counts(cards, labels, texts);
  for (std::size_t k = 0; k < cards.size(); ++k) {
    std::vector<std::pair<double, Index>> scored;
    const double part = counts.cluster_samples[k] / counts.all;
    const double least = std::sqrt(1 / part), most = std::max(0.2, part);
    for (const auto& [word, count] : counts.in_cluster[k]) {
      const auto own = static_cast<double>(count);
      const double everywhere = counts.samples[static_cast<std::size_t>(word)] / counts.all,
                   times = own / counts.cluster_samples[k] / everywhere;
      if ((count > 1 || (cards[k].size == 1 && !is_id(counts, word))) && times > least && everywhere <= most)
        scored.emplace_back(-own * std::log(times), word);
    }
    std::ranges::sort(scored);
    for (std::size_t w = 0; w < std::min(shown, scored.size()); ++w)
      cards[k].words += (w == 0 ? "" : ", ") + counts.words[static_cast<std::size_t>(scored[w].second)];
  }
}

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool letters = false, digits = false;
  const auto end_word = [&] {
    if (word.size() >= 3 || (letters && digits)) words.push_back(word);
    word.clear();
    letters = digits = false;
  };
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool capital = byte >= 'A' && byte <= 'Z', digit = byte >= '0' && byte <= '9';
    const bool letter = capital || byte >= 128 || (byte >= 'a' && byte <= 'z');
    if (letter || digit)
      word += capital ? static_cast<char>(byte - 'A' + 'a') : c;
    else
      end_word();
    letters |= letter, digits |= digit;
  }
  end_word();
  return words;
}

void name_clusters(std::vector<Card>& cards, std::span<const shoal::Label> labels, const ReportTexts& texts) {
  if (!texts.truth.empty()) name_by_class(cards, labels, texts);
  if (!texts.captions.empty()) name_by_words(cards, labels, texts);
}
