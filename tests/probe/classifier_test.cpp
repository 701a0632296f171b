#include <cmath>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/probe/classifier.hpp>

using namespace shoal;

TEST_CASE("classify: order, ties to the lower class, confidence") {
  LinearClassifier classifier{Matrix<float>(2, 4)};  // z = x w + b
  const float w[] = {1, -1, 0, 0}, b[] = {0, 0, 0.5f, 0.5f};
  std::copy(w, w + 4, classifier.weights.row(0));
  std::copy(b, b + 4, classifier.weights.row(1));
  Matrix<float> x(3, 1);
  x(0, 0) = 2;   // z = 2 −2 ½ ½
  x(1, 0) = 0;   // z = 0 0 ½ ½
  x(2, 0) = -9;  // z = −9 9 ½ ½
  const Classified said = classify(classifier, Rows(x), 3, Cpu({.threads = 1}));
  const Label expected[3][3] = {{0, 2, 3}, {2, 3, 0}, {1, 2, 3}};
  for (Index i = 0; i < 3; ++i)
    for (Index k = 0; k < 3; ++k) CHECK(said.top(i, k) == expected[i][k]);
  CHECK(said.confidence[0] ==
        doctest::Approx(std::exp(2.) / (std::exp(2.) + std::exp(-2.) + 2 * std::exp(.5))));
  CHECK(said.confidence[2] == doctest::Approx(1 / (1 + std::exp(-18.) + 2 * std::exp(-8.5))));
  const Matrix<float> p = probabilities(classifier, Rows(x), Cpu({.threads = 2}));
  REQUIRE((p.rows() == 3 && p.cols() == 4));
  for (Index i = 0; i < 3; ++i) {
    CHECK(p(i, 0) + p(i, 1) + p(i, 2) + p(i, 3) == doctest::Approx(1.));
    CHECK(p(i, said.top(i, 0)) == doctest::Approx(said.confidence[static_cast<std::size_t>(i)]));
  }
  CHECK(p(0, 1) / p(0, 2) == doctest::Approx(std::exp(-2.5)));
}

TEST_CASE("classify: no rows, the same bits for 1, 2 and 7 threads, and refusals") {
  LinearClassifier classifier{Matrix<float>(4, 20)};
  for (Index i = 0; i < 80; ++i) classifier.weights.data()[i] = std::sin(static_cast<float>(i));
  Matrix<float> x(333, 3);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = std::cos(static_cast<float>(3 * i));
  const auto run = [&](int threads) { return classify(classifier, Rows(x), 5, Cpu({.threads = threads})); };
  const Classified one = run(1);
  for (const int threads : {2, 7}) {
    const Classified many = run(threads);
    CHECK(many.confidence == one.confidence);
    CHECK(std::equal(one.top.data(), one.top.data() + one.top.size(), many.top.data()));
  }
  const Cpu cpu({.threads = 1});
  CHECK(classify(classifier, Matrix<float>(0, 3), 1, cpu).confidence.empty());
  CHECK_THROWS_AS(classify(classifier, Rows(x), 0, cpu), error);
  CHECK_THROWS_AS(classify(classifier, Rows(x), 21, cpu), error);
  CHECK_THROWS_AS(classify(classifier, Matrix<float>(2, 4, 0.f), 1, cpu), error);
}

TEST_CASE("for_raw_rows: says of raw rows what the classifier says of standardised ones") {
  Matrix<float> x(200, 3);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = 5 + 3 * std::cos(static_cast<float>(i * i));
  for (Index i = 0; i < x.rows(); ++i) x(i, 1) = 4;  // constant
  LinearClassifier classifier{Matrix<float>(4, 6)};
  for (Index i = 0; i < 24; ++i) classifier.weights.data()[i] = std::sin(static_cast<float>(i));
  const Cpu cpu({.threads = 1});
  const Rows rows(x);
  const Standardized standardized(rows, cpu);
  const Classified wanted = classify(classifier, standardized, 6, cpu);
  const Classified got = classify(for_raw_rows(classifier, standardized.scaling()), rows, 6, cpu);
  for (Index i = 0; i < 200; ++i) {
    CHECK(got.top(i, 0) == wanted.top(i, 0));
    CHECK(static_cast<double>(got.confidence[static_cast<std::size_t>(i)]) ==
          doctest::Approx(wanted.confidence[static_cast<std::size_t>(i)]).epsilon(1e-4));
  }
  CHECK_THROWS_AS(for_raw_rows(classifier, ColumnScaling{{0}, {1}}), error);
}
