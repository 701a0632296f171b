#include "work.hpp"

#include <shoal/heads/fit.hpp>
#include <shoal/heads/small_data.hpp>
#include <shoal/model/saved_model.hpp>
#include <shoal/sampling/nearest_pairs.hpp>
#include <shoal/sampling/views.hpp>

namespace {

using shoal::Index;
using Pairs = nb::ndarray<const std::int32_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

/// What a caller may set; what is None keeps the method's default.
struct Asked {
  Index clusters, heads, batch, bottleneck;
  std::optional<Index> epochs;
  std::optional<double> learning_rate;
  std::optional<std::vector<Index>> hidden;
  bool small_data;
  std::uint64_t seed;
};

template <class Method> Method settings_of(const Asked& asked, Index rows) {
  Method method{.clusters = asked.clusters};
  method.heads = asked.heads;
  method.batch = std::min(asked.batch, rows);
  method.bottleneck = asked.bottleneck;
  method.seed = asked.seed;
  if (asked.epochs) method.epochs = *asked.epochs;
  if (asked.learning_rate) method.learning_rate = method.final_rate = *asked.learning_rate;
  if (asked.hidden) method.hidden = *asked.hidden;
  return asked.small_data ? shoal::small_data(method, rows) : method;
}

/// A model as a dictionary, which pickle takes.
nb::dict dict_of(shoal::HeadModel model) {
  nb::dict out;
  out["features"] = model.shape.features;
  out["widths"] = model.shape.widths;
  out["clusters"] = model.shape.clusters;
  out["heads"] = model.shape.heads;
  out["plain"] = model.shape.plain;
  out["best"] = model.best;
  out["temperature"] = model.temperature;
  out["parameters"] = array_of(std::vector<float>(model.parameters.begin(), model.parameters.end()));
  out["mean"] = array_of(std::move(model.scaling.mean));
  out["scale"] = array_of(std::move(model.scaling.scale));
  return out;
}

std::vector<float> floats_of(const nb::dict& from, const char* key) {
  const auto values = nb::cast<Floats>(from[key]);
  return {values.data(), values.data() + values.size()};
}

/// The model again; throws where its parts contradict each other.
shoal::HeadModel model_of(const nb::dict& from) {
  const auto number = [&](const char* key) { return nb::cast<Index>(from[key]); };
  const std::vector<float> parameters = floats_of(from, "parameters");
  shoal::HeadModel model{
      {number("features"), nb::cast<std::vector<Index>>(from["widths"]), number("clusters"), number("heads"),
       from.contains("plain") && nb::cast<bool>(from["plain"])},
      {parameters.data(), parameters.data() + parameters.size()},
      number("best"),
      nb::cast<double>(from["temperature"]),
      {floats_of(from, "mean"), floats_of(from, "scale")}};
  shoal::check_model(model, "predict", shoal::Errc::invalid_argument);
  return model;
}

template <class Method, class Sampler>
nb::dict fit(const Asked& asked, const shoal::Rows& rows, const Sampler& sampler, int threads,
             nb::object progress) {
  PythonHook python(std::move(progress));
  shoal::HeadFit result = unlocked(python, [&](const shoal::Hook& hook) {
    return shoal::fit(settings_of<Method>(asked, rows.rows()), rows, sampler, cpu_of(threads), hook);
  });
  nb::list losses;
  for (const shoal::HeadEpoch& epoch : result.history) losses.append(epoch.loss);
  nb::dict out;
  out["losses"] = losses;
  out["steps"] = result.steps;
  out["stopped"] = python.interrupted()                    ? "interrupted"
                   : result.stop == shoal::HeadStop::asked ? "stopped"
                                                           : "finished";
  out["labels"] = array_of(std::move(result.labels));
  out["confidence"] = array_of(std::move(result.confidence));
  out["model"] = dict_of(std::move(result.model));
  return out;
}

template <class Sampler>
nb::dict fit(const std::string& method, const Asked& asked, const shoal::Rows& rows, const Sampler& sampler,
             int threads, nb::object progress) {
  if (method == "TEMI") return fit<shoal::TEMI>(asked, rows, sampler, threads, std::move(progress));
  if (method == "SCANv2") return fit<shoal::SCANv2>(asked, rows, sampler, threads, std::move(progress));
  shoal::check(method == "SCP", shoal::Errc::invalid_argument, "method (", method,
               ") must be TEMI, SCANv2 or SCP");
  return fit<shoal::SCP>(asked, rows, sampler, threads, std::move(progress));
}

}  // namespace

void add_heads(nb::module_& m) {
  m.def(
      "heads_fit",
      [](const std::string& method, const Array2& x, const std::string& dtype,
         const std::optional<Pairs>& neighbors, const std::optional<Array2>& view,
         const std::string& view_dtype, Index clusters, Index heads, Index batch, Index bottleneck,
         std::optional<Index> epochs, std::optional<double> learning_rate,
         std::optional<std::vector<Index>> hidden, bool small_data, std::uint64_t seed, int threads,
         nb::object progress) {
        const Asked asked{clusters,          heads,      batch, bottleneck, epochs, learning_rate,
                          std::move(hidden), small_data, seed};
        const shoal::Rows rows = rows_of(x, dtype);
        if (view) {
          const shoal::Rows other = rows_of(*view, view_dtype);
          return fit(method, asked, rows, shoal::Views(other), threads, std::move(progress));
        }
        shoal::check(neighbors.has_value(), shoal::Errc::invalid_argument,
                     "fit: neighbors or a view must be given");
        const shoal::MatrixView<const std::int32_t> ids{neighbors->data(),
                                                        static_cast<Index>(neighbors->shape(0)),
                                                        static_cast<Index>(neighbors->shape(1))};
        return fit(method, asked, rows, shoal::NearestPairs(ids), threads, std::move(progress));
      },
      nb::arg("method"), nb::arg("x"), nb::arg("dtype"), nb::kw_only(), nb::arg("neighbors").none(),
      nb::arg("view").none(), nb::arg("view_dtype"), nb::arg("clusters"), nb::arg("heads"), nb::arg("batch"),
      nb::arg("bottleneck"), nb::arg("epochs").none(), nb::arg("learning_rate").none(),
      nb::arg("hidden").none(), nb::arg("small_data"), nb::arg("seed"), nb::arg("threads"),
      nb::arg("progress").none());
  m.def(
      "heads_predict",
      [](const nb::dict& model, const Array2& x, const std::string& dtype, int threads) {
        const shoal::HeadModel heads = model_of(model);
        const shoal::Rows rows = rows_of(x, dtype);
        PythonHook python{nb::none()};
        shoal::Prediction prediction = unlocked(
            python, [&](const shoal::Hook&) { return shoal::predict(heads, rows, cpu_of(threads), 1); });
        nb::dict out;
        out["labels"] = array_of(std::move(prediction.labels));
        out["confidence"] = array_of(std::move(prediction.confidence));
        return out;
      },
      nb::arg("model"), nb::arg("x"), nb::arg("dtype"), nb::kw_only(), nb::arg("threads"));
  m.def(
      "heads_save",
      [](const std::string& path, const std::string& method, const nb::dict& model) {
        shoal::save_model(path, {model_of(model), method, "by shoal for Python"});
      },
      nb::arg("path"), nb::arg("method"), nb::arg("model"));
}
