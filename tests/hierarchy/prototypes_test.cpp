#include "random_rows.hpp"
#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/hierarchy/prototypes.hpp>

using namespace shoal;

TEST_CASE("a lemma's prototype is the normalised mean of its normalised prompts") {
  const Matrix<float> texts = random_rows(6, 12, 5);
  const Matrix<float> w = lemma_prototypes(Rows(texts), 3);
  CHECK(w.rows() == 4);
  for (Index l = 0; l < 4; ++l) {
    std::vector<double> mean(5);
    for (Index p = 0; p < 3; ++p) {
      double length = 0;
      for (Index j = 0; j < 5; ++j) length += double(texts(3 * l + p, j)) * double(texts(3 * l + p, j));
      for (Index j = 0; j < 5; ++j)
        mean[static_cast<std::size_t>(j)] += texts(3 * l + p, j) / std::sqrt(length);
    }
    double length = 0;
    for (const double m : mean) length += m * m;
    for (Index j = 0; j < 5; ++j)
      CHECK(w(l, j) == doctest::Approx(mean[static_cast<std::size_t>(j)] / std::sqrt(length)).epsilon(1e-5));
  }
  CHECK_THROWS_AS((void)lemma_prototypes(Rows(texts), 5), error);
  CHECK_THROWS_AS((void)lemma_prototypes(Rows(texts), 0), error);
  CHECK_THROWS_AS((void)lemma_prototypes(Matrix<float>(0, 5), 1), error);
  Matrix<float> opposite(2, 1, 1.f);
  opposite(1, 0) = -1;
  CHECK_THROWS_AS((void)lemma_prototypes(Rows(opposite), 2), error);  // their mean has no direction
}

TEST_CASE("each class takes the lemma that most of its own samples are nearest to") {
  // Lemmas at angles 0, 90 (class 0), 45, 80 (class 1), 10 (class 2), 10 (class 2), 200 (class 3, no
  // samples).
  const std::vector<double> angles{0, 90, 45, 80, 10, 10, 200}, at{5, 80, 70, 44, 46, 79, 9};
  const std::vector<Label> classes{0, 0, 1, 1, 2, 2, 3}, labels{0, 0, 0, 1, 1, 1, 2};
  const auto rows = [](const std::vector<double>& degrees) {
    Matrix<float> m(static_cast<Index>(degrees.size()), 2);
    for (std::size_t i = 0; i < degrees.size(); ++i) {
      m(static_cast<Index>(i), 0) = static_cast<float>(std::cos(degrees[i] * 0.017453292519943295));
      m(static_cast<Index>(i), 1) = static_cast<float>(std::sin(degrees[i] * 0.017453292519943295));
    }
    return m;
  };
  const Matrix<float> lemmas = rows(angles), x = rows(at);
  const Cpu cpu({.threads = 2});
  const LemmaVote vote = lemma_vote(Rows(x), labels, lemmas, classes, 4, cpu);
  CHECK(vote.lemma == std::vector<Index>{1, 2, 4, 6});
  CHECK(vote.votes == std::vector<Index>{1, 2, 2, 1, 1, 0, 0});
  for (Index c = 0; c < 4; ++c)
    for (Index j = 0; j < 2; ++j)
      CHECK(vote.prototypes(c, j) == lemmas(vote.lemma[static_cast<std::size_t>(c)], j));
  CHECK_THROWS_AS((void)lemma_vote(Rows(x), labels, lemmas, classes, 5, cpu), error);
  CHECK_THROWS_AS((void)lemma_vote(Rows(x), labels, lemmas, classes, 3, cpu), error);
  test::refused(Errc::invalid_argument, "there are 7", [&] {  // before memory for so many is asked for
    (void)lemma_vote(Rows(x), labels, lemmas, classes, std::numeric_limits<Label>::max(), cpu);
  });
  CHECK_THROWS_AS((void)lemma_vote(Rows(x), labels, lemmas, std::vector<Label>{0}, 1, cpu), error);
}
