// delayed_link MICROSECONDS BYTES_PER_SECOND HOST…: a switch between hosts that are network namespaces of one
// Linux machine, for kernels without netem. Each HOST (a name in /var/run/netns) gets a TUN device, link0;
// host k's address is 10.99.0.k. A packet leaves its host's link at BYTES_PER_SECOND and arrives MICROSECONDS
// later. Runs until it is killed; needs root.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <queue>
#include <sched.h>
#include <stdexcept>
#include <string>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Packet {
  Clock::time_point arrival;
  std::vector<char> bytes;
};

/// A host's end of its cable.
struct Port {
  int device = -1;
  Clock::time_point free{};          ///< when the link has sent all that was given to it
  std::queue<Packet> arriving = {};  ///< in the order of arrival, as all links are as fast
};

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

/// The TUN device link0 of a namespace. A device belongs to the namespace in which /dev/net/tun is opened.
int open_port(const std::string& host) {
  const int space = open(("/var/run/netns/" + host).c_str(), O_RDONLY);
  if (space < 0 || setns(space, CLONE_NEWNET) != 0) fail(host);
  close(space);
  const int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
  ifreq request{};
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  std::strcpy(request.ifr_name, "link0");
  if (device < 0 || ioctl(device, TUNSETIFF, &request) != 0) fail("/dev/net/tun");
  return device;
}

class Switch {
 public:
  Switch(double microseconds, double bytes_per_second, const std::vector<std::string>& hosts)
      : delay_(microseconds * 1e-6), rate_(bytes_per_second) {
    for (const std::string& host : hosts) ports_.push_back({open_port(host)});
  }

  [[noreturn]] void run() {
    for (;;) {
      wait();
      for (Port& from : ports_) take(from);
      for (Port& to : ports_) deliver(to);
    }
  }

 private:
  static Clock::duration seconds(double s) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(s));
  }

  /// Until a packet has been sent or is to arrive.
  void wait() {
    std::vector<pollfd> sent;
    Clock::time_point next = Clock::time_point::max();
    for (const Port& p : ports_) {
      sent.push_back({p.device, POLLIN, 0});
      if (!p.arriving.empty()) next = std::min(next, p.arriving.front().arrival);
    }
    timespec timeout{};
    if (next != Clock::time_point::max()) {
      const auto left = std::max(next - Clock::now(), Clock::duration{}).count();
      timeout = {left / 1'000'000'000, left % 1'000'000'000};
    }
    ppoll(sent.data(), sent.size(), next == Clock::time_point::max() ? nullptr : &timeout, nullptr);
  }

  /// Queues what a host has sent at the host that it is sent to: the last byte of the IPv4 destination.
  void take(Port& from) {
    std::vector<char> buffer(65536);
    for (ssize_t size; (size = read(from.device, buffer.data(), buffer.size())) > 0;) {
      const auto to = static_cast<unsigned char>(buffer[19]);
      if (size < 20 || buffer[0] >> 4 != 4 || to < 1 || to > ports_.size()) continue;
      from.free = std::max(from.free, Clock::now()) + seconds(static_cast<double>(size) / rate_);
      ports_[to - 1u].arriving.push({from.free + seconds(delay_), {buffer.data(), buffer.data() + size}});
    }
  }

  static void deliver(Port& to) {
    while (!to.arriving.empty() && to.arriving.front().arrival <= Clock::now()) {
      const std::vector<char>& bytes = to.arriving.front().bytes;
      if (write(to.device, bytes.data(), bytes.size()) < 0 && errno == EAGAIN) return;
      to.arriving.pop();
    }
  }

  double delay_, rate_;
  std::vector<Port> ports_;
};

}  // namespace

int main(int count, char** arguments) try {
  if (count < 4) throw std::runtime_error("usage: delayed_link MICROSECONDS BYTES_PER_SECOND HOST…");
  // Else the kernel wakes the switch up to 50 µs late, or milliseconds late where ranks keep all cores busy.
  prctl(PR_SET_TIMERSLACK, 1);
  const sched_param first{1};
  sched_setscheduler(0, SCHED_FIFO, &first);
  Switch(std::atof(arguments[1]), std::atof(arguments[2]), {arguments + 3, arguments + count}).run();
} catch (const std::exception& e) {
  std::fprintf(stderr, "delayed_link: %s\n", e.what());
  return 1;
}
