// The communicator over MPI, for programs that a launcher starts on many hosts.
#pragma once

#include <algorithm>
#include <exception>
#include <memory>
#include <mpi.h>
#include <span>
#include <string>
#include <vector>

#include <shoal/backend/communicator.hpp>
#include <shoal/core/function_ref.hpp>

namespace shoal::mpi {

/// Throws error(device) with the message of MPI unless a call succeeded.
inline void check_call(int result, const char* call) {
  if (result == MPI_SUCCESS) [[likely]]
    return;
  char words[MPI_MAX_ERROR_STRING];
  int length = 0;
  MPI_Error_string(result, words, &length);
  fail(Errc::device, call, ": ", std::string(words, static_cast<std::size_t>(length)));
}

/// The ranks of an MPI communicator. It is duplicated, so that shoal's messages never mix with the program's;
/// all its ranks must therefore call the constructor. The program must have called MPI_Init or
/// MPI_Init_thread; MPI_THREAD_FUNNELED suffices if the thread that called it also calls the algorithms. The
/// last copy must be destroyed before MPI_Finalize. Messages of more than 1 GiB are split, so that counts fit
/// MPI's integers.
class Communicator {
 public:
  explicit Communicator(MPI_Comm ranks) : comm_(duplicate(ranks), &release) {
    check_call(MPI_Comm_rank(*comm_, &rank_), "MPI_Comm_rank");
    check_call(MPI_Comm_size(*comm_, &size_), "MPI_Comm_size");
  }

  [[nodiscard]] int rank() const { return rank_; }
  [[nodiscard]] int size() const { return size_; }

  /// The communicator of the ranks that pass the same group.
  [[nodiscard]] Communicator split(int group) const {
    MPI_Comm part;
    check_call(MPI_Comm_split(*comm_, group, rank_, &part), "MPI_Comm_split");
    Communicator own(part);
    check_call(MPI_Comm_free(&part), "MPI_Comm_free");
    return own;
  }

  void sum(std::span<std::int64_t> sums) const {
    each_piece(sums.size(), sizeof(std::int64_t), [&](std::size_t first, int count) {
      check_call(MPI_Allreduce(MPI_IN_PLACE, sums.data() + first, count, MPI_INT64_T, MPI_SUM, *comm_),
                 "MPI_Allreduce");
    });
  }

  void all_gather(std::span<const std::byte> mine, std::span<const std::size_t> sizes,
                  std::span<std::byte> all) const {
    if (all.size() <= piece) return gather_small(mine, sizes, all);
    std::size_t at = 0;
    for (int root = 0; root < size_; ++root) {
      const auto part = all.subspan(at, sizes[static_cast<std::size_t>(root)]);
      if (root == rank_) std::copy(mine.begin(), mine.end(), part.begin());
      broadcast(part, root);
      at += part.size();
    }
  }

  void broadcast(std::span<std::byte> bytes, int root) const {
    each_piece(bytes.size(), 1, [&](std::size_t first, int count) {
      check_call(MPI_Bcast(bytes.data() + first, count, MPI_BYTE, root, *comm_), "MPI_Bcast");
    });
  }

  void ring(std::span<const std::byte> mine, std::span<std::byte> theirs, FunctionRef<void()> work) const {
    const int next = (rank_ + 1) % size_, before = (rank_ + size_ - 1) % size_;
    std::vector<MPI_Request> requests;
    each_piece(theirs.size(), 1, [&](std::size_t first, int count) {
      check_call(
          MPI_Irecv(theirs.data() + first, count, MPI_BYTE, before, 0, *comm_, &requests.emplace_back()),
          "MPI_Irecv");
    });
    each_piece(mine.size(), 1, [&](std::size_t first, int count) {
      check_call(MPI_Isend(mine.data() + first, count, MPI_BYTE, next, 0, *comm_, &requests.emplace_back()),
                 "MPI_Isend");
    });
    std::exception_ptr thrown;
    try {
      work();
    } catch (...) {
      thrown = std::current_exception();
    }
    check_call(MPI_Waitall(static_cast<int>(requests.size()), requests.data(), MPI_STATUSES_IGNORE),
               "MPI_Waitall");
    if (thrown) std::rethrow_exception(thrown);
  }

 private:
  static constexpr std::size_t piece = std::size_t{1} << 30;  // bytes of a message

  static MPI_Comm* duplicate(MPI_Comm ranks) {
    int ready = 0;
    MPI_Initialized(&ready);
    check(ready != 0, Errc::invalid_argument, "mpi::Communicator: MPI_Init must have been called");
    auto own = std::make_unique<MPI_Comm>();
    check_call(MPI_Comm_dup(ranks, own.get()), "MPI_Comm_dup");
    MPI_Comm_set_errhandler(*own, MPI_ERRORS_RETURN);
    return own.release();
  }
  static void release(MPI_Comm* own) {
    int finished = 0;
    MPI_Finalized(&finished);
    if (finished == 0) MPI_Comm_free(own);
    delete own;
  }

  /// Calls f(first, count) for pieces of `size` elements of `bytes` bytes each.
  template <class F> static void each_piece(std::size_t size, std::size_t bytes, const F& f) {
    for (std::size_t first = 0; first < size; first += piece / bytes)
      f(first, static_cast<int>(std::min(piece / bytes, size - first)));
  }

  void gather_small(std::span<const std::byte> mine, std::span<const std::size_t> sizes,
                    std::span<std::byte> all) const {
    std::vector<int> counts, places;
    int place = 0;
    for (const std::size_t size : sizes) {
      counts.push_back(static_cast<int>(size));
      places.push_back(place);
      place += counts.back();
    }
    check_call(MPI_Allgatherv(mine.data(), static_cast<int>(mine.size()), MPI_BYTE, all.data(), counts.data(),
                              places.data(), MPI_BYTE, *comm_),
               "MPI_Allgatherv");
  }

  std::shared_ptr<MPI_Comm> comm_;
  int rank_ = 0, size_ = 1;
};
static_assert(shoal::DivisibleCommunicator<Communicator>);

}  // namespace shoal::mpi
