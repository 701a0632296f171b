// Lists of classes of a hierarchy.
#include "fuzz/hierarchies.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const shoal::Hierarchy h =
      shoal::read_hierarchy_tsv(fuzz::file_of("a\t\troot\nb\ta\tB\nc\tb\tC\n00000007\tb\tD\n", 1));
  return fuzz::each(data, size, [](const std::string& path) {
    const std::vector<shoal::Node> classes = shoal::read_classes(path, h);
    fuzz::require(!classes.empty() && std::ssize(classes) <= h.size(), "each class once");
    fuzz::require(shoal::restrict_to(h, classes).size() == std::ssize(classes), "the classes alone");
  });
}

extern "C" int LLVMFuzzerInitialize(int* arguments, char*** argument) {
  return fuzz::plant(*arguments, *argument,
                     {"a\nc\n", "0\ta\tx\n1\tn7\ty\n", "# c\r\n0\tb\r\n", "1\ta\n", "a\na\n"});
}
