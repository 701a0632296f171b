#include "support/random_rows.hpp"
#include "support/refused.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/io/concatenated.hpp>
#include <shoal/laws/row_source.hpp>

using namespace shoal;

namespace {

/// Rows that are decoded when they are first read: most_held / 4 bytes of them are then kept.
class Decoded {
 public:
  struct Log {
    std::atomic<std::size_t> held = 0;
    std::atomic<int> forgotten = 0, gathers = 0;
  };
  explicit Decoded(Rows rows) : rows_(rows) {}
  [[nodiscard]] Index rows() const { return rows_.rows(); }
  [[nodiscard]] Index cols() const { return rows_.cols(); }
  void read(Index first, MatrixView<float> out) const {
    log_->held = std::size_t{1} << 26;
    rows_.read(first, out);
  }
  void gather(std::span<const Index> ids, MatrixView<float> out) const {
    ++log_->gathers;
    log_->held = std::size_t{1} << 26;
    rows_.gather(ids, out);
  }
  void will_need(Index, Index) const {}
  [[nodiscard]] std::size_t held() const { return log_->held; }
  void forget() const {
    log_->held = 0;
    ++log_->forgotten;
  }
  [[nodiscard]] const Log& log() const { return *log_; }

 private:
  Rows rows_;
  std::shared_ptr<Log> log_ = std::make_shared<Log>();
};
static_assert(KeepsRows<Decoded> && !KeepsRows<Rows>);

/// 60 rows in 8 sources of which one has none, named "0" to "7".
const Matrix<float> all = test::random_rows(60, 3, 5);
const std::vector<Index> starts{0, 9, 9, 10, 20, 31, 40, 50, 60};
const std::vector<std::string> names{"0", "1", "2", "3", "4", "5", "6", "7"};
Rows part(const std::string& name) {
  const auto s = std::stoul(name);
  return all.view().block(starts[s], starts[s + 1] - starts[s]);
}

}  // namespace

TEST_CASE("several sources are one, whose rows follow one another") {
  const Concatenated<Rows> rows(names, part);
  CHECK(rows.sources().size() == 8);
  laws::row_source(rows);
  Matrix<float> read(60, 3);
  rows.read(0, read);
  CHECK(std::equal(read.data(), read.data() + 180, all.data()));
}

TEST_CASE("sources that keep what they have decoded are read one after another, and forget in turn") {
  const Concatenated<Decoded> rows(names, [](const std::string& name) { return Decoded(part(name)); });
  laws::row_source(rows);
  const auto held = [&] {
    std::size_t bytes = 0;
    for (const Decoded& source : rows.sources()) bytes += source.log().held;
    return bytes;
  };
  Matrix<float> read(60, 3);
  rows.read(0, read);
  CHECK(std::equal(read.data(), read.data() + 180, all.data()));
  CHECK(held() == Concatenated<Decoded>::most_held);
  for (const std::size_t s : {0u, 2u, 3u}) CHECK(rows.sources()[s].log().held == 0);

  // 25 rows of four sources cost a call of each, and those that were read last stay.
  const int before = rows.sources()[5].log().gathers, forgotten = rows.sources()[7].log().forgotten;
  std::vector<Index> ids;
  for (Index i = 0; i < 25; ++i) ids.push_back(20 + i * 7 % 40);
  Matrix<float> wide(25, 5, -1.f);
  rows.gather(ids, wide.view().columns(1, 3));
  for (Index i = 0; i < 25; ++i) {
    for (Index k = 0; k < 3; ++k) CHECK(wide(i, k + 1) == all(ids[static_cast<std::size_t>(i)], k));
    CHECK(wide(i, 0) == -1.f);
    CHECK(wide(i, 4) == -1.f);
  }
  CHECK(rows.sources()[5].log().gathers == before + 1);
  CHECK(rows.sources()[7].log().forgotten == forgotten);
  CHECK(held() == Concatenated<Decoded>::most_held);
}

TEST_CASE("sources of other columns are refused, and so are none") {
  const Matrix<float> wide = test::random_rows(3, 4, 1);
  test::refused(Errc::bad_file, "7 has 4 columns where 0 has 3", [&] {
    (void)Concatenated<Rows>(names,
                             [&](const std::string& name) { return name == "7" ? Rows(wide) : part(name); });
  });
  test::refused(Errc::invalid_argument, "there are no files", [] { (void)Concatenated<Rows>({}, part); });
}
