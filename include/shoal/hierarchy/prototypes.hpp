// Prototypes of classes from text embeddings: the mean over prompts, and the choice of a lemma by majority
// vote.
#pragma once

#include <shoal/hierarchy/zero_shot.hpp>

namespace shoal {

/// The prototype of each lemma [texts.rows / P × d], of unit length: the normalised mean of its P normalised
/// text embeddings (Radford et al., ICML 2021; the paper, C.2, uses P = 7). Row l·P + p of `texts` is lemma l
/// in prompt p. Throws invalid_argument if the number of rows is not a multiple of P.
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

/// The lemma chosen for each class, the votes, and the prototypes.
struct LemmaVote {
  std::vector<Index> lemma;  ///< [C] row of the chosen lemma's prototype
  std::vector<Index> votes;  ///< [lemmas] number of rows that chose each lemma
  Matrix<float> prototypes;  ///< [C × d]
};

/// Chooses a lemma for each class by majority vote (the paper, C.2): each row is classified among the lemmas
/// of its own class, and the lemma with the most votes represents the class. On ties, and for classes without
/// rows, the first lemma is chosen. `labels` [n] are the classes of the rows; class_of_lemma[l] is the class
/// of row l of `lemmas` (L × d); each of the `classes` classes needs at least one lemma. O(n · lemmas of a
/// class · d). Throws as zero_shot does.
[[nodiscard]] inline LemmaVote lemma_vote(AnyRows features, std::span<const Label> labels,
                                          MatrixView<const float> lemmas,
                                          std::span<const Label> class_of_lemma, Index classes,
                                          const CandidateBackend& backend, const Hook& hook = {}) {
  check(static_cast<Index>(class_of_lemma.size()) == lemmas.rows, Errc::invalid_argument,
        "lemma_vote: class_of_lemma (", class_of_lemma.size(), ") must have one entry a lemma (", lemmas.rows,
        ")");
  check(classes <= lemmas.rows, Errc::invalid_argument, "lemma_vote: of ", classes,
        " classes each needs a lemma; there are ", lemmas.rows);
  for (const Label c : class_of_lemma)
    check(c >= 0 && c < classes, Errc::invalid_argument, "lemma_vote: class_of_lemma (", c,
          ") must be in [0, ", classes, ")");
  Candidates own{group_by<Label>(class_of_lemma, classes),
                 std::vector<Index>(static_cast<std::size_t>(classes))};
  std::iota(own.set_of_label.begin(), own.set_of_label.end(), Index{0});
  for (Index c = 0; c < classes; ++c)
    check(!own.sets[c].empty(), Errc::invalid_argument, "lemma_vote: class ", c, " has no lemma");

  const ZeroShot choice = zero_shot(features, lemmas, own, labels, {.top = 1}, backend, hook);
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
