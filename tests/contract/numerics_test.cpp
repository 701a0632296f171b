// The contract of numbers: at every common offset and every scale of the rows an algorithm is right, or
// refuses them by an error of its own. The oracle is double precision. docs/numerics.md shows the tables,
// which are held to what is found here, line by line.

#include "contract/double_oracle.hpp"
#include "heads/reference.hpp"
#include "support/scratch.hpp"

#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/shoal.hpp>

using namespace shoal;
using namespace double_oracle;

namespace {

/// One line of a table: an algorithm, and whether it is right on some rows.
struct Line {
  std::string name;
  std::function<bool(const PlacedRows&)> right;
};

bool is_near(double value, double expected, double share) {
  return std::abs(value - expected) <= share * std::abs(expected);
}

/// Whether no row is apart from those of its blob. Half precision may not tell blobs apart.
bool blobs_found(std::span<const Label> labels, const PlacedRows& x) {
  return x.dtype == Dtype::float16 || adjusted_rand_index(pair_counts(contingency(labels, x.truth))) == 1;
}

/// Rows are with their nearest centroids, the loss is the sum of their distances, and blobs are found.
template <class Geo> bool fit_is_right(const KMeansResult& fit, const PlacedRows& x) {
  const Distances distances(x.values, fit.centroids, Geo::unit);
  const double scale = Geo::unit ? 2 : 1;
  return distances.nearest(fit.labels) && distances.sums_to(scale * fit.objective, fit.labels) &&
         (fit.centroids.rows() != blobs || blobs_found(fit.labels, x));
}

/// With clusters of equal sizes, which need not be the nearest.
template <class Geo> bool bounded_is_right(const PlacedRows& x) {
  const KMeans<Geo, Capacity> settings{
      .clusters = blobs, .restarts = 10, .balancing = {n / blobs, n / blobs}};
  const KMeansResult result = fit(settings, x.rows(), Cpu{});
  const Distances distances(x.values, result.centroids, Geo::unit);
  for (Label c = 0; c < blobs; ++c)
    if (std::count(result.labels.begin(), result.labels.end(), c) != n / blobs) return false;
  return distances.sums_to((Geo::unit ? 2 : 1) * result.objective, result.labels) &&
         blobs_found(result.labels, x);
}

template <class Geo> bool mini_batch_is_right(const PlacedRows& x) {
  MiniBatchKMeans<Geo> batches(x.starts());
  const Rows rows = x.rows();
  for (Index first = 0; first < n; first += n / 4) {
    const Matrix<float> before = batches.centroids();
    std::vector<Index> ids;
    for (Index i = 0; i < n / 4; ++i) ids.push_back(first + i);
    const Subset batch(rows, ids);
    Matrix<float> values(n / 4, d);
    batch.read(0, values);
    if (!Distances(values, before, Geo::unit).nearest(batches.partial_fit(batch, Cpu{}))) return false;
  }
  return true;
}

/// Labels, distances, and the confidences of a model.
template <class Geo> bool predict_is_right(const PlacedRows& x) {
  const Matrix<float> start = x.starts();
  const KMeansResult fitted = fit(KMeans<Geo>{.clusters = blobs, .start = start}, x.rows(), Cpu{});
  const KMeansPrediction near = predict<Geo>(fitted.centroids, x.rows(), Cpu{});
  const KMeansModel model = model_of<Geo>(fitted);
  const Prediction prediction = predict(model, x.rows(), Cpu{});
  const Distances distances(x.values, fitted.centroids, Geo::unit);
  const std::vector<Label> labels(near.labels.data(), near.labels.data() + n);
  bool right = distances.nearest(labels) && distances.nearest(prediction.labels);
  for (Index i = 0; i < n; ++i) {
    const double half = Geo::unit ? 0.5 : 1;  // 1 − cos is half the squared distance
    double sum = 0;
    for (Index c = 0; c < blobs; ++c)
      sum += std::exp((distances.least(i) - distances.squares(i, c)) * half / model.temperature);
    right = right && std::abs(double{prediction.confidence[at(i)]} - 1 / sum) <= 1e-3;
    const double own = half * distances.squares(i, labels[at(i)]), most = std::numeric_limits<float>::max();
    right = right &&
            (own > most ? std::isinf(near.distances(i, 0))
                        : std::abs(double{near.distances(i, 0)} - own) <=
                              1e-5 * own + distances.rounding + double{std::numeric_limits<float>::min()});
  }
  return right;
}

template <class Geo> void add_kmeans(std::vector<Line>& lines, const std::string& name) {
  const auto add = [&](const std::string& what, auto settings) {
    lines.push_back({what + ", " + name, [=](const PlacedRows& x) {
                       return fit_is_right<Geo>(fit(settings, x.rows(), Cpu{}), x);
                     }});
  };
  add("k-means from random rows", KMeans<Geo>{.clusters = 30, .seeding = Seeding::random});
  add("k-means++", KMeans<Geo>{.clusters = blobs, .restarts = 10});
  add("k-means, AFK-MC²", KMeans<Geo>{.clusters = 30, .seeding = Seeding::afk_mc2});
  add("hierarchical k-means", HierarchicalKMeans<Geo>{.clusters = 30});
  lines.push_back({"k-means of bounded sizes, " + name, bounded_is_right<Geo>});
  lines.push_back({"mini-batch k-means, " + name, mini_batch_is_right<Geo>});
  lines.push_back({"labels, distances and confidences of k-means, " + name, predict_is_right<Geo>});
}

/// How near rows i and j are in double: greater is nearer.
double nearness(const Matrix<double>& u, Index i, Index j, Similarity similarity) {
  if (similarity != Similarity::inner_product) return -square_gap(u.row(i), u.row(j));
  return sum_in_double(d, [&](Index k) { return u(i, k) * u(j, k); });
}

/// Whether the neighbours of each row are the nearest rows, in order.
bool neighbors_are_right(const PlacedRows& x, Similarity similarity) {
  constexpr Index m = 10;
  const Neighbors found = exact_neighbors(x.rows(), {.count = m, .similarity = similarity}, Cpu{});
  const Matrix<double> u = in_double(x.values, similarity == Similarity::cosine);
  for (Index i = 0; i < n; ++i) {
    std::vector<double> all;
    for (Index j = 0; j < n; ++j)
      if (j != i) all.push_back(nearness(u, i, j, similarity));
    std::partial_sort(all.begin(), all.begin() + m, all.end(), std::greater<>());
    const double rounding = 1e-14 * std::max(std::abs(all[0]), nearness(u, i, i, Similarity::inner_product));
    for (Index k = 0; k < m; ++k)
      if (std::abs(nearness(u, i, found.ids(i, k), similarity) - all[at(k)]) > rounding) return false;
  }
  return true;
}

bool silhouette_is_right(const PlacedRows& x, bool cosine) {
  const Silhouette found =
      silhouette(x.rows(), x.truth, {.distance = cosine ? Distance::cosine : Distance::euclidean});
  return std::abs(found.mean - silhouette_of(all_distances(x.values, cosine), x.truth)) <= 1e-4;
}
bool separability_is_right(const PlacedRows& x, bool cosine) {
  const Separability found =
      separability(x.rows(), x.truth, {.distance = cosine ? Distance::cosine : Distance::euclidean});
  return is_near(found.davies_bouldin, davies_bouldin_of(x.values, x.truth, cosine), 1e-4);
}

/// Mean 0 and deviation 1 of each column, to the rounding of the values themselves.
bool standardizing_is_right(const PlacedRows& x) {
  const Rows rows = x.rows();
  const Standardized standardized(rows, Cpu{});
  Matrix<float> z(n, d);
  standardized.read(0, z);
  for (Index j = 0; j < d; ++j) {
    double mean = 0, square = 0;
    for (Index i = 0; i < n; ++i) mean += double{x.values(i, j)} / n;
    for (Index i = 0; i < n; ++i) square += std::pow(double{x.values(i, j)} - mean, 2) / (n - 1);
    const double deviation = square > 0 ? std::sqrt(square) : 1;
    for (Index i = 0; i < n; ++i) {
      const double expected = (double{x.values(i, j)} - mean) / deviation;
      if (!(std::abs(double{z(i, j)} - expected) <= 1e-5 + 0x1p-23 * std::abs(mean) / deviation))
        return false;
    }
  }
  return true;
}

/// The probabilities of trained heads are those that double precision has of their parameters.
bool heads_are_right(const PlacedRows& x, bool standardize) {
  Matrix<std::int32_t> partners(n, 1);
  for (Index i = 0; i < n; ++i) partners(i, 0) = static_cast<std::int32_t>((i + blobs) % n);
  TEMI method{.clusters = blobs};
  method.heads = 2, method.batch = n / 2, method.epochs = 2, method.hidden = {16}, method.bottleneck = 8;
  method.standardize = standardize;
  const HeadFit trained = fit(method, x.rows(), NearestPairs{partners}, Cpu{});
  const HeadModel& model = trained.model;
  const std::vector<double> parameters(model.parameters.begin(), model.parameters.end());
  for (Index i = 0; i < n; i += 7) {
    reference::Row row;
    for (Index j = 0; j < d; ++j)
      row.push_back(standardize ? (double{x.values(i, j)} - double{model.scaling.mean[at(j)]}) *
                                      double{model.scaling.scale[at(j)]}
                                : double{x.values(i, j)});
    const reference::Row log_q = reference::log_softmax(
        reference::logits(model.shape, parameters, model.best, row), model.temperature);
    const double most = std::exp(*std::max_element(log_q.begin(), log_q.end()));
    if (!(std::abs(double{trained.confidence[at(i)]} - most) <= 1e-3 * most)) return false;
  }
  return true;
}

std::vector<Line> lines() {
  std::vector<Line> all;
  add_kmeans<Euclidean>(all, "Euclidean");
  add_kmeans<Cosine>(all, "cosine");
  for (const auto& [name, similarity] : {std::pair("Euclidean", Similarity::euclidean),
                                         {"cosine", Similarity::cosine},
                                         {"inner product", Similarity::inner_product}})
    all.push_back({std::string("neighbours, ") + name, [similarity = similarity](const PlacedRows& x) {
                     return neighbors_are_right(x, similarity);
                   }});
  for (const bool cosine : {false, true}) {
    const std::string name = cosine ? "cosine" : "Euclidean";
    all.push_back(
        {"silhouette, " + name, [=](const PlacedRows& x) { return silhouette_is_right(x, cosine); }});
    all.push_back(
        {"Davies-Bouldin, " + name, [=](const PlacedRows& x) { return separability_is_right(x, cosine); }});
  }
  all.push_back({"standardised columns", standardizing_is_right});
  all.push_back({"heads", [](const PlacedRows& x) { return heads_are_right(x, false); }});
  all.push_back({"heads, standardised", [](const PlacedRows& x) { return heads_are_right(x, true); }});
  return all;
}

std::string power_of_ten(double value) {
  std::ostringstream text;
  text << "10^" << std::lround(std::log10(value));
  return value == 1 ? "1" : text.str();
}

/// One cell: "right", and at which scales rows are refused, or the result is wrong.
std::string cell(const Line& line, double offset, const std::vector<double>& scales, Dtype dtype) {
  std::string refused, wrong;
  for (const double scale : scales) {
    std::string* list = nullptr;
    try {
      if (!line.right(PlacedRows(offset, scale, dtype))) list = &wrong;
    } catch (const error&) {
      list = &refused;
    }
    if (list) *list += (list->empty() ? "" : ", ") + power_of_ten(scale);
  }
  CHECK_MESSAGE(wrong.empty(), line.name, " is wrong at offset ", offset, ", scales ", wrong);
  if (!wrong.empty()) return "wrong × " + wrong;
  return refused.empty() ? "right" : "refused × " + refused;
}

/// Holds the documented table to what is found.
void check_table(Dtype dtype, const std::vector<double>& scales) {
  const std::string page = content(EXAMPLE_DATA "/../../docs/numerics.md");
  const std::string source = dtype == Dtype::float16 ? "float16" : "float32";
  for (const Line& line : lines()) {
    std::string row = "| " + source + " | " + line.name + " |";
    for (const double offset : {0., 1e3, 1e4, 1e5, 1e6})
      row += " " + cell(line, offset, scales, dtype) + " |";
    CHECK_MESSAGE(page.find(row) != std::string::npos, "docs/numerics.md lacks the line:\n", row);
  }
}

}  // namespace

TEST_CASE("float32 rows at every offset and scale: right, or refused") {
  check_table(Dtype::float32, {1e-30, 1e-20, 1e-10, 1, 1e10, 1e20, 1e30});
}

TEST_CASE("float16 rows at every offset and scale: right, or refused") {
  check_table(Dtype::float16, {1e-2, 1, 1e2});
}
