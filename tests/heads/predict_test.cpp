#include "heads/support.hpp"
#include "support/refused.hpp"

#include <limits>
#include <set>

#include <doctest/doctest.h>

#include <shoal/heads/predict.hpp>

using namespace shoal;

namespace {

}  // namespace

TEST_CASE("predict is the same for one row as for many, for every head, and gives its clusters in order") {
  const Matrix<float> points = grouped_points(150, 3, 6);
  const Neighbors neighbors = exact_neighbors(Rows(points), {.count = 5}, cpu);
  const HeadFit result = fit(quick<SCANv2>(9), Rows(points), NearestPairs(neighbors), cpu);
  CHECK(result.top.cols() == 5);
  const Prediction all = predict(result.model, Rows(points), cpu, 20);
  CHECK(all.top.cols() == 9);
  CHECK(all.labels == result.labels);
  for (const Index i : {0, 77, 149}) {
    const Prediction one = predict(result.model, Rows(points.view().block(i, 1)), cpu);
    CHECK(one.labels[0] == all.labels[static_cast<std::size_t>(i)]);
    CHECK(one.confidence[0] == all.confidence[static_cast<std::size_t>(i)]);
    CHECK(std::set<Label>(all.top.row(i), all.top.row(i) + 9).size() == 9);
  }
  CHECK(predict(result.model, Rows(points), cpu, 5, result.model.best).labels == result.labels);
  CHECK(predict(result.model, Rows(points.view().block(0, 0)), cpu).labels.empty());
  CHECK(test::code_of([&] { (void)predict(result.model, Rows(points.view().columns(0, 5)), cpu); }) ==
        Errc::invalid_argument);
  CHECK(test::code_of([&] { (void)predict(result.model, Rows(points), cpu, 0); }) == Errc::invalid_argument);
  CHECK(test::code_of([&] { (void)predict(result.model, Rows(points), cpu, 5, 2); }) == Errc::invalid_argument);
  Matrix<float> broken = points;
  broken(3, 2) = std::numeric_limits<float>::quiet_NaN();
  CHECK(test::code_of([&] { (void)predict(result.model, Rows(broken), cpu); }) == Errc::bad_data);
  HeadModel sure = result.model;  // logits far beyond what rounding of their logarithms keeps
  sure.temperature = 1e-3;
  for (const float c : predict(sure, Rows(points), cpu).confidence) CHECK((c > 0 && c <= 1));
}
