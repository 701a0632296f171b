#include <doctest/doctest.h>

#include <shoal/laws/communicator.hpp>

using namespace shoal;

namespace {

/// One rank, wrong in one way.
class Wrong : public Alone {
 public:
  enum class Fault { none, adds, forgets, lies, hides_errors };
  explicit Wrong(Fault fault) : fault_(fault) {}

  [[nodiscard]] int rank() const { return fault_ == Fault::lies ? 1 : 0; }
  void sum(std::span<std::int64_t> sums) const {
    if (fault_ == Fault::adds && !sums.empty()) ++sums[0];
  }
  void ring(std::span<const std::byte> mine, std::span<std::byte> theirs,
            const std::function<void()>& work) const {
    if (fault_ != Fault::forgets) return Alone::ring(mine, theirs, [&] { quietly(work); });
    work();
  }

 private:
  void quietly(const std::function<void()>& work) const {
    try {
      work();
    } catch (const error&) {
      if (fault_ != Fault::hides_errors) throw;
    }
  }
  Fault fault_;
};

}  // namespace

TEST_CASE("the laws of a communicator find what is wrong with one") {
  CHECK_NOTHROW(laws::obeys_communicator(Wrong(Wrong::Fault::none)));
  for (const auto fault :
       {Wrong::Fault::adds, Wrong::Fault::forgets, Wrong::Fault::lies, Wrong::Fault::hides_errors})
    CHECK_THROWS_AS(laws::obeys_communicator(Wrong(fault)), error);
}
