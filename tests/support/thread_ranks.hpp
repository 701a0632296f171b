// Ranks that are threads of one process: a communicator for tests where there is no MPI.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstring>
#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <thread>
#include <vector>

#include <shoal/backend/communicator.hpp>
#include <shoal/core/waitable.hpp>

namespace test {

/// A place where `ranks` threads wait for one another, again and again. std::barrier waits as std::atomic
/// does, which loses notifications on Windows (core/waitable.hpp).
class Barrier {
 public:
  explicit Barrier(int ranks) : ranks_(ranks) {}
  void arrive_and_wait() {
    const unsigned now = round_;
    if (here_.fetch_add(1) + 1 < ranks_) return round_.wait(now);
    here_ = 0;
    round_.fetch_add(1);
    round_.notify_all();
  }

 private:
  int ranks_;
  std::atomic<int> here_{0};
  shoal::Waitable<unsigned> round_{0};
};

/// What the threads share: a place for the bytes of each rank, and a barrier.
struct RankRoom {
  explicit RankRoom(int ranks) : parts(static_cast<std::size_t>(ranks)), all_here(ranks) {}
  std::vector<std::span<const std::byte>> parts;
  Barrier all_here;
};

/// One of the ranks. Each exchange shows all ranks' bytes to all, between two barriers.
class ThreadRank {
 public:
  ThreadRank(RankRoom& room, int rank) : ThreadRank({&room, [](RankRoom*) {}}, rank) {}
  ThreadRank(std::shared_ptr<RankRoom> room, int rank) : room_(std::move(room)), rank_(rank) {}
  [[nodiscard]] int rank() const { return rank_; }
  [[nodiscard]] int size() const { return static_cast<int>(room_->parts.size()); }

  void sum(std::span<std::int64_t> sums) const {
    const std::vector<std::int64_t> mine(sums.begin(), sums.end());
    show(std::as_bytes(std::span(mine)), [&] {
      std::ranges::fill(sums, 0);
      for (const auto part : room_->parts)
        for (std::size_t i = 0; i < sums.size(); ++i) {
          std::int64_t value;
          std::memcpy(&value, part.data() + i * sizeof value, sizeof value);
          sums[i] += value;
        }
    });
  }
  void all_gather(std::span<const std::byte> mine, std::span<const std::size_t>,
                  std::span<std::byte> all) const {
    show(mine, [&] {
      auto to = all.begin();
      for (const auto part : room_->parts) to = std::copy(part.begin(), part.end(), to);
    });
  }
  void broadcast(std::span<std::byte> bytes, int root) const {
    const std::vector<std::byte> mine(bytes.begin(), bytes.end());
    show(mine, [&] { std::ranges::copy(room_->parts[static_cast<std::size_t>(root)], bytes.begin()); });
  }
  void ring(std::span<const std::byte> mine, std::span<std::byte> theirs, FunctionRef<void()> work) const {
    show(mine, [&] {
      std::ranges::copy(room_->parts[static_cast<std::size_t>((rank_ + size() - 1) % size())],
                        theirs.begin());
    });
    work();
  }
  /// The first rank of each group makes their room.
  [[nodiscard]] ThreadRank split(int group) const {
    struct Mine {
      int group;
      std::shared_ptr<RankRoom> room;
    };
    std::vector<Mine> all;
    const auto look = [&](const Mine& mine) {
      all.clear();
      show(std::as_bytes(std::span(&mine, 1)), [&] {
        for (const auto part : room_->parts) all.push_back(*reinterpret_cast<const Mine*>(part.data()));
      });
    };
    look({group, nullptr});
    const auto own = [&](const Mine& other) { return other.group == group; };
    const auto before = std::count_if(all.begin(), all.begin() + rank_, own);
    const auto members = static_cast<int>(std::ranges::count_if(all, own));
    look({group, before == 0 ? std::make_shared<RankRoom>(members) : nullptr});
    return {std::ranges::find_if(all, own)->room, static_cast<int>(before)};
  }

 private:
  template <class Read> void show(std::span<const std::byte> mine, const Read& read) const {
    room_->parts[static_cast<std::size_t>(rank_)] = mine;
    room_->all_here.arrive_and_wait();
    read();
    room_->all_here.arrive_and_wait();
  }

  std::shared_ptr<RankRoom> room_;
  int rank_;
};
static_assert(shoal::DivisibleCommunicator<ThreadRank>);

/// Calls work(ThreadRank) on each of `ranks` threads, and rethrows what one of them threw. All must throw if
/// one does, as together() sees to.
template <class Work> void over_ranks(int ranks, const Work& work) {
  RankRoom room(ranks);
  std::vector<std::exception_ptr> thrown(static_cast<std::size_t>(ranks));
  std::vector<std::thread> threads;
  for (int rank = 0; rank < ranks; ++rank)
    threads.emplace_back([&, rank] {
      try {
        work(ThreadRank(room, rank));
      } catch (...) {
        thrown[static_cast<std::size_t>(rank)] = std::current_exception();
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (const std::exception_ptr& error : thrown)
    if (error) std::rethrow_exception(error);
}

}  // namespace test
