#include <doctest/doctest.h>

#include <shoal/laws/row_team.hpp>

using namespace shoal;

namespace {

/// A team of one that leaves out the first entries.
struct Late {
  Index size, first;
  struct At {
    Index index;
    float load(const float* row) const { return row[index]; }
    void store(float* row, float value) const { row[index] = value; }
  };
  void each(auto&& f) const {
    for (Index i = first; i < size; ++i) f(At{i});
  }
  float sum(auto&& f) const {
    float total = 0;
    each([&](At c) { total += f(c); });
    return total;
  }
  float max(auto&& f) const {
    float top = f(At{first});
    each([&](At c) { top = std::max(top, f(c)); });
    return top;
  }
};

}  // namespace

TEST_CASE("a team that leaves an entry out breaks the laws") {
  laws::obeys_row_team(Late{9, 0}, 9);
  CHECK_THROWS_AS(laws::obeys_row_team(Late{9, 1}, 9), error);
}
