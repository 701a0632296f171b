#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include <shoal/metrics/label_sets.hpp>

using namespace shoal;

namespace {
std::vector<Label> set(const LabelSets& sets, Index i) { return {sets[i].begin(), sets[i].end()}; }

std::string problem(const std::string& text) {
  const auto path = std::filesystem::temp_directory_path() / "shoal_label_sets_test.json";
  std::ofstream(path) << text;
  try {
    (void)read_label_sets(path.string());
  } catch (const error& e) {
    CHECK(e.code() == Errc::bad_file);
    const std::string message = e.what();
    return message.substr(message.find(": at") + 2);
  }
  return "";
}
}  // namespace

TEST_CASE("read_label_sets: the format of ReaL's real.json") {
  const LabelSets sets = read_label_sets(TEST_DATA "/real.json");
  REQUIRE(sets.size() == 5);
  CHECK(set(sets, 0) == std::vector<Label>{12, 65});
  CHECK(set(sets, 1) == std::vector<Label>{795});
  CHECK(sets[2].empty());
  CHECK(set(sets, 3) == std::vector<Label>{230, 231});
  CHECK(set(sets, 4) == std::vector<Label>{3});
}

TEST_CASE("read_label_sets: what is not a list of lists of labels is refused by position") {
  CHECK(problem("[[1], []]") == "");
  CHECK(problem("[]") == "");
  CHECK(problem("") == "at byte 0 '[' is expected");
  CHECK(problem("[[1], 2]") == "at byte 6 '[' is expected");
  CHECK(problem("[[1.5]]") == "at byte 3 ']' is expected");
  CHECK(problem("[[-1]]") == "at byte 2 a label, an integer in [0, 2^31) is expected");
  CHECK(problem("[[99999999999]]") == "at byte 2 a label, an integer in [0, 2^31) is expected");
  CHECK(problem("[[1]") == "at byte 4 ']' is expected");
  CHECK(problem("[[1,]]") == "at byte 4 a label, an integer in [0, 2^31) is expected");
  CHECK(problem("[[1]] x") == "at byte 6 the end is expected");
  CHECK_THROWS_AS((void)read_label_sets("no such file"), error);
}

TEST_CASE("label_sets from compressed rows and from ancestors") {
  const LabelSets sets = label_sets(std::vector<Index>{0, 2, 2, 3}, std::vector<Label>{5, 1, 4});
  CHECK(set(sets, 0) == std::vector<Label>{1, 5});
  CHECK(sets[1].empty());
  CHECK_THROWS_AS((void)label_sets(std::vector<Index>{0, 2}, std::vector<Label>{5}), error);
  CHECK_THROWS_AS((void)label_sets(std::vector<Index>{0, 2, 1, 3}, std::vector<Label>{5, 1, 4}), error);
  CHECK_THROWS_AS((void)label_sets(std::vector<Index>{}, std::vector<Label>{}), error);
  CHECK_THROWS_AS((void)label_sets(std::vector<Index>{0, 1}, std::vector<Label>{-5}), error);
  const LabelSets above = ancestor_sets(3, [](Label c) { return std::vector<Label>(c == 2 ? 1 : 0, 0); });
  CHECK(set(above, 2) == std::vector<Label>{0, 2});
  CHECK(set(above, 1) == std::vector<Label>{1});
}

TEST_CASE("sets of the classes that occur cost what occurs, whatever the ids and however deep the chain") {
  const Index huge = (Index{1} << 40) + 3;
  const std::vector<Index> labels{7, huge, -1, 7, -5, 99999};
  const auto above = [&](Index id) {
    std::vector<Index> all;
    if (id == 99999)
      for (Index a = 0; a < 99999; ++a) all.push_back(a);  // a chain: all smaller ones
    if (id == huge) all = {-5, 123456789};
    return all;
  };
  const NumberedSets numbered = numbered_ancestor_sets(labels, above, -1);
  CHECK(numbered.labels == std::vector<Label>{1, 3, static_cast<Label>(no_label), 1, 0, 2});
  CHECK(numbered.ids == std::vector<Index>{-5, 7, 99999, huge});
  CHECK(numbered.number_of(99999) == 2);
  CHECK(numbered.number_of(8) == no_label);
  CHECK(numbered.sets.size() == 4);
  CHECK(set(numbered.sets, 0) == std::vector<Label>{0});
  CHECK(set(numbered.sets, 2) == std::vector<Label>{1, 2});
  CHECK(set(numbered.sets, 3) == std::vector<Label>{0, 3});
  CHECK(numbered_ancestor_sets(std::vector<Label>{}, above).sets.size() == 0);
}

TEST_CASE("more ancestors than fit are refused") {
  const std::vector<Label> many(1 << 20, 0);
  CHECK_THROWS_WITH_AS((void)ancestor_sets(70, [&](Label) -> const std::vector<Label>& { return many; }),
                       doctest::Contains("more than 2^26 ancestors"), error);
}
