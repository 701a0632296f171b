// Hierarchies as pairs of ids, in either order.
#include "fuzz/hierarchies.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::each(data, size, [](const std::string& path) {
    for (const auto order :
         {shoal::PairOrder::by_roots, shoal::PairOrder::child_parent, shoal::PairOrder::parent_child}) {
      const shoal::Hierarchy h = shoal::read_hierarchy_pairs(path, order, {.several_roots = true});
      fuzz::check_hierarchy(h);
    }
  });
}

extern "C" int LLVMFuzzerInitialize(int* arguments, char*** argument) {
  return fuzz::plant(
      *arguments, *argument,
      {"b a\nc a\nd b\nd c\n", "top a\ntop b\r\n", "a b\nb c\nc a\n", "# x\n\nn1 n2\n", "a\tb\na b\n"});
}
