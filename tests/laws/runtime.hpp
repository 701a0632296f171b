// The laws of a runtime, for the emulated one (under doctest) and for a device's (in a program of its own).
#pragma once

#include <cmath>
#include <string>
#include <support/random_rows.hpp>
#include <utility>
#include <vector>

#include <shoal/backend/gpu_graph.cuh>

namespace shoal::laws {

/// out[i] ← in[i] + i for each i below count. A thread an item.
struct AddIndex {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, const int* in, shoal::Index count, int* out) const {
    const shoal::Index i = shoal::thread_item(exec);
    if (i < count) out[i] = in[i] + static_cast<int>(i);
  }
};

/// What one stream writes another reads after the event: the copies, the kernel and the zeros in that order.
template <class Rt, class Require> void orders_streams(const Rt& runtime, Require&& require) {
  using namespace shoal;
  constexpr Index count = 1000;
  GpuStream<Rt> first(runtime), second(runtime);
  GpuEvent<Rt> written(runtime);
  DeviceArray<Rt, int> numbers(first, count), sums(first, count);
  PinnedArray<Rt, int> from(runtime, count), back(runtime, count);
  for (int i = 0; i < count; ++i) from.host()[i] = 3 * i;
  first.zero(sums.data(), count);
  first.copy(numbers.data(), static_cast<const int*>(from.data()), count);
  first.launch(thread_per_item(count), AddIndex{}, static_cast<const int*>(numbers.data()), count,
               sums.data());
  first.record(written);
  second.wait(written);
  second.copy(back.data(), static_cast<const int*>(sums.data()), count);
  second.synchronize();
  bool right = true;
  for (int i = 0; i < count; ++i) right = right && back.host()[i] == 4 * i;
  require(right, "runtime: a stream that waits for an event reads what was written before it");
  first.zero(sums.data(), count);
  first.copy(back.data(), static_cast<const int*>(sums.data()), count);
  written.synchronize();
  first.synchronize();
  for (int i = 0; i < count; ++i) right = right && back.host()[i] == 0;
  require(right, "runtime: zeros");
}

/// c ← op(a) op(b), for all four ways of transposing, against double precision.
template <class Rt, class Require> void multiplies(shoal::GpuStream<Rt>& stream, Require&& require) {
  using namespace shoal;
  constexpr Index rows = 7, cols = 5, depth = 33;
  for (const bool left : {false, true})
    for (const bool right : {false, true}) {
      const Matrix<float> a = left ? test::random_rows(depth, rows, 1) : test::random_rows(rows, depth, 1),
                          b = right ? test::random_rows(cols, depth, 2) : test::random_rows(depth, cols, 2);
      DeviceArray<Rt, float> x(stream, a.size()), y(stream, b.size()), z(stream, rows * cols);
      to_device(stream, x.data(), a.data(), a.size());
      to_device(stream, y.data(), b.data(), b.size());
      stream.product({x.view(a.rows(), a.cols()), left}, {y.view(b.rows(), b.cols()), right},
                     z.view(rows, cols));
      Matrix<float> c(rows, cols);
      to_host(stream, c.data(), std::as_const(z).data(), c.size());
      bool near = true;
      for (Index i = 0; i < rows; ++i)
        for (Index j = 0; j < cols; ++j) {
          double sum = 0, all = 0;
          for (Index k = 0; k < depth; ++k) {
            const double term = static_cast<double>(left ? a(k, i) : a(i, k)) *
                                static_cast<double>(right ? b(j, k) : b(k, j));
            sum += term, all += std::abs(term);
          }
          near = near &&
                 std::abs(sum - static_cast<double>(c(i, j))) <= static_cast<double>(depth) * 0x1p-24 * all;
        }
      require(near, "runtime: a product is right for each way of transposing");
    }
}

/// A sort is by ascending key, and equal keys keep their order.
template <class Rt, class Require> void sorts(shoal::GpuStream<Rt>& stream, Require&& require) {
  using namespace shoal;
  constexpr Index count = 2000;
  std::vector<Label> keys(count), values(count);
  for (Index i = 0; i < count; ++i) {
    keys[static_cast<std::size_t>(i)] = static_cast<Label>(i * 7919 % 13);
    values[static_cast<std::size_t>(i)] = static_cast<Label>(i);
  }
  DeviceArray<Rt, Label> k(stream, count), v(stream, count);
  to_device(stream, k.data(), std::as_const(keys).data(), count);
  to_device(stream, v.data(), std::as_const(values).data(), count);
  stream.sort_pairs(k.data(), v.data(), count);
  to_host(stream, keys.data(), std::as_const(k).data(), count);
  to_host(stream, values.data(), std::as_const(v).data(), count);
  bool ordered = true;
  for (std::size_t i = 1; i < keys.size(); ++i)
    ordered = ordered && (keys[i - 1] < keys[i] || (keys[i - 1] == keys[i] && values[i - 1] < values[i]));
  for (std::size_t i = 0; i < keys.size(); ++i) ordered = ordered && keys[i] == values[i] * 7919 % 13;
  require(ordered, "runtime: pairs are sorted by key, equal keys in their order");
}

/// What is freed can be had again.
template <class Rt, class Require> void frees(Rt runtime, Require&& require) {
  const std::size_t before = runtime.free_memory();
  {
    shoal::GpuStream<Rt> stream(runtime);
    const shoal::DeviceArray<Rt, char> array(stream, 1 << 20);
    stream.synchronize();
  }
  require(before > 0 && runtime.free_memory() >= before / 100 * 99, "runtime: memory that is freed is free");
}

/// Recorded work does not run, and when replayed works on what memory holds then.
template <class Rt, class Require> void replays(shoal::GpuStream<Rt>& stream, Require&& require) {
  using namespace shoal;
  constexpr Index count = 100;
  DeviceArray<Rt, int> numbers(stream, count), sums(stream, count);
  PinnedArray<Rt, int> from(stream.runtime(), count), back(stream.runtime(), count);
  stream.zero(sums.data(), count);
  GpuGraph<Rt> graph(stream, [&] {
    stream.copy(numbers.data(), static_cast<const int*>(from.data()), count);
    stream.launch(thread_per_item(count), AddIndex{}, static_cast<const int*>(numbers.data()), count,
                  sums.data());
  });
  bool right = true;
  for (const int value : {0, 5, 7}) {  // 0: before the first replay
    if (value > 0) {
      for (int i = 0; i < count; ++i) from.host()[i] = value;
      graph.replay();
    }
    stream.copy(back.data(), static_cast<const int*>(sums.data()), count);
    stream.synchronize();
    for (int i = 0; i < count; ++i) right = right && back.host()[i] == (value > 0 ? value + i : 0);
  }
  require(right, "runtime: recorded work runs when it is replayed");
}

/// All of them; require(bool, what) takes each outcome.
template <shoal::Runtime Rt, class Require> void obeys_runtime(const Rt& runtime, Require&& require) {
  orders_streams(runtime, require);
  shoal::GpuStream<Rt> stream(runtime);
  multiplies(stream, require);
  sorts(stream, require);
  replays(stream, require);
  frees(runtime, require);
}

}  // namespace shoal::laws
