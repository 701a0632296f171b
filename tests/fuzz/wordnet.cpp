// WordNet's data.noun.
#include "fuzz/hierarchies.hpp"

#include <shoal/hierarchy/wordnet.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::each(data, size, [](const std::string& path) {
    const shoal::Hierarchy h = shoal::read_wordnet(path, {.several_roots = true});
    fuzz::check_hierarchy(h);
    for (shoal::Node i = 0; i < h.size(); ++i) fuzz::require(!shoal::lemmas(h.name(i)).empty(), "a lemma");
  });
}

extern "C" int LLVMFuzzerInitialize(int* arguments, char*** argument) {
  const std::string entity = "00001740 03 n 01 entity 0 001 ~ 00001930 n 0000 | that which is\n";
  return fuzz::plant(
      *arguments, *argument,
      {entity,
       "  1 licence\n" + entity + "00001930 03 n 02 thing 0 object 0 001 @ 00001740 n 0000 | a thing\n",
       "00001740 03 n 7fffffffffffffff entity 0 4611686018427387904 | that\n",
       entity + "00001931 03 n 01 x 0 002 @i 00001740 n 0000 ~ 00001740 n 0000 | an x\n"});
}
