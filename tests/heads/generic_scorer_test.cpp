#include "heads/support.hpp"
#include "support/refused.hpp"

#include <limits>

#include <doctest/doctest.h>

#include <shoal/backend/eigen_cpu.hpp>

using namespace shoal;

TEST_CASE("any backend predicts what the CPU does, for more rows than a block, scaled or not") {
  SCANv2 s{.clusters = 33, .heads = 2};
  s.hidden = {8}, s.bottleneck = 6;
  const Matrix<float> points = grouped_points(1024 + 77, 5, 6);
  const Cpu cpu({.threads = 2});
  HeadModel model{s.shape(6), initial_parameters(s.shape(6), 3), 1, 0.1, {}};
  for (const bool scaled : {false, true}) {
    if (scaled) model.scaling = column_scaling(Rows(points), cpu);
    const Prediction expected = predict(model, Rows(points), cpu, 3),
                     found = predict(model, Rows(points), EigenCpu(2), 3);
    CHECK(predict(model, Rows(points), EigenCpu(7), 3).confidence == found.confidence);
    Index same = 0;
    for (std::size_t i = 0; i < found.labels.size(); ++i) {
      same += found.labels[i] == expected.labels[i] ? 1 : 0;
      CHECK(found.confidence[i] == doctest::Approx(expected.confidence[i]).epsilon(1e-4));
    }
    CHECK(same >= std::ssize(found.labels) - 1);  // a near-tie
    CHECK(found.top.cols() == 3);
  }
  Matrix<float> broken = points;
  broken(1030, 2) = std::numeric_limits<float>::quiet_NaN();
  test::refused(Errc::bad_data, "row 1030", [&] { (void)predict(model, Rows(broken), EigenCpu(2)); });
}
