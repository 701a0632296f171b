#include <atomic>
#include <support/gpu.hpp>
#include <support/refused.hpp>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/backend/gpu_rows.cuh>
#include <shoal/kmeans/cuda/assigner_on_gpu.cuh>

using namespace shoal;
using host::FakeRuntime;

namespace {

/// Rows that count how many of them were read.
struct CountedRows {
  const Matrix<float>& values;
  Index* read_rows;

  [[nodiscard]] Index rows() const { return values.rows(); }
  [[nodiscard]] Index cols() const { return values.cols(); }
  void read(Index first, MatrixView<float> out) const {
    *read_rows += out.rows;
    Rows(values).read(first, out);
  }
  void gather(std::span<const Index> ids, MatrixView<float> out) const { Rows(values).gather(ids, out); }
  void will_need(Index, Index) const {}
};

/// Values that 16 bits hold.
Matrix<float> narrow_values(Index n, Index d, bool bfloat16) {
  Matrix<float> rows = test::random_rows(n, d, 1);
  for (Index i = 0; i < rows.size(); ++i) {
    float& x = rows.data()[i];
    x = bfloat16 ? bfloat16_to_float(float_to_bfloat16(x * 1e10f)) : half_to_float(float_to_half(x));
  }
  return rows;
}

/// Two walks, each row doubled by the preparation: the rows that they saw, and how many were read.
struct Walks {
  Matrix<float> first, second;
  Index read = 0;
  bool narrow = false;

  Walks(const Matrix<float>& values, std::size_t room, host::Turns turns = host::Turns::ascending)
      : first(values.rows(), values.cols()), second(values.rows(), values.cols()) {
    FakeRuntime runtime(turns);
    {
      GpuStream<FakeRuntime> stream(runtime);
      const CountedRows source{values, &read};
      DeviceRows<FakeRuntime> rows(stream, source, 16, room, [&](Block, MatrixView<float> x) {
        stream.launch(thread_per_item(x.rows * x.cols), Doubled{}, x);
      });
      narrow = rows.narrow();
      for (Matrix<float>* out : {&first, &second})
        rows.each_block([&](Block b, MatrixView<const float> x) {
          to_host(stream, out->row(b.first), x.data, b.count * x.cols);
        });
    }
    CHECK(runtime.live() == 0);
  }

 private:
  struct Doubled {
    template <class Exec> SHOAL_HD void operator()(Exec& exec, MatrixView<float> x) const {
      const Index i = thread_item(exec);
      if (i < x.rows * x.cols) x.data[i] *= 2;
    }
  };
};

bool equal(const Matrix<float>& a, const Matrix<float>& b) {
  return std::equal(a.data(), a.data() + a.size(), b.data());
}

}  // namespace

TEST_CASE("rows that 16 bits hold stay on the device in them where floats don't fit, with the same bits") {
  const Index n = 70, d = 5, floats = n * d * 4;
  for (const bool bfloat16 : {false, true})
    for (const host::Turns turns : {host::Turns::ascending, host::Turns::descending}) {
      const Matrix<float> values = narrow_values(n, d, bfloat16);
      const Walks resident(values, static_cast<std::size_t>(floats), turns),
          narrow(values, static_cast<std::size_t>(floats / 2), turns), streamed(values, 0, turns);
      CHECK(narrow.narrow);
      CHECK(!resident.narrow);
      CHECK(!streamed.narrow);
      CHECK(resident.read == n);
      CHECK(narrow.read == n);
      CHECK(streamed.read == 2 * n);
      for (const Walks* walks : {&resident, &narrow, &streamed}) {
        CHECK(equal(walks->first, streamed.first));
        CHECK(equal(walks->second, streamed.first));
      }
      CHECK(streamed.first(3, 2) == 2 * values(3, 2));
    }
}

TEST_CASE("rows that 16 bits don't hold are streamed, whether the first or the last block tells") {
  for (const Index row : {1, 69}) {
    Matrix<float> values = narrow_values(70, 5, false);
    values(row, 4) = 1 + 0x1p-20f;
    const Walks walks(values, 70 * 5 * 2);
    CHECK(!walks.narrow);
    CHECK(walks.read == (row == 1 ? 16 : 70) + 2 * 70);
    CHECK(walks.first(row, 4) == 2 * values(row, 4));
    CHECK(equal(walks.first, walks.second));
  }
}

TEST_CASE("k-means of float16 rows has the same bits whether these are floats, 16 bits or streamed") {
  const Index n = 16384 + 500, d = 4;
  const Matrix<float> values = narrow_values(n, d, false);
  const KMeans<> settings{.clusters = 5, .iterations = 3, .seed = 1};
  const auto run = [&](std::size_t rows_room, Index& read) {
    const FakeRuntime runtime;
    const Gpu<FakeRuntime> free(runtime, {.threads = 1});
    const std::size_t needed =
        plan(settings, {n, d}, free)["assignment"];  // beside the rows, which stay as far as they fit
    const CountedRows source{values, &read};
    return fit(settings, source, Gpu<FakeRuntime>(runtime, {.memory = needed + rows_room, .threads = 1}));
  };
  Index floats = 0, narrow = 0, streamed = 0;
  const std::size_t all = static_cast<std::size_t>(n * d) * 4;
  const KMeansResult expected = run(all, floats), found = run(all / 2, narrow), slow = run(64, streamed);
  CHECK(found.labels == expected.labels);
  CHECK(found.objective == expected.objective);
  CHECK(slow.labels == expected.labels);
  CHECK(narrow == floats);
  CHECK(streamed > narrow);
}

TEST_CASE("rows as 16 bits: whatever call fails, the error arrives and nothing leaks") {
  const Matrix<float> values = narrow_values(40, 3, true);
  host::survives_failures(false, [&](const FakeRuntime& runtime) {
    GpuStream<FakeRuntime> stream(runtime);
    DeviceRows<FakeRuntime> rows(stream, Rows(values), 16, 40 * 3 * 2);
    rows.each_block([](Block, MatrixView<const float>) {});
    stream.synchronize();
  });
}
