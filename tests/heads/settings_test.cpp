#include "support/refused.hpp"

#include <limits>

#include <doctest/doctest.h>

#include <shoal/heads/heads.hpp>
#include <shoal/heads/settings.hpp>

using namespace shoal;

TEST_CASE("the general settings are those of the method, and say what its policies need") {
  const TEMI temi{.clusters = 5, .heads = 3, .batch = 64, .student_temperature = 0.5, .seed = 9};
  const HeadSettings s = temi.general();
  CHECK(s.clusters == 5);
  CHECK(s.heads == 3);
  CHECK(s.seed == 9);
  CHECK(s.hidden == std::vector<Index>{512});
  CHECK(s.rows() == 128);
  CHECK(s.student_scale() == 2.f);
  CHECK(s.partner_scale() == 10.f);
  CHECK(s.gradient_scale() == doctest::Approx(2.0 / (128 * 3)));
  CHECK((s.needs.teacher && s.needs.marginal && !s.needs.balance && s.needs.all_heads()));
  const LossNeeds scan = SCANv2{}.general().needs;
  CHECK((scan.teacher && scan.balance && !scan.partner_statistics()));
  const HeadSettings scp = SCP{}.general();
  CHECK((!scp.needs.teacher && scp.needs.partner_statistics() && !scp.needs.all_heads()));
  CHECK(scp.partner_scale() == scp.student_scale());
}

TEST_CASE("settings out of range are refused by name, with their value and their range") {
  const auto refuses = [](const char* named, auto change, Errc code = Errc::invalid_argument) {
    TEMI s{.clusters = 3, .batch = 20};
    change(s);
    test::refused(code, named, [&] { check_settings(s.general(), 100, 6); });
  };
  check_settings(TEMI{.clusters = 3, .batch = 20}.general(), 100, 6);
  constexpr double nan = std::numeric_limits<double>::quiet_NaN(),
                   inf = std::numeric_limits<double>::infinity();
  refuses("clusters (0)", [](auto& s) { s.clusters = 0; });
  refuses("clusters (101)", [](auto& s) { s.clusters = 101; });
  refuses("heads (-1)", [](auto& s) { s.heads = -1; });
  refuses("batch (101)", [](auto& s) { s.batch = 101; });
  refuses("epochs (-3)", [](auto& s) { s.epochs = -3; });
  refuses("hidden (0)", [](auto& s) { s.hidden = {16, 0}; });
  refuses("bottleneck (0)", [](auto& s) { s.bottleneck = 0; });
  for (const double rate : {nan, inf, 0., -1.})
    refuses("learning_rate", [&](auto& s) { s.learning_rate = rate; });
  for (const double rate : {nan, inf, -1.}) refuses("final_rate", [&](auto& s) { s.final_rate = rate; });
  for (const double decay : {nan, inf, -1.})
    refuses("weight_decay", [&](auto& s) { s.weight_decay = decay; });
  for (const double t : {nan, inf, 0., -1.})
    refuses("student_temperature", [&](auto& s) { s.student_temperature = t; });
  for (const double t : {nan, inf, 0., -1.})
    refuses("teacher_temperature", [&](auto& s) { s.teacher_temperature = t; });
  for (const double m : {nan, -0.1, 1.})
    refuses("teacher_momentum", [&](auto& s) { s.teacher_momentum = m; });
  for (const double m : {nan, -0.1, 1.})
    refuses("marginal_momentum", [&](auto& s) { s.marginal_momentum = m; });
}

TEST_CASE("rates and temperatures beyond float32, and sizes beyond 64 bits, are refused") {
  const auto refuses = [](const char* named, auto change, Errc code) {
    TEMI s{.clusters = 3, .batch = 20};
    change(s);
    test::refused(code, named, [&] { check_settings(s.general(), 100, 6); });
  };
  constexpr Index huge = Index{1} << 62;
  for (const Index epochs : {huge, std::numeric_limits<Index>::max(), (Index{1} << 53) / 5 + 1})
    refuses(
        "epochs (", [&](auto& s) { s.epochs = epochs; }, Errc::invalid_argument);
  refuses(
      "hidden", [](auto& s) { s.hidden = {huge}; }, Errc::too_large);
  refuses(
      "bottleneck", [](auto& s) { s.bottleneck = huge; }, Errc::too_large);
  refuses(
      "heads", [](auto& s) { s.heads = huge; }, Errc::too_large);
  refuses(
      "learning_rate", [](auto& s) { s.learning_rate = 1e308; }, Errc::invalid_argument);
  refuses(
      "final_rate", [](auto& s) { s.final_rate = 1e308; }, Errc::invalid_argument);
  refuses(
      "weight_decay", [](auto& s) { s.weight_decay = 1e308; }, Errc::invalid_argument);
  refuses(
      "student_temperature", [](auto& s) { s.student_temperature = 1e-300; }, Errc::invalid_argument);
  refuses(
      "teacher_temperature", [](auto& s) { s.teacher_temperature = 1e308; }, Errc::invalid_argument);
}

TEST_CASE("constants of objectives and balancers have their ranges") {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  for (const float beta : {0.f, -1.f, 1.1f, nan})
    test::refused(Errc::invalid_argument, "beta (", [&] { validate_policy(TemiObjective{.beta = beta}); });
  validate_policy(TemiObjective{.beta = 1});
  for (const float alpha : {-1.f, nan, std::numeric_limits<float>::infinity()}) {
    test::refused(Errc::invalid_argument, "alpha (",
                  [&] { validate_policy(MarginalEntropy{.alpha = alpha}); });
    test::refused(Errc::invalid_argument, "alpha (",
                  [&] { validate_policy(SummedMarginalEntropy{.alpha = alpha}); });
  }
  validate_policy(MarginalEntropy{.alpha = 0});
}
