#include "support/random_rows.hpp"
#include "support/refused.hpp"

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <shoal/model/check_model.hpp>

using namespace shoal;

namespace {

constexpr Index huge = Index{1} << 62;
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

KMeansModel centroids() { return {test::random_rows(3, 4, 1), false, 0.3, {}}; }

HeadModel small_heads() {
  HeadModel model{{4, {6, 2}, 3, 2}, {}, 1, 0.1, {}};
  model.parameters = initial_parameters(model.shape, 3);
  return model;
}

/// The model, after `change`, is refused with these words, with the code and the name that the caller gives.
template <class M, class Change> void refused(M model, const std::string& words, const Change& change) {
  change(model);
  for (const Errc code : {Errc::bad_file, Errc::invalid_argument}) {
    const error e = test::error_of([&] { check_model(model, "who asks", code); });
    CHECK(e.code() == code);
    const std::string what = e.what();
    CHECK_MESSAGE(what.starts_with("who asks: not a model that can be used: "), what);
    CHECK_MESSAGE(what.find(words) != std::string::npos, what);
  }
}

/// What both kinds of model share.
template <class M> void shared_fields(const M& model, std::size_t columns) {
  for (const double bad : {0., -1., std::nan(""), HUGE_VAL, 1e-310})
    refused(model, "temperature", [&](M& m) { m.temperature = bad; });
  const std::vector<float> ones(columns, 1.f), fewer(columns - 1, 1.f), none;
  const auto scaling = [&](const std::vector<float>& mean, const std::vector<float>& scale,
                           const char* words) {
    refused(model, words, [&](M& m) { m.scaling = {mean, scale}; });
  };
  scaling(ones, none, "one entry for each");
  scaling(none, ones, "one entry for each");
  scaling(fewer, fewer, "one entry for each");
  scaling(ones, fewer, "one entry for each");
  for (const float bad : {0.f, -1.f, -0.f}) {
    std::vector<float> scale = ones;
    scale.back() = bad;
    scaling(ones, scale, "must be positive");
  }
  std::vector<float> bad = ones;
  bad.back() = not_a_number;
  scaling(bad, ones, "mean (nan");
  scaling(ones, bad, "scale (nan");
}

}  // namespace

TEST_CASE("models that can be used pass, scaled or not") {
  KMeansModel k = centroids();
  HeadModel h = small_heads();
  CHECK_NOTHROW(check_model(k, "who", Errc::bad_file));
  CHECK_NOTHROW(check_model(h, "who", Errc::bad_file));
  k.scaling = h.scaling = {std::vector<float>(4, -7.f), std::vector<float>(4, 1e-30f)};
  k.temperature = 1e-60, h.temperature = double{std::numeric_limits<float>::min()};
  k.centroids(0, 0) = -3e38f;
  h.best = 0;
  CHECK_NOTHROW(check_model(k, "who", Errc::bad_file));
  CHECK_NOTHROW(check_model(h, "who", Errc::bad_file));
}

TEST_CASE("centroids: each field that cannot be") {
  const KMeansModel model = centroids();
  shared_fields(model, 4);
  refused(model, "clusters (0)", [](KMeansModel& m) { m.centroids = Matrix<float>(0, 4); });
  refused(model, "columns (0)", [](KMeansModel& m) { m.centroids = Matrix<float>(3, 0); });
  for (const float bad : {not_a_number, HUGE_VALF})
    refused(model, "centroid 2", [&](KMeansModel& m) { m.centroids(2, 3) = bad; });
}

TEST_CASE("under cosine, centroids that are not of length one would give other distances than 1 - cos") {
  KMeansModel model = centroids();
  for (Index c = 0; c < 3; ++c) normalize(model.centroids.row(c), 4);
  model.cosine = true;
  CHECK_NOTHROW(check_model(model, "who", Errc::bad_file));
  for (const float factor : {0.f, 0.9f, 1.01f, 1e18f})
    refused(model, "centroid 1 has the squared length", [&](KMeansModel& m) {
      for (Index k = 0; k < 4; ++k) m.centroids(1, k) *= factor;
    });
}

TEST_CASE("heads: each field that cannot be, and sizes whose products wrap") {
  const HeadModel model = small_heads();
  shared_fields(model, 4);
  for (const double bad : {1e-39, 1e39})  // logits are divided by it in float32
    refused(model, "temperature", [&](HeadModel& m) { m.temperature = bad; });
  for (const Index bad :
       {Index{0}, Index{-1}, huge, std::numeric_limits<Index>::max(), std::numeric_limits<Index>::min()}) {
    refused(model, "features", [&](HeadModel& m) { m.shape.features = bad; });
    refused(model, "clusters", [&](HeadModel& m) { m.shape.clusters = bad; });
    refused(model, "heads", [&](HeadModel& m) { m.shape.heads = bad; });
    refused(model, "width", [&](HeadModel& m) { m.shape.widths[0] = bad; });
    refused(model, "width", [&](HeadModel& m) { m.shape.widths[1] = bad; });
    if (bad != 0) refused(model, "best head", [&](HeadModel& m) { m.best = bad; });
  }
  refused(model, "best head (2)", [](HeadModel& m) { m.best = 2; });
  refused(model, "layers (0)", [](HeadModel& m) { m.shape.widths.clear(); });
  refused(model, "must be more", [](HeadModel& m) { m.parameters.pop_back(); });
  refused(model, "must be fewer", [](HeadModel& m) { m.parameters.push_back(0); });
  refused(model, "must be more", [](HeadModel& m) { m.shape.heads = std::ssize(m.parameters); });
  refused(model, "must be more", [](HeadModel& m) {
    m.shape.features = m.shape.heads = m.shape.clusters = std::ssize(m.parameters);
    m.shape.widths.assign(m.parameters.size(), std::ssize(m.parameters));
  });
  refused(model, "layers", [](HeadModel& m) { m.shape.widths.assign(m.parameters.size() + 1, 1); });
  refused(model, "(nan at 5) must be finite", [](HeadModel& m) { m.parameters[5] = not_a_number; });
  HeadModel empty;
  CHECK_THROWS_AS(check_model(empty, "who", Errc::bad_file), error);
}

TEST_CASE("labelled rows: each field that cannot be") {
  GraphModel model{centroids(), test::random_rows(6, 4, 2), {0, 1, 2, 0, 1, 2}, 3};
  model.centroids.cosine = true;
  for (Index c = 0; c < 3; ++c) normalize(model.centroids.centroids.row(c), 4);
  for (Index i = 0; i < 6; ++i) normalize(model.rows.row(i), 4);
  CHECK_NOTHROW(check_model(model, "who", Errc::bad_file));
  refused(model, "temperature", [](GraphModel& m) { m.centroids.temperature = 0; });
  refused(model, "cosine", [](GraphModel& m) { m.centroids.cosine = false; });
  refused(model, "rows (3 columns)", [](GraphModel& m) { m.rows = Matrix<float>(6, 3, 1.f); });
  refused(model, "labels (5)", [](GraphModel& m) { m.labels.pop_back(); });
  refused(model, "at least one", [](GraphModel& m) { m.rows = Matrix<float>(0, 4), m.labels.clear(); });
  for (const Index bad : {Index{0}, Index{7}, huge})
    refused(model, "neighbors", [&](GraphModel& m) { m.neighbors = bad; });
  for (const Label bad : {-1, 3}) refused(model, "of row 4", [&](GraphModel& m) { m.labels[4] = bad; });
  for (const float bad : {not_a_number, HUGE_VALF, 0.f})
    refused(model, "row 2", [&](GraphModel& m) { std::fill_n(m.rows.row(2), 4, bad); });
}
