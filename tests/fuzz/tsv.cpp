// Hierarchies as tables, read back after they are written.
#include "fuzz/hierarchies.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::each(data, size, [](const std::string& path) {
    const shoal::HierarchySettings forest{.several_roots = true};
    const shoal::Hierarchy h = shoal::read_hierarchy_tsv(path, forest);
    fuzz::check_hierarchy(h);
    const std::string text = fuzz::tsv(h);
    if (text.empty()) return;
    fuzz::require(
        shoal::digest(shoal::read_hierarchy_tsv(fuzz::file_of(text, 1), forest)) == shoal::digest(h),
        "a hierarchy is read back");
  });
}

extern "C" int LLVMFuzzerInitialize(int* arguments, char*** argument) {
  return fuzz::plant(*arguments, *argument,
                     {"a\t\troot\nb\ta\tB\nc\ta,b\tsea\n",
                      "\xEF\xBB\xBF"
                      "a\t\r\n\r\n# c\r\nb\ta\r\n",
                      "a\tb\nb\ta\n", "n1\t\n00000002\tn1\n", "a\t\nb\t\nc\tb\n"});
}
