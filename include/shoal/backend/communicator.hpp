// The concept Communicator, by which algorithms exchange data with the other ranks; its model for a single
// rank; and a reference to any model.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/config.hpp>
#include <shoal/core/function_ref.hpp>

namespace shoal {

/// Ranks 0 to size() − 1, each with its own rows, which call the same functions in the same order. Laws
/// (laws/communicator.hpp): sum(v) replaces each element by its sum over all ranks, in integers, so that the
/// order does not matter. all_gather(mine, sizes, all) writes the bytes of all ranks to `all` in the order of
/// ranks, where sizes[r] is the number of bytes of rank r. broadcast(bytes, root) copies those of root to
/// every rank. ring(mine, theirs, work) calls work() while `mine` is sent to the next rank and `theirs` is
/// received from the previous one, and has finished with both when it returns or throws. A communicator is a
/// handle: cheap to copy.
template <class C>
concept Communicator = std::copyable<C> &&
    requires(const C c, std::span<std::int64_t> sums, std::span<const std::byte> mine,
             std::span<const std::size_t> sizes, std::span<std::byte> room, FunctionRef<void()> work) {
  { c.rank() } -> std::convertible_to<int>;
  { c.size() } -> std::convertible_to<int>;
  c.sum(sums);
  c.all_gather(mine, sizes, room);
  c.broadcast(room, 0);
  c.ring(mine, room, work);
};

/// A communicator whose ranks can be divided into groups: split(group) returns that of the ranks that pass
/// the same group, in the order of their ranks. All ranks call it.
template <class C>
concept DivisibleCommunicator = Communicator<C> && requires(const C c) {
  { c.split(0) } -> std::same_as<C>;
};

/// A single rank, which holds all rows.
class Alone {
 public:
  [[nodiscard]] int rank() const { return 0; }
  [[nodiscard]] int size() const { return 1; }
  void sum(std::span<std::int64_t>) const {}
  void all_gather(std::span<const std::byte> mine, std::span<const std::size_t>,
                  std::span<std::byte> all) const {
    std::copy(mine.begin(), mine.end(), all.begin());
  }
  void broadcast(std::span<std::byte>, int) const {}
  void ring(std::span<const std::byte> mine, std::span<std::byte> theirs, FunctionRef<void()> work) const {
    std::copy(mine.begin(), mine.end(), theirs.begin());
    work();
  }
  [[nodiscard]] Alone split(int) const { return {}; }
};
static_assert(DivisibleCommunicator<Alone>);

/// An error that every rank throws.
class SharedError : public error {
 public:
  using error::error;
};

/// A type-erased reference to any communicator, against which algorithms are compiled. The communicator must
/// outlive it. Each exchange begins with a small sum by which the ranks agree that none of them has failed.
/// If one has (see together() below), all throw its error, and none waits for it. That sum carries up to
/// eight numbers, which then need no exchange of their own.
class AnyCommunicator {
 public:
  /// A single rank.
  AnyCommunicator() : AnyCommunicator(alone) {}
  template <class C>
    requires(!std::same_as<C, AnyCommunicator> && Communicator<C>)
  AnyCommunicator(const C& ranks)  // NOLINT: a reference to any communicator
      : ranks_(std::addressof(ranks)),
        rank_(ranks.rank()),
        size_(ranks.size()),
        sum_([](const void* c, std::span<std::int64_t> sums) { static_cast<const C*>(c)->sum(sums); }),
        all_gather_([](const void* c, std::span<const std::byte> mine, std::span<const std::size_t> sizes,
                       std::span<std::byte> all) { static_cast<const C*>(c)->all_gather(mine, sizes, all); }),
        broadcast_([](const void* c, std::span<std::byte> bytes, int root) {
          static_cast<const C*>(c)->broadcast(bytes, root);
        }),
        ring_([](const void* c, std::span<const std::byte> mine, std::span<std::byte> theirs,
                 FunctionRef<void()> work) { static_cast<const C*>(c)->ring(mine, theirs, work); }) {
    if constexpr (DivisibleCommunicator<C>)
      split_ = [](const void* c, int group) {
        std::shared_ptr<const void> part(new const C(static_cast<const C*>(c)->split(group)));
        AnyCommunicator any(*static_cast<const C*>(part.get()));
        any.kept_ = std::move(part);
        return any;
      };
  }

  [[nodiscard]] int rank() const { return rank_; }
  [[nodiscard]] int size() const { return size_; }
  [[nodiscard]] bool is_alone() const { return size_ == 1; }

  /// Replaces each element by its sum over all ranks.
  void sum(std::span<std::int64_t> sums) const {
    if (is_alone()) return;
    if (sums.size() <= few) {
      const std::vector<std::int64_t> agreed = agree(nullptr, sums, 0);
      std::copy_n(agreed.begin() + 1, sums.size(), sums.begin());
    } else {
      meet();
      sum_(ranks_, sums);
    }
  }
  /// The values of all ranks, one rank after the other. T must be trivially copyable; ranks may pass
  /// different numbers of values.
  template <class T> [[nodiscard]] std::vector<T> all_gather(const T* mine, std::size_t count) const {
    return gathered<std::vector<T>>(mine, count);
  }
  /// The same for a std::vector or a Buffer of values.
  template <class Values> [[nodiscard]] Values all_gather(const Values& mine) const {
    return gathered<Values>(mine.data(), mine.size());
  }
  /// The same where it is known that no rank has failed and that rank r passes `sizes[r]` bytes, written to
  /// `all`.
  void all_gather_known(std::span<const std::byte> mine, std::span<const std::size_t> sizes,
                        std::span<std::byte> all) const {
    all_gather_(ranks_, mine, sizes, all);
  }
  /// Copies the values of `root` to all ranks.
  template <class T> void broadcast(std::span<T> values, int root) const {
    if (is_alone()) return;
    meet();
    broadcast_(ranks_, std::as_writable_bytes(values), root);
  }
  /// Calls work() while `mine` is sent to the next rank and `theirs` is received from the previous one.
  template <class T> void ring(std::span<const T> mine, std::span<T> theirs, FunctionRef<void()> work) const {
    meet();
    ring_(ranks_, std::as_bytes(mine), std::as_writable_bytes(theirs), work);
  }

  /// Whether the ranks can be divided into groups, and the communicator of those that pass the same group.
  /// Its exchanges agree on the errors of the group alone.
  [[nodiscard]] bool divisible() const { return split_ != nullptr; }
  [[nodiscard]] AnyCommunicator split(int group) const {
    meet();
    return split_(ranks_, group);
  }

  /// A barrier. If a rank has failed, throws the error of the lowest rank that has.
  void meet() const { (void)agree(nullptr, {}, 0); }
  /// Reports that this rank has failed: it throws this error, and all others do at their next exchange.
  [[noreturn]] void tell(const error& own) const {
    (void)agree(&own, {}, 0);
    throw SharedError(own.code(), own.what());  // a single rank
  }

 private:
  static constexpr std::size_t few = 8;

  /// The sums over all ranks of the number of failures, of `numbers`, and of one number for each rank, where
  /// this rank contributes `mine`. Throws if a rank has failed.
  std::vector<std::int64_t> agree(const error* own, std::span<const std::int64_t> numbers,
                                  std::int64_t mine) const;
  [[noreturn]] void throw_shared(const error* own, std::int64_t failed) const;
  template <class Values, class T> [[nodiscard]] Values gathered(const T* mine, std::size_t count) const {
    if (is_alone()) return {mine, mine + count};
    const std::vector<std::size_t> sizes = sizes_of_all(count * sizeof(T));
    Values all(std::accumulate(sizes.begin(), sizes.end(), std::size_t{0}) / sizeof(T));
    all_gather_(ranks_, {reinterpret_cast<const std::byte*>(mine), count * sizeof(T)}, sizes,
                {reinterpret_cast<std::byte*>(all.data()), all.size() * sizeof(T)});
    return all;
  }
  /// The number of bytes that each rank passes, where this one passes `bytes`.
  [[nodiscard]] std::vector<std::size_t> sizes_of_all(std::size_t bytes) const;

  static constexpr Alone alone{};
  const void* ranks_;
  int rank_, size_;
  void (*sum_)(const void*, std::span<std::int64_t>);
  void (*all_gather_)(const void*, std::span<const std::byte>, std::span<const std::size_t>,
                      std::span<std::byte>);
  void (*broadcast_)(const void*, std::span<std::byte>, int);
  void (*ring_)(const void*, std::span<const std::byte>, std::span<std::byte>, FunctionRef<void()>);
  AnyCommunicator (*split_)(const void*, int) = nullptr;
  std::shared_ptr<const void> kept_;  // the communicator of a group
};

inline std::vector<std::int64_t> AnyCommunicator::agree(const error* own,
                                                        std::span<const std::int64_t> numbers,
                                                        std::int64_t mine) const {
  if (is_alone()) return {};
  std::vector<std::int64_t> words(1 + few + static_cast<std::size_t>(size_), 0);
  words[0] = own != nullptr ? 1 : 0;
  std::copy(numbers.begin(), numbers.end(), words.begin() + 1);
  words[1 + few + static_cast<std::size_t>(rank_)] = mine;
  sum_(ranks_, words);
  if (words[0] != 0) throw_shared(own, words[0]);
  return words;
}

inline std::vector<std::size_t> AnyCommunicator::sizes_of_all(std::size_t bytes) const {
  const std::vector<std::int64_t> agreed = agree(nullptr, {}, static_cast<std::int64_t>(bytes));
  return {agreed.begin() + 1 + few, agreed.end()};
}

inline void AnyCommunicator::throw_shared(const error* own, std::int64_t failed) const {
  // The code and the message length of each rank, then the messages.
  std::vector<std::int64_t> states(2 * static_cast<std::size_t>(size_), 0);
  const std::string message = own != nullptr ? own->what() : "";
  if (own != nullptr) {
    states[2 * static_cast<std::size_t>(rank_)] = 1 + static_cast<std::int64_t>(own->code());
    states[2 * static_cast<std::size_t>(rank_) + 1] = std::ssize(message);
  }
  sum_(ranks_, states);
  std::vector<std::size_t> sizes;
  std::size_t total = 0;
  for (std::size_t r = 0; r < static_cast<std::size_t>(size_); ++r) {
    sizes.push_back(static_cast<std::size_t>(states[2 * r + 1]));
    total += sizes.back();
  }
  std::string all(total, ' ');
  all_gather_(ranks_, {reinterpret_cast<const std::byte*>(message.data()), message.size()}, sizes,
              {reinterpret_cast<std::byte*>(all.data()), all.size()});
  std::size_t first = 0;
  while (states[2 * first] == 0) ++first;
  const auto code = static_cast<Errc>(states[2 * first] - 1);
  const std::string said = all.substr(0, sizes[first]);
  if (failed == size_ && all.size() == said.size() * sizes.size())
    throw SharedError(code, said);  // all failed alike
  throw SharedError(code, "rank " + std::to_string(first) + " of " + std::to_string(size_) + ": " + said);
}

/// Calls work(), which all ranks do. If it throws on one of them, all throw the same shoal::error, which
/// names the rank unless all failed alike, and none waits for it. Exceptions other than shoal::error
/// propagate only where they were thrown. work() may contain exchanges of `ranks`.
template <class Work> auto together(const AnyCommunicator& ranks, Work&& work) {
  if (ranks.is_alone()) return work();
  try {
    if constexpr (std::is_void_v<decltype(work())>) {
      work();
      return ranks.meet();
    } else {
      auto result = work();
      ranks.meet();
      return result;
    }
  } catch (const SharedError&) {
    throw;
  } catch (const error& own) {
    ranks.tell(own);
  } catch (const std::exception& own) {
    try {
      ranks.tell(error(Errc::stopped, own.what()));
    } catch (const SharedError&) {
    }
    throw;
  }
}

}  // namespace shoal
