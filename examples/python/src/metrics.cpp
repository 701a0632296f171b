#include "work.hpp"

#include <shoal/metrics/calibration.hpp>
#include <shoal/metrics/evaluate.hpp>
#include <shoal/metrics/silhouette.hpp>

using Ids = nb::ndarray<const std::int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

void add_metrics(nb::module_& m) {
  m.def(
      "evaluate",
      [](const Ids& labels, const Ids& truth, int threads) {
        PythonHook python{nb::none()};
        const shoal::Quality q = unlocked(python, [&](const shoal::Hook&) {
          return shoal::evaluate(std::span(labels.data(), labels.size()),
                                 std::span(truth.data(), truth.size()), cpu_of(threads));
        });
        nb::dict out;
        out["acc"] = q.acc;
        out["nmi"] = q.nmi;
        out["ami"] = q.ami;
        out["ari"] = q.ari;
        out["purity"] = q.purity;
        out["homogeneity"] = q.homogeneity;
        out["completeness"] = q.completeness;
        out["fowlkes_mallows"] = q.fowlkes_mallows;
        out["samples"] = q.samples;
        out["clusters"] = q.clusters;
        out["classes"] = q.classes;
        return out;
      },
      nb::arg("labels"), nb::arg("truth"), nb::arg("threads"));
  m.def(
      "silhouette",
      [](const Array2& x, const std::string& dtype, const Ids& labels, bool cosine, shoal::Index sample,
         std::uint64_t seed, int threads) {
        const shoal::Rows rows = rows_of(x, dtype);
        const shoal::SilhouetteSettings settings{
            .distance = cosine ? shoal::Distance::cosine : shoal::Distance::euclidean,
            .sample = sample,
            .seed = seed};
        PythonHook python{nb::none()};
        return unlocked(python, [&](const shoal::Hook& hook) {
          return shoal::silhouette(rows, std::span(labels.data(), labels.size()), settings, cpu_of(threads),
                                   hook)
              .mean;
        });
      },
      nb::arg("x"), nb::arg("dtype"), nb::arg("labels"), nb::kw_only(), nb::arg("cosine"), nb::arg("sample"),
      nb::arg("seed"), nb::arg("threads"));
  m.def(
      "calibration_error",
      [](const Floats& confidence, const nb::ndarray<const std::uint8_t, nb::ndim<1>, nb::c_contig>& right,
         shoal::Index bins) {
        return shoal::calibration(span_of(confidence), std::span(right.data(), right.size()), {.bins = bins})
            .expected_error;
      },
      nb::arg("confidence"), nb::arg("right"), nb::arg("bins"));
}
