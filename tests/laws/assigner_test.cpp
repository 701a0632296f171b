#include <doctest/doctest.h>

#include <shoal/backend/eigen_cpu.hpp>
#include <shoal/laws/assigner.hpp>

namespace {

/// A backend that takes the first centroid for the nearest.
struct FirstCentroid : shoal::EigenCpu {
  using EigenCpu::EigenCpu;
};

struct FirstAssigner final : shoal::Assigner {
  shoal::Index assign(shoal::MatrixView<const float>, std::span<shoal::Label> labels,
                      shoal::ClusterSums&) override {
    std::ranges::fill(labels, 0);
    return std::ssize(labels);
  }
};

}  // namespace

template <> struct shoal::AssignerOn<FirstCentroid> : AssignerOn<EigenCpu> {
  static std::unique_ptr<Assigner> assigner(const AssignmentJob&, const FirstCentroid&) {
    return std::make_unique<FirstAssigner>();
  }
};

TEST_CASE("an assigner that does not look for the nearest breaks the laws") {
  using namespace shoal;
  laws::obeys_assigner([](int threads) { return EigenCpu(threads); });
  CHECK_THROWS_WITH_AS(laws::obeys_assigner([](int threads) { return FirstCentroid(threads); }),
                       doctest::Contains("assigner.hpp"), error);
}
