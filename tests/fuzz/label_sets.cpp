// Sets of labels in JSON, read back after they are written.
#include "fuzz/target.hpp"

#include <shoal/metrics/label_sets.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::each(data, size, [](const std::string& path) {
    const shoal::LabelSets sets = shoal::read_label_sets(path);
    std::string text = "[";
    for (shoal::Index i = 0; i < sets.size(); ++i) {
      text += i > 0 ? ",[" : "[";
      for (std::size_t k = 0; k < sets[i].size(); ++k)
        text += (k > 0 ? "," : "") + std::to_string(sets[i][k]);
      text += "]";
    }
    const shoal::LabelSets back = shoal::read_label_sets(fuzz::file_of(text + "]", 1));
    fuzz::require(back.offsets == sets.offsets && back.values == sets.values, "sets are read back");
  });
}

extern "C" int LLVMFuzzerInitialize(int* arguments, char*** argument) {
  return fuzz::plant(*arguments, *argument,
                     {"[]", "[[1, 2], [], [3]]", "[[2147483647]]", "[[1,1],[0]]\n", "\xEF\xBB\xBF[[5]]"});
}
