// A second stream, on which work runs beside that of a first.
#pragma once

#include <shoal/backend/gpu_memory.cuh>

namespace shoal {

/// A stream beside a first one, with the events that put their work in order.
template <class Rt> class SideStream {
 public:
  explicit SideStream(const Rt& runtime) : stream_(runtime), forked_(runtime), joined_(runtime) {}
  ~SideStream() { stream_.finish(); }

  [[nodiscard]] GpuStream<Rt>& stream() { return stream_; }

  /// While it lives, work on the side stream runs after what was enqueued on `first` before. After join(),
  /// work on `first` runs after that of the side stream. Without join(), as after an exception, its end waits
  /// for the side stream, whose memory may be freed next.
  class Fork {
   public:
    Fork(SideStream& side, GpuStream<Rt>& first) : side_(side), first_(first) {
      first_.record(side_.forked_);
      side_.stream_.wait(side_.forked_);
    }
    ~Fork() {
      if (!joined_) side_.stream_.finish();
    }
    Fork(const Fork&) = delete;
    Fork& operator=(const Fork&) = delete;

    void join() {
      side_.stream_.record(side_.joined_);
      first_.wait(side_.joined_);
      joined_ = true;
    }

   private:
    SideStream& side_;
    GpuStream<Rt>& first_;
    bool joined_ = false;
  };

 private:
  GpuStream<Rt> stream_;
  GpuEvent<Rt> forked_, joined_;
};

}  // namespace shoal
