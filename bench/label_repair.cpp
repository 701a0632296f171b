// How well do class names tell WordNet's nouns apart, and how much of a label does p-HZR repair? Tables for
// docs/hierarchy.md. usage: label_repair DATA_NOUN NOUNS [PAIRS]: WordNet's data.noun, and the folders of the
// noun data (features.npy, ids.npy) and of the pairs (view_lemma.npy, ids.npy).
#include <algorithm>
#include <cstdio>
#include <map>
#include <string>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/random.hpp>
#include <shoal/hierarchy/classes.hpp>
#include <shoal/hierarchy/cut.hpp>
#include <shoal/hierarchy/prototypes.hpp>
#include <shoal/hierarchy/relabel.hpp>
#include <shoal/hierarchy/temperature.hpp>
#include <shoal/hierarchy/wordnet.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/io/subset.hpp>
#include <shoal/metrics/calibration.hpp>

using namespace shoal;

namespace {

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

/// The nouns: row r is the synset node[r], and its features say lemmas and definition.
struct Nouns {
  Hierarchy wordnet;
  MappedRows features;
  std::vector<Node> node;
  std::vector<Index> row;  ///< of each node
  Cpu cpu;

  Nouns(const std::string& data_noun, const std::string& folder)
      : wordnet(read_wordnet(data_noun)),
        features(npy::map(folder + "/features.npy")),
        row(at(wordnet.size()), -1) {
    for (const Index id : npy::read_vector<Index>(folder + "/ids.npy")) {
      node.push_back(wordnet.find(std::to_string(id)));
      check(node.back() != no_node, Errc::bad_data, "label_repair: ", id, " is not a noun of WordNet");
      row[at(node.back())] = static_cast<Index>(node.size()) - 1;
    }
  }
};

/// The classes of support M, a sample's among them being its deepest ancestor of that support; a class's
/// prototype is the embedding of its own synset. That synset is a sample too, of the class above: it is never
/// scored.
struct Classes {
  std::vector<Label> labels;
  std::vector<Node> nodes;
  Hierarchy tree;  ///< of the classes alone
  Matrix<float> prototypes;
  std::vector<bool> scored;  ///< rows that are no class

  Classes(const Nouns& nouns, Index support) : scored(nouns.node.size(), true) {
    const std::vector<Index> one_each(nouns.row.size(), 1);
    const Cut cut = cut_by_support(nouns.wordnet, one_each, support, Reach::above);
    std::vector<Node> values;
    for (const Node i : nouns.node) values.push_back(cut[at(i)]);
    Compact result = compact(values);
    labels = std::move(result.labels);
    nodes = std::move(result.classes);
    tree = restrict_to(nouns.wordnet, nodes);
    std::vector<Index> rows;
    for (const Node i : nodes) {
      rows.push_back(nouns.row[at(i)]);
      scored[at(rows.back())] = false;
    }
    prototypes = Matrix<float>(static_cast<Index>(nodes.size()), nouns.features.cols());
    nouns.features.gather(rows, prototypes);
  }
};

double share(Index part, Index whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

/// Zero-shot classification: the temperature is fitted on every tenth row, scores are of the others.
void zero_shot_row(const Nouns& nouns, const Classes& c, const char* name, const Candidates& among) {
  std::vector<Index> held;
  std::vector<Label> held_labels;
  for (Index i = 0; i < nouns.features.rows(); i += 10) {
    held.push_back(i);
    held_labels.push_back(c.labels[at(i)]);
  }
  const float fitted =
      fit_temperature(Subset(nouns.features, held), c.prototypes, among, held_labels, nouns.cpu);
  std::printf("| %zu | %s |", c.nodes.size(), name);
  for (const float temperature : {0.01f, fitted}) {
    const ZeroShot z =
        zero_shot(nouns.features, c.prototypes, among, c.labels, {.temperature = temperature}, nouns.cpu);
    std::vector<float> confidence;
    std::vector<std::uint8_t> right;
    Index candidates = 0, top = 0;
    for (Index i = 0; i < nouns.features.rows(); ++i) {
      if (i % 10 == 0 || !c.scored[at(i)]) continue;
      const Label l = c.labels[at(i)];
      confidence.push_back(z.confidence[at(i)]);
      right.push_back(z.labels[at(i)] == l);
      const auto best = z.top.view().span(i);
      top += std::find(best.begin(), best.end(), l) != best.end();
      candidates += static_cast<Index>(among.sets[among.set_of_label[at(l)]].size());
    }
    const auto n = static_cast<Index>(right.size());
    const Calibration k = calibration(confidence, right);
    if (temperature == 0.01f)
      std::printf(" %.1f | %.2f | %.2f |", share(candidates, n), 100 * k.accuracy, 100 * share(top, n));
    std::printf(" %.4f | %.2f | %.2f |", static_cast<double>(temperature), 100 * k.expected_error,
                100 * k.confidence);
  }
  std::puts("");
}

/// Samples labelled with the 506 classes of support 100 are refined among the 2,039 of support 20.
void refine(const Nouns& nouns) {
  const Classes coarse(nouns, 100), fine(nouns, 20);
  std::vector<Label> given;
  for (const Label l : coarse.labels) {
    const auto found = std::lower_bound(fine.nodes.begin(), fine.nodes.end(), coarse.nodes[at(l)]);
    given.push_back(static_cast<Label>(found - fine.nodes.begin()));
  }
  std::puts(
      "\n| method | samples of inner labels | moved to a descendant | of these, to an ancestor of the "
      "sample's "
      "synset | refined label is the true fine one | given label was |\n|---|---|---|---|---|---|");
  for (const bool parent : {false, true}) {
    const Relabeled r =
        relabel(fine.tree, nouns.features, given, fine.prototypes, {.parent = parent}, nouns.cpu);
    Index inner = 0, moved = 0, above = 0, exact = 0, before = 0;
    for (std::size_t i = 0; i < given.size(); ++i) {
      if (!fine.scored[i] || fine.tree.is_leaf(given[i])) continue;
      ++inner;
      moved += r.labels[i] != given[i];
      above += r.labels[i] != given[i] && nouns.wordnet.covers(fine.nodes[at(r.labels[i])], nouns.node[i]);
      exact += r.labels[i] == fine.labels[i];
      before += given[i] == fine.labels[i];
    }
    std::printf("| %s | %lld | %.1f %% | %.1f %% | %.1f %% | %.1f %% |\n", parent ? "p-HZR" : "HZR",
                static_cast<long long>(inner), 100 * share(moved, inner), 100 * share(above, moved),
                100 * share(exact, inner), 100 * share(before, inner));
  }
}

/// The chance that p-HZR ends at `label` from `raised` when each step picks any contender alike.
double chance_of_walk(const Hierarchy& tree, Label label, Label raised) {
  const auto contenders = [&](Label l) { return static_cast<double>(tree.children(l).size()) + 1; };
  double chance = tree.is_leaf(label) ? 1 : 1 / contenders(label);
  while (label != raised) chance /= contenders(label = tree.parent(label));
  return chance;
}

/// Each label is raised 0 to `most` steps, as many alike; p-HZR is to find the labels that were raised.
void planted_noise(const Nouns& nouns, const Classes& c, Index most) {
  std::vector<Label> raised = c.labels;
  const Philox random(1, 0);
  for (std::size_t i = 0; i < raised.size(); ++i)
    for (Index steps = random.below(most + 1, i); steps > 0 && c.tree.parent(raised[i]) != no_node; --steps)
      raised[i] = c.tree.parent(raised[i]);
  const Relabeled r = relabel(c.tree, nouns.features, raised, c.prototypes, {}, nouns.cpu);
  Index noisy = 0, recovered = 0, nearer = 0, clean = 0, kept = 0;
  double walk = 0, any = 0;
  for (std::size_t i = 0; i < raised.size(); ++i) {
    if (!c.scored[i]) continue;
    const bool right = r.labels[i] == c.labels[i];
    if (raised[i] == c.labels[i]) {
      ++clean;
      kept += right;
      continue;
    }
    ++noisy;
    recovered += right;
    nearer += r.labels[i] != raised[i] && c.tree.covers(r.labels[i], c.labels[i]);
    walk += chance_of_walk(c.tree, c.labels[i], raised[i]);
    any += 1 / static_cast<double>(c.tree.subtree(raised[i]).size());
  }
  std::printf("| %zu | %lld | %lld | %.1f %% | %.1f %% | %.1f %% | %.1f %% | %.1f %% |\n", c.nodes.size(),
              static_cast<long long>(most), static_cast<long long>(noisy), 100 * share(recovered, noisy),
              100 * share(nearer, noisy), 100 * walk / static_cast<double>(noisy),
              100 * any / static_cast<double>(noisy), 100 * share(kept, clean));
}

/// Prototypes from lemmas alone against prototypes from lemmas and definition, on the classes that have both.
void lemmas_alone(const Nouns& nouns, const Classes& c, const std::string& pairs) {
  const auto texts = npy::map(pairs + "/view_lemma.npy");
  const std::vector<Index> ids = npy::read_vector<Index>(pairs + "/ids.npy");
  std::vector<Index> text_row(nouns.row.size(), -1), rows, lemma_rows, own_rows;
  for (std::size_t i = 0; i < ids.size(); ++i)
    text_row[at(nouns.wordnet.find(std::to_string(ids[i])))] = static_cast<Index>(i);
  std::vector<Label> number(c.nodes.size(), -1), truth;
  for (std::size_t k = 0; k < c.nodes.size(); ++k) {
    if (text_row[at(c.nodes[k])] < 0) continue;
    number[k] = static_cast<Label>(lemma_rows.size());
    lemma_rows.push_back(text_row[at(c.nodes[k])]);
    own_rows.push_back(static_cast<Index>(k));
  }
  for (Index i = 0; i < nouns.features.rows(); ++i)
    if (c.scored[at(i)] && number[at(c.labels[at(i)])] >= 0) {
      rows.push_back(i);
      truth.push_back(number[at(c.labels[at(i)])]);
    }
  Matrix<float> lemmas(static_cast<Index>(lemma_rows.size()), texts.cols()),
      own(lemmas.rows(), lemmas.cols());
  texts.gather(lemma_rows, lemmas);
  Rows(c.prototypes).gather(own_rows, own);
  for (const auto& [name, w] : {std::pair{"lemmas", &lemmas}, std::pair{"lemmas and definition", &own}}) {
    const ZeroShot z =
        zero_shot(Subset(nouns.features, rows), *w, every_class(lemmas.rows()), {}, {}, nouns.cpu);
    Index right = 0;
    for (std::size_t i = 0; i < truth.size(); ++i) right += z.labels[i] == truth[i];
    std::printf("prototypes from %s: ACC %.2f over %lld classes, %zu samples\n", name,
                100 * share(right, static_cast<Index>(truth.size())), static_cast<long long>(lemmas.rows()),
                truth.size());
  }
}

/// A lemma as texts write it: "domestic dog" for WordNet's domestic_dog.
std::string words_of(std::string_view lemma) {
  std::string words(lemma);
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

/// Lemma majority vote on real embeddings. A text's embedding does not depend on whose text it is, so the row
/// of a synset whose only lemma is "job" is the embedding of that lemma, for whichever class has it. Every
/// other row of a class votes, the others are scored, among the classes that have a lemma.
void lemma_votes(const Nouns& nouns, const Classes& c, const std::string& pairs) {
  const auto texts = npy::map(pairs + "/view_lemma.npy");
  std::map<std::string, Index> row_of;
  Index row = 0;
  for (const Index id : npy::read_vector<Index>(pairs + "/ids.npy")) {
    const auto own = lemmas(nouns.wordnet.name(nouns.wordnet.find(std::to_string(id))));
    if (own.size() == 1) row_of.emplace(words_of(own[0]), row);
    ++row;
  }
  std::vector<Label> number(c.nodes.size(), -1), class_of_lemma;
  std::vector<Index> lemma_rows;
  Label classes = 0;
  Index several = 0;
  for (std::size_t k = 0; k < c.nodes.size(); ++k) {
    const std::size_t before = lemma_rows.size();
    for (const std::string_view lemma : lemmas(nouns.wordnet.name(c.nodes[k])))
      if (const auto found = row_of.find(words_of(lemma)); found != row_of.end()) {
        lemma_rows.push_back(found->second);
        class_of_lemma.push_back(classes);
      }
    several += lemma_rows.size() > before + 1;
    if (lemma_rows.size() > before) number[k] = classes++;
  }
  std::vector<Index> rows[2];
  std::vector<Label> labels[2];
  std::vector<Index> seen(static_cast<std::size_t>(classes));
  for (Index i = 0; i < nouns.features.rows(); ++i) {
    const Label l = number[at(c.labels[at(i)])];
    if (!c.scored[at(i)] || l < 0) continue;
    const auto part = static_cast<std::size_t>(seen[at(l)]++ % 2);
    rows[part].push_back(i);
    labels[part].push_back(l);
  }
  Matrix<float> embedded(static_cast<Index>(lemma_rows.size()), texts.cols());
  texts.gather(lemma_rows, embedded);
  LemmaVote vote =
      lemma_vote(Subset(nouns.features, rows[0]), labels[0], embedded, class_of_lemma, classes, nouns.cpu);
  const Lists<Index> own = group_by<Index>(std::span<const Label>(class_of_lemma), classes);
  std::vector<Index> first, last;
  Index moved = 0;
  for (Label k = 0; k < classes; ++k) {
    first.push_back(own[k].front());
    last.push_back(*std::ranges::min_element(own[k], {}, [&](Index l) { return vote.votes[at(l)]; }));
    moved += vote.lemma[at(k)] != first.back();
  }
  std::printf(
      "%d classes with a lemma that is embedded alone, %lld of them with several; another than the first is "
      "voted for in %lld\n",
      classes, static_cast<long long>(several), static_cast<long long>(moved));
  for (const auto& [name, chosen] :
       {std::pair{"the first lemma", &first}, std::pair{"the lemma voted for", &vote.lemma},
        std::pair{"the lemma of fewest votes", &last}}) {
    Matrix<float> prototypes(classes, texts.cols());
    Rows(embedded).gather(*chosen, prototypes);
    const ZeroShot z =
        zero_shot(Subset(nouns.features, rows[1]), prototypes, every_class(classes), {}, {}, nouns.cpu);
    Index right[2] = {0, 0}, all[2] = {0, 0};
    for (std::size_t i = 0; i < labels[1].size(); ++i) {
      const bool choice = own[labels[1][i]].size() > 1;
      ++all[choice];
      right[choice] += z.labels[i] == labels[1][i];
    }
    std::printf("prototypes of %s: ACC %.2f of %lld samples; in classes with several lemmas %.2f of %lld\n",
                name, 100 * share(right[0] + right[1], all[0] + all[1]),
                static_cast<long long>(all[0] + all[1]), 100 * share(right[1], all[1]),
                static_cast<long long>(all[1]));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: label_repair DATA_NOUN NOUNS [PAIRS]\n", stderr);
    return 2;
  }
  const Nouns nouns(argv[1], argv[2]);
  const Classes base(nouns, 50), many(nouns, 20);
  std::puts(
      "| classes | candidates | a sample, mean | ACC | top 5 | τ | ECE | confidence | τ fitted | ECE | "
      "confidence |\n"
      "|---|---|---|---|---|---|---|---|---|---|---|");
  for (const Classes* c : {&base, &many}) {
    zero_shot_row(nouns, *c, "all", every_class(c->prototypes.rows()));
    zero_shot_row(nouns, *c, "the label's level", same_level(nouns.wordnet, c->nodes));
    zero_shot_row(nouns, *c, "its siblings", siblings_or_level(nouns.wordnet, c->nodes));
  }
  refine(nouns);
  std::puts(
      "\n| classes | raised by up to | labels raised | recovered | recovered or nearer | chance: any "
      "contender | "
      "chance: any class below | unraised labels kept |\n|---|---|---|---|---|---|---|---|");
  for (const Classes* c : {&base, &many})
    for (const Index most : {1, 2, 3}) planted_noise(nouns, *c, most);
  if (argc > 3) {
    std::puts("");
    lemmas_alone(nouns, base, argv[3]);
    for (const Classes* c : {&base, &many}) lemma_votes(nouns, *c, argv[3]);
  }
}
