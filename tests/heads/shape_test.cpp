#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/heads/shape.hpp>

using namespace shoal;

namespace {

const HeadShape shape{.features = 5, .widths = {7, 4}, .clusters = 3, .heads = 2};

}  // namespace

TEST_CASE("every float of the array belongs to one parameter of one head") {
  CHECK(shape.size() == 2 * ((5 + 1) * 7 + (7 + 1) * 4 + 3 * 4 + 3));
  CHECK(shape.inputs(0) == 5);
  CHECK(shape.inputs(1) == 7);
  CHECK(shape.bottleneck() == 4);
  std::vector<Index> seen(static_cast<std::size_t>(shape.size()), 0);
  const auto mark = [](MatrixView<Index> part) {
    for (Index i = 0; i < part.rows; ++i)
      for (Index& count : part.span(i)) ++count;
  };
  for (Index h = 0; h < shape.heads; ++h) {
    const HeadView<Index> head{&shape, seen.data(), h};
    for (Index l = 0; l < shape.layers(); ++l) {
      mark(head.weight(l));
      mark({head.bias(l), 1, shape.outputs(l)});
    }
    mark(head.directions());
    mark({head.gains(), 1, shape.clusters});
  }
  for (const Index count : seen) CHECK(count == 1);
}

TEST_CASE("fresh parameters are spread as the official code draws them, by the seed alone") {
  const HeadShape wide{.features = 100, .widths = {90, 64}, .clusters = 50, .heads = 1};
  const auto values = initial_parameters(wide, 3);
  CHECK(values == initial_parameters(wide, 3));
  CHECK(values != initial_parameters(wide, 4));
  const HeadView<const float> head{&wide, values.data(), 0};
  double sum = 0, square = 0;
  for (Index i = 0; i < 9000; ++i) {
    const auto w = static_cast<double>(head.weight(0).data[i]);
    sum += w, square += w * w;
  }
  CHECK(std::abs(sum / 9000) < 0.001);
  CHECK(std::sqrt(square / 9000) == doctest::Approx(0.02).epsilon(0.03));
  for (Index i = 0; i < 90; ++i) CHECK(head.bias(0)[i] == 0.f);
  float reach = 0;
  for (Index i = 0; i < 50 * 64; ++i) reach = std::max(reach, std::abs(head.directions().data[i]));
  CHECK(reach <= 0.125f);
  CHECK(reach > 0.124f);
  for (Index c = 0; c < 50; ++c) CHECK(head.gains()[c] == 1.f);
}

TEST_CASE(
    "fresh parameters of plain heads are those of PyTorch's Linear: uniform up to one over the root of the "
    "inputs") {
  const HeadShape wide{.features = 100, .widths = {90, 64}, .clusters = 50, .heads = 1, .plain = true};
  const auto values = initial_parameters(wide, 3);
  const HeadView<const float> head{&wide, values.data(), 0};
  const auto reaches = [](const float* from, Index count, double reach) {
    double most = 0, sum = 0;
    for (Index i = 0; i < count; ++i) {
      most = std::max(most, std::abs(static_cast<double>(from[i])));
      sum += static_cast<double>(from[i]);
    }
    CHECK(most <= reach * (1 + 1e-6));
    CHECK(most > 0.9 * reach);
    CHECK(std::abs(sum) < 4 * reach * std::sqrt(static_cast<double>(count) / 3));  // four deviations
  };
  reaches(head.weight(0).data, 90 * 100, 0.1);
  reaches(head.bias(0), 90, 0.1);
  reaches(head.weight(1).data, 64 * 90, 1 / std::sqrt(90.0));
  reaches(head.directions().data, 50 * 64, 0.125);
  reaches(head.gains(), 50, 0.125);
}

TEST_CASE("every parameter belongs to the head in whose view it lies") {
  const HeadShape shape{.features = 3, .widths = {4, 2}, .clusters = 5, .heads = 3};
  std::vector<Index> owner(static_cast<std::size_t>(shape.size()), -1);
  for (Index h = 0; h < 3; ++h) {
    const HeadView<Index> view{&shape, owner.data(), h};
    for (Index l = 0; l < 2; ++l) {
      std::fill_n(view.weight(l).data, shape.outputs(l) * shape.inputs(l), h);
      std::fill_n(view.bias(l), shape.outputs(l), h);
    }
    std::fill_n(view.directions().data, 5 * 2, h);
    std::fill_n(view.gains(), 5, h);
  }
  for (Index i = 0; i < shape.size(); ++i) CHECK(shape.head_of(i) == owner[static_cast<std::size_t>(i)]);
}
