// Atomic numbers that threads wait on, on every system.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace shoal {

/// An atomic number whose wait() sleeps under a lock of its own. Whoever changes the number calls
/// notify_all() afterwards.
template <class T> class LockedWaitable : public std::atomic<T> {
 public:
  using std::atomic<T>::atomic;
  using std::atomic<T>::operator=;

  /// Returns once the number is another than `old`.
  void wait(T old) const {
    std::unique_lock held(mutex_);
    changed_.wait(held, [&] { return this->load() != old; });
  }
  /// Wakes all threads that wait. Taking the lock first lets none of them fall asleep in between.
  void notify_all() {
    { const std::scoped_lock held(mutex_); }
    changed_.notify_all();
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
};

/// std::atomic where its wait() can be relied on. That of GCC's library before 12.3 loses a notification now
/// and then where it has no futex, on Windows above all, and its thread then sleeps forever (GCC's bug
/// 104928).
#if defined(__GLIBCXX__) && !defined(_GLIBCXX_HAVE_PLATFORM_WAIT)
template <class T> using Waitable = LockedWaitable<T>;
#else
template <class T> using Waitable = std::atomic<T>;
#endif

}  // namespace shoal
