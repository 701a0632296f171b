// Model files whose every field lies in turn, resealed so that no checksum tells: loading is refused, or
// gives a model whose answers are within its bounds.
#include "support/random_rows.hpp"
#include "support/refused.hpp"
#include "support/scratch.hpp"

#include <cmath>
#include <functional>
#include <limits>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/io/generated_rows.hpp>
#include <shoal/model/saved_model.hpp>

using namespace shoal;

namespace {

constexpr Index features = 5, clusters = 3;

Matrix<float> rows(Index cols) {
  Matrix<float> x(40, cols);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>((i * 37 + 11) % 23) - 11.f;
  return x;
}

KMeansModel centroids(bool cosine) {
  KMeansModel model{Matrix<float>(clusters, features, 0.5f), cosine, 0.3, {}};
  for (Index c = 0; c < clusters; ++c) {
    model.centroids(c, c) = -1;
    if (cosine) normalize(model.centroids.row(c), features);
  }
  model.scaling = {std::vector<float>(features, 0.1f), std::vector<float>(features, 2.f)};
  return model;
}

HeadModel heads(bool plain = false) {
  HeadModel model{{features, {4, 2}, clusters, 2, plain}, {}, 1, 0.1, {}};
  model.parameters = initial_parameters(model.shape, 3);
  return model;
}

/// A change of what is written: called after the model's own entries, so that a name given again replaces
/// one.
using Lie = std::function<void(ModelWriter&)>;

/// The file of a model with one lie.
template <class Fitted>
void save_lie(const std::filesystem::path& path, const Fitted& model, const Lie& lie) {
  ModelWriter file;
  file.text("method", "m");
  file.text("settings", "{}");
  saved_model_impl::put(file, model);
  lie(file);
  file.save(path);
}

/// Whether the file is refused. What is not must predict within bounds.
bool is_refused(const std::filesystem::path& path) {
  SavedModel saved;
  try {
    saved = load_model(path);
  } catch (const error& e) {
    CHECK_MESSAGE(e.code() == Errc::bad_file, e.what());
    return true;
  }
  const Cpu cpu({.threads = 1});
  const Index cols = std::visit(
      [](const auto& model) {
        if constexpr (requires { model.centroids.centroids; })
          return model.centroids.centroids.cols();
        else if constexpr (requires { model.centroids; })
          return model.centroids.cols();
        else
          return model.shape.features;
      },
      saved.model);
  const Index most = std::visit(
      [](const auto& model) {
        if constexpr (requires { model.centroids.centroids; })
          return model.centroids.centroids.rows();
        else if constexpr (requires { model.centroids; })
          return model.centroids.rows();
        else
          return model.shape.clusters;
      },
      saved.model);
  const Matrix<float> x = rows(cols);
  try {
    const Prediction p = predict(saved.model, Rows(x), cpu);
    for (const Label l : p.labels) CHECK_UNARY(l >= 0 && l < most);
    for (Index i = 0; i < p.top.size(); ++i) CHECK_UNARY(p.top.data()[i] >= 0 && p.top.data()[i] < most);
    for (const float c : p.confidence) CHECK_UNARY(c >= 0 && c <= 1);
  } catch (const error&) {  // rows that such a model can't take
  }
  return false;
}

/// Each lie about each entry of the model. Returns how many were told, and how many refused.
template <class Fitted>
std::pair<Index, Index> tell_all(const Scratch& folder, const Fitted& model,
                                 const std::vector<std::string>& numbers,
                                 const std::vector<std::string>& arrays,
                                 const std::vector<std::string>& texts) {
  Index told = 0, refused = 0;
  const auto tell = [&](const Lie& lie) {
    save_lie(folder / "lie.shoal", model, lie);
    ++told;
    refused += is_refused(folder / "lie.shoal") ? 1 : 0;
  };
  for (const auto* names : {&numbers, &arrays, &texts})
    for (const std::string& name : *names) {
      CAPTURE(name);
      for (const char* text : {"",
                               "0",
                               "-1",
                               "1",
                               "2",
                               "nan",
                               "inf",
                               "-inf",
                               "1e-400",
                               "1e-300",
                               "1e-39",
                               "1e300",
                               "2147483648",
                               "1099511627776",
                               "9223372036854775807",
                               "4611686018427387904",
                               "18446744073709551616",
                               "0x10",
                               " 1",
                               "1.5",
                               "cosine",
                               "euclidean",
                               "manhattan",
                               "centroids",
                               "heads",
                               "plain heads",
                               "graph"})
        tell([&](ModelWriter& file) { file.text(name, text); });
      for (const auto& [r, c] :
           {std::pair<Index, Index>{0, 0}, {0, 5}, {5, 0}, {1, 1}, {1, 2}, {2, 1}, {3, 5}, {5, 3}, {1, 1000}})
        for (const double value : {0., -1., 1., 3e38, 1e30, 1e18, std::nan(""), HUGE_VAL, 1e-40}) {
          const Matrix<float> f(r, c, static_cast<float>(value));
          const Matrix<double> d(r, c, value);
          const auto whole = std::isfinite(value) ? static_cast<Index>(std::clamp(value, -9e18, 9e18)) : -7;
          const Matrix<Index> w(r, c, whole);
          const Matrix<std::int32_t> n(
              r, c, static_cast<std::int32_t>(std::clamp<Index>(whole, -2147483648, 2147483647)));
          tell([&](ModelWriter& file) { file.array(name, f.view()); });
          tell([&](ModelWriter& file) { file.array(name, d.view()); });
          tell([&](ModelWriter& file) { file.array(name, w.view()); });
          tell([&](ModelWriter& file) { file.array(name, n.view()); });
        }
    }
  return {told, refused};
}

}  // namespace

TEST_CASE("centroids that lie are refused, or predict within bounds") {
  const Scratch folder("lies", memory_folder());
  for (const bool cosine : {true, false}) {
    save_lie(folder / "m.shoal", centroids(cosine), [](ModelWriter&) {});
    CHECK_FALSE(is_refused(folder / "m.shoal"));
    const auto [told, refused] =
        tell_all(folder, centroids(cosine), {"temperature"}, {"centroids", "mean", "scale"},
                 {"distance", "kind", "method", "settings"});
    CHECK(told > 2500);
    CHECK(refused > told * 2 / 3);
  }
}

TEST_CASE("heads that lie are refused, or predict within bounds") {
  const Scratch folder("lies", memory_folder());
  for (const bool plain : {false, true}) {
    save_lie(folder / "m.shoal", heads(plain), [](ModelWriter&) {});
    CHECK_FALSE(is_refused(folder / "m.shoal"));
    const auto [told, refused] =
        tell_all(folder, heads(plain), {"features", "clusters", "heads", "best head", "temperature"},
                 {"widths", "parameters", "mean", "scale"}, {"kind", "method", "settings"});
    CHECK(told > 4000);
    CHECK(refused > told * 2 / 3);
  }
}

TEST_CASE("labelled rows that lie are refused, or predict within bounds") {
  const Scratch folder("lies", memory_folder());
  Matrix<float> x = test::random_rows(6, features, 2);
  for (Index i = 0; i < 6; ++i) normalize(x.row(i), features);
  const GraphModel model{centroids(true), x, {0, 1, 2, 0, 1, 2}, 3};
  save_lie(folder / "m.shoal", model, [](ModelWriter&) {});
  CHECK_FALSE(is_refused(folder / "m.shoal"));
  const auto [told, refused] = tell_all(folder, model, {"neighbors"}, {"rows", "labels"}, {"by", "kind"});
  CHECK(told > 1000);
  CHECK(refused > told * 2 / 3);
}

TEST_CASE("a model that lacks any one of its entries is refused, and the entry is named") {
  const Scratch folder("lies", memory_folder());
  const auto lacks = [&](const auto& model, const std::vector<std::string>& texts,
                         const std::vector<std::string>& floats, const std::vector<std::string>& whole,
                         const std::vector<std::string>& labels) {
    save_lie(folder / "whole.shoal", model, [](ModelWriter&) {});
    const ModelFile all(folder / "whole.shoal");
    std::vector<std::string> names;
    for (const auto* some : {&texts, &floats, &whole, &labels})
      names.insert(names.end(), some->begin(), some->end());
    const auto save_without = [&](const std::string& missing) {
      ModelWriter file;
      for (const std::string& name : texts)
        if (name != missing) file.text(name, all.text(name));
      for (const std::string& name : floats)
        if (name != missing) file.array(name, all.array<float>(name));
      for (const std::string& name : whole)
        if (name != missing) file.array(name, all.array<Index>(name));
      for (const std::string& name : labels)
        if (name != missing) file.array(name, all.array<Label>(name));
      file.save(folder / "lie.shoal");
    };
    save_without("");
    CHECK_FALSE(is_refused(folder / "lie.shoal"));
    for (const std::string& name : names) {
      CAPTURE(name);
      save_without(name);
      test::refused(Errc::bad_file, name, [&] { (void)load_model(folder / "lie.shoal"); });
    }
  };
  lacks(centroids(true), {"method", "settings", "kind", "distance", "temperature"},
        {"centroids", "mean", "scale"}, {}, {});
  lacks(heads(), {"method", "settings", "kind", "features", "clusters", "heads", "best head", "temperature"},
        {"parameters", "mean", "scale"}, {"widths"}, {});
  Matrix<float> x = test::random_rows(3, features, 2);
  for (Index i = 0; i < 3; ++i) normalize(x.row(i), features);
  lacks(GraphModel{centroids(true), x, {0, 1, 2}, 3},
        {"method", "settings", "kind", "distance", "temperature", "neighbors", "by"},
        {"centroids", "mean", "scale", "rows"}, {}, {"labels"});
}

TEST_CASE("each lie says what it is about") {
  const Scratch folder("lies", memory_folder());
  const auto says = [&](const auto& model, const std::string& words, const Lie& lie) {
    save_lie(folder / "lie.shoal", model, lie);
    test::refused(Errc::bad_file, words, [&] { (void)load_model(folder / "lie.shoal"); });
  };
  const auto wide = [](float value) { return Matrix<float>(1, features, value); };
  const Matrix<float> huge(3, features, HUGE_VALF), long_ones(3, features, 5.f), nothing(0, features),
      negative = wide(-1), zero = wide(0);
  const std::vector<Index> narrow{4, 0}, more{4, 3}, fewer{4, 1};
  const KMeansModel k = centroids(true);
  says(k, "'manhattan' as distance", [](ModelWriter& f) { f.text("distance", "manhattan"); });
  says(k, "temperature (0)", [](ModelWriter& f) { f.number("temperature", 0.); });
  says(k, "temperature (-0.1)", [](ModelWriter& f) { f.number("temperature", -0.1); });
  says(k, "temperature (nan)", [](ModelWriter& f) { f.text("temperature", "nan"); });
  says(k, "temperature (inf)", [](ModelWriter& f) { f.text("temperature", "inf"); });
  says(k, "centroid 0 must be finite", [&](ModelWriter& f) { f.array("centroids", huge.view()); });
  says(k, "centroid 0 has the squared length 125",
       [&](ModelWriter& f) { f.array("centroids", long_ones.view()); });
  says(k, "clusters (0)", [&](ModelWriter& f) { f.array("centroids", nothing.view()); });
  says(k, "mean (5) and scale (0)", [](ModelWriter& f) { f.array("scale", std::vector<float>{}); });
  says(k, "scale (-1) must be positive", [&](ModelWriter& f) { f.array("scale", negative.view()); });
  says(k, "scale (0) must be positive", [&](ModelWriter& f) { f.array("scale", zero.view()); });
  const HeadModel h = heads();
  says(h, "best head (2) must be in [0, 2)", [](ModelWriter& f) { f.number("best head", 2); });
  says(h, "best head (-1)", [](ModelWriter& f) { f.number("best head", -1); });
  says(h, "heads (0)", [](ModelWriter& f) { f.number("heads", 0); });
  says(h, "features (-5)", [](ModelWriter& f) { f.number("features", -5); });
  says(h, "clusters (-3)", [](ModelWriter& f) { f.number("clusters", -3); });
  says(h, "layers (0)", [](ModelWriter& f) { f.array("widths", std::vector<Index>{}); });
  says(h, "width (0)", [&](ModelWriter& f) { f.array("widths", narrow); });
  says(h, "must be more", [&](ModelWriter& f) { f.array("widths", more); });
  says(h, "must be fewer", [&](ModelWriter& f) { f.array("widths", fewer); });
  says(h, "features (1099511627776)", [](ModelWriter& f) { f.number("features", Index{1} << 40); });
}

TEST_CASE("a model that could not be read back is not written") {
  const Scratch folder("lies", memory_folder());
  HeadModel diverged = heads();
  diverged.parameters[7] = std::numeric_limits<float>::quiet_NaN();
  test::refused(Errc::invalid_argument, "parameters (nan at 7) must be finite", [&] {
    save_model(folder / "m.shoal", {diverged, "TEMI", "{}"});
  });
  CHECK_FALSE(std::filesystem::exists(folder / "m.shoal"));
}

TEST_CASE("weights count as repeated rows in the temperature of a model") {
  const Cpu cpu({.threads = 1});
  Matrix<float> x(4, 1), start(2, 1);
  x(0, 0) = 0, x(1, 0) = 1, x(2, 0) = 10, x(3, 0) = 11, start(0, 0) = 0, start(1, 0) = 10;
  const auto temperature = [&](float weight) {
    const std::vector<float> weights(4, weight);
    KMeans<Euclidean> settings{.clusters = 2};
    settings.weights = weights;
    settings.start = start.view();
    return model_of<Euclidean>(fit(settings, Rows(x), cpu)).temperature;
  };
  CHECK(temperature(1) == doctest::Approx(0.1 * 25.25));
  CHECK(temperature(1000) == doctest::Approx(temperature(1)));
}
