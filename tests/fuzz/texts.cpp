// Lines of text that the command takes: prompts, the table of lemmas, and names of pictures.
#include "fuzz/target.hpp"

#include <picture_sets.cpp>
#include <prompts.cpp>

namespace {

void read_as_prompts(const std::string& path) {
  const Prompts prompts = read_prompts(path);
  fuzz::require(!prompts.empty(), "prompts");
  for (const std::string& prompt : prompts) {
    const std::string text = text_of(prompt, "cat");
    fuzz::require(text.find("cat") != std::string::npos && text.find("{}") == std::string::npos,
                  "the lemma stands in its text");
    const std::size_t rest = text_of(prompt, "").size(), places = (text.size() - rest) / 3;
    fuzz::require(text_of(prompt, "{}{label}").size() == rest + 9 * places, "a lemma is no prompt");
  }
}

void read_as_lemmas(const std::string& path) {
  const LemmaTable table = read_lemma_table(path);
  fuzz::require(table.prompts >= 1, "a prompt");
  for (const shoal::Label c : table.classes) fuzz::require(c >= 0, "classes are labels");
}

void read_as_pictures(const std::string& path) {
  shoal::LabelSets sets;
  for (const shoal::Label set : {0, 1, 2, 3, 4}) sets.append(std::array<shoal::Label, 2>{set, 7});
  const shoal::LabelSets chosen = sets_of_pictures(sets, path);
  fuzz::require(chosen.size() <= sets.size(), "each picture once");
  for (shoal::Index i = 0; i < chosen.size(); ++i)
    fuzz::require(chosen[i].back() == 7, "sets that there are");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::each(data, size, [&](const std::string& path) {
    switch (fuzz::one_of(3, data, size)) {
      case 0:
        return read_as_prompts(path);
      case 1:
        return read_as_lemmas(path);
      default:
        return read_as_pictures(path);
    }
  });
}

extern "C" int LLVMFuzzerInitialize(int* arguments, char*** argument) {
  return fuzz::plant(*arguments, *argument,
                     {"a photo of a {}.\n{label} in a {label}\r\n",
                      "0\tn1\tcat\ta cat\n0\tn1\tcat\tthe cat\n", "0\tn1\tcat\n1\tn2\tdog\n",
                      "a/ILSVRC_val_00000003.JPEG\n5\n1.png\n", "\xEF\xBB\xBF# x\n{}\n", "-1\ta\tb\n"});
}
