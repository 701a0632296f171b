// How do I run shoal on my own machine or library?
//
// A backend is a handle that models shoal::Backend: parallel tasks, a matrix product, a memory budget. Here
// the products are those of any CBLAS (OpenBLAS, BLIS, MKL), and the tasks run on shoal's threads. Every
// algorithm runs on it by its generic engine; a backend that can do better specialises AssignerOn (k-means),
// StepOn (heads) or SearchOn (neighbours).
#include <algorithm>
#include <cblas.h>
#include <cmath>
#include <cstdio>
#include <string>

#include <shoal/shoal.hpp>

class Blas {
 public:
  [[nodiscard]] int threads() const { return workers_.threads(); }
  [[nodiscard]] std::size_t memory() const { return 0; }  // no limit
  template <class F> void each_task(shoal::Index tasks, F&& f) const { workers_.each_task(tasks, f); }

  // c ← a b, or c += a b, of row-major matrices.
  void product(shoal::Operand a, shoal::Operand b, shoal::MatrixView<float> c,
               shoal::Update update = shoal::Update::assign) const {
    if (c.rows == 0 || c.cols == 0) return;
    const auto size = [](shoal::Index n) { return static_cast<int>(n); };
    const auto stride = [](const auto& m) { return static_cast<int>(std::max<shoal::Index>(m.stride, 1)); };
    cblas_sgemm(CblasRowMajor, a.transposed ? CblasTrans : CblasNoTrans,
                b.transposed ? CblasTrans : CblasNoTrans, size(c.rows), size(c.cols), size(a.col_count()),
                1.f, a.matrix.data, stride(a.matrix), b.matrix.data, stride(b.matrix),
                update == shoal::Update::add ? 1.f : 0.f, c.data, stride(c));
  }

 private:
  shoal::Cpu workers_;
};
static_assert(shoal::Backend<Blas>);

// The result of a method on a backend: a score that rounding hardly affects, and labels.
struct Outcome {
  double score;
  std::vector<shoal::Label> labels;
};

// Whether both backends give the same result to rounding.
bool same(const char* name, const Outcome& own, const Outcome& cpu) {
  const double agreement = shoal::evaluate(own.labels, cpu.labels).acc;
  std::printf("%-8s %.6f by CBLAS, %.6f by Cpu; %.2f %% of the labels agree\n", name, own.score, cpu.score,
              100 * agreement);
  return std::abs(own.score - cpu.score) <= 1e-3 * std::abs(cpu.score) && agreement > 0.99;
}

int main(int argc, char** argv) {
  const std::string data = argc > 1 ? argv[1] : "examples/data";
  const auto features = shoal::npy::map(data + "/features.npy");

  const auto kmeans = [&](const auto& backend) {
    const auto result = shoal::fit(shoal::KMeans<>{.clusters = 24, .iterations = 10}, features, backend);
    return Outcome{result.objective, result.labels};
  };
  const auto temi = [&](const auto& backend) {
    const auto neighbors = shoal::exact_neighbors(features, {.count = 25}, backend);
    shoal::TEMI method{.clusters = 24, .heads = 2, .epochs = 3, .learning_rate = 1e-3, .warmup_epochs = 1};
    method.hidden = {128};  // small, so that this runs in seconds
    const auto result = shoal::fit(method, features, shoal::NearestPairs{neighbors}, backend);
    return Outcome{result.history.back().loss, result.labels};
  };
  const Blas blas;
  const shoal::Cpu cpu;
  return same("k-means", kmeans(blas), kmeans(cpu)) && same("TEMI", temi(blas), temi(cpu)) ? 0 : 1;
}
