// Prototypes of classes from text embeddings: the mean over prompts, and the lemma that a class's own samples
// choose.
#pragma once

#include <shoal/core/workers.hpp>
#include <shoal/hierarchy/zero_shot.hpp>

namespace shoal {

/// The prototype of each lemma, of length one: the normalised mean of its P normalised text embeddings
/// (Radford et al., ICML 2021; the paper, C.2, uses P = 7). Row l·P + p of `texts` is lemma l in prompt p.
/// [texts.rows / P × d]
[[nodiscard]] inline Matrix<float> lemma_prototypes(AnyRows texts, Index prompts) {
  check(prompts >= 1 && texts.rows() >= 1 && texts.rows() % prompts == 0, Errc::invalid_argument,
        "lemma_prototypes: texts (", texts.rows(), " rows) must be some lemmas of prompts (", prompts,
        ") rows each");
  Matrix<float> prototypes(texts.rows() / prompts, texts.cols(), 0.f), rows(prompts, texts.cols());
  for (Index l = 0; l < prototypes.rows(); ++l) {
    texts.read(l * prompts, rows);
    for (Index p = 0; p < prompts; ++p) {
      to_unit_row("lemma_prototypes: texts", l * prompts + p, rows.view().span(p));
      for (Index j = 0; j < rows.cols(); ++j) prototypes(l, j) += rows(p, j);
    }
    to_unit_row("lemma_prototypes: mean of lemma", l, prototypes.view().span(l));
  }
  return prototypes;
}

/// The lemma that stands for each class, its votes, and its prototype.
struct LemmaVote {
  std::vector<Index> lemma;  ///< [C] row of the lemma prototypes
  std::vector<Index> votes;  ///< [lemmas]
  Matrix<float> prototypes;  ///< [C × d]
};

/// Lemma majority vote (the paper, C.2): every row is classified among the lemmas of its own class, and the
/// lemma with most votes stands for the class from then on; ties, and classes without rows, go to the first
/// lemma. `labels` [n]; `class_of_lemma` says whose each row of `lemmas` (L × d) is; each of `classes`
/// classes needs one at least.
[[nodiscard]] inline LemmaVote lemma_vote(AnyRows features, std::span<const Label> labels,
                                          MatrixView<const float> lemmas,
                                          std::span<const Label> class_of_lemma, Index classes,
                                          Workers workers, const Hook& hook = {}) {
  check(static_cast<Index>(class_of_lemma.size()) == lemmas.rows, Errc::invalid_argument,
        "lemma_vote: class_of_lemma (", class_of_lemma.size(), ") must have one entry a lemma (", lemmas.rows,
        ")");
  for (const Label c : class_of_lemma)
    check(c >= 0 && c < classes, Errc::invalid_argument, "lemma_vote: class_of_lemma (", c,
          ") must be in [0, ", classes, ")");
  Candidates own{group_by<Label>(class_of_lemma, classes),
                 std::vector<Index>(static_cast<std::size_t>(classes))};
  std::iota(own.set_of_label.begin(), own.set_of_label.end(), Index{0});
  for (Index c = 0; c < classes; ++c)
    check(!own.sets[c].empty(), Errc::invalid_argument, "lemma_vote: class ", c, " has no lemma");

  const ZeroShot choice = zero_shot(features, lemmas, own, labels, {.top = 1}, workers, hook);
  LemmaVote vote{{}, std::vector<Index>(class_of_lemma.size()), Matrix<float>(classes, lemmas.cols)};
  for (const Label l : choice.labels) ++vote.votes[static_cast<std::size_t>(l)];
  const auto fewer = [&](Label a, Label b) {
    return vote.votes[static_cast<std::size_t>(a)] < vote.votes[static_cast<std::size_t>(b)];
  };
  for (Index c = 0; c < classes; ++c)
    vote.lemma.push_back(*std::max_element(own.sets[c].begin(), own.sets[c].end(), fewer));
  Rows(lemmas).gather(vote.lemma, vote.prototypes);
  return vote;
}

}  // namespace shoal
