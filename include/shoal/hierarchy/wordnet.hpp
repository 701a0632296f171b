// Reads WordNet's nouns: the format of data.noun (wndb(5WN), WordNet 3.0, Princeton University).
#pragma once

#include <shoal/hierarchy/read.hpp>

namespace shoal {

namespace wordnet_impl {
/// Parses one synset: "offset lex_filenum ss_type w_cnt word lex_id [word lex_id…] p_cnt [symbol offset pos
/// source/target…] | gloss", where w_cnt is hexadecimal and p_cnt decimal. The parents are the hypernyms (@)
/// and instance hypernyms (@i) in order; a synset that has only the latter is an instance.
inline HierarchyEntry parse_synset(const Line& line) {
  const std::size_t bar = line.text.find(" | ");
  line.expect(bar != std::string_view::npos, "a synset has a gloss after ' | '; the line may be cut short");
  const auto fields = words(line.text.substr(0, bar));
  line.expect(fields.size() >= 4, "a synset starts with offset, file number, type and word count");
  line.expect(fields[0].size() == 8, "offset (", fields[0], ") must have 8 digits");
  (void)whole_number(line, fields[0], "offset");
  line.expect(fields[2] == "n", "synset type (", fields[2], ") must be n, a noun");

  const Index held = std::ssize(fields), words_said = whole_number(line, fields[3], "word count", 16);
  line.expect(words_said > 0 && words_said < held && 4 + 2 * words_said < held, "word count (", fields[3],
              ") does not fit the line");
  const auto word_count = static_cast<std::size_t>(words_said), pointers = 4 + 2 * word_count;
  HierarchyEntry entry{std::string(fields[0]), {}, std::string(fields[4]), line.number};
  for (std::size_t w = 1; w < word_count; ++w) entry.name.append(",").append(fields[4 + 2 * w]);

  const Index pointer_count = whole_number(line, fields[pointers], "pointer count");
  line.expect(pointer_count >= 0 && pointer_count < held &&
                  fields.size() == pointers + 1 + 4 * static_cast<std::size_t>(pointer_count),
              "pointer count (", fields[pointers], ") does not fit the line");
  bool kind = false;
  for (std::size_t p = pointers + 1; p < fields.size(); p += 4)
    if (fields[p] == "@" || fields[p] == "@i") {
      entry.parents.emplace_back(fields[p + 1]);
      kind |= fields[p] == "@";
    }
  entry.instance = !entry.parents.empty() && !kind;
  return entry;
}
}  // namespace wordnet_impl

/// Reads the noun synsets of data.noun in the order of the file. Ids are offsets; a name is the
/// comma-separated list of all lemmas. Instances (Sun, of star) are nodes too, marked so (is_instance). The
/// licence header (lines that start with two spaces) is skipped. Time is
/// linear in the file. Throws bad_file or bad_data, naming the line.
[[nodiscard]] inline Hierarchy read_wordnet(const std::string& path, HierarchySettings settings = {}) {
  std::vector<HierarchyEntry> entries;
  each_line(path, [&](const Line& line) {
    if (!line.text.starts_with("  ")) entries.push_back(wordnet_impl::parse_synset(line));
  });
  return build_hierarchy(std::move(entries), path, settings);
}

/// The lemmas in a node's name ("dog,domestic_dog,Canis_familiaris"), in WordNet's order.
[[nodiscard]] inline std::vector<std::string_view> lemmas(std::string_view name) {
  std::vector<std::string_view> all = split(name, ',');
  for (std::string_view& lemma : all)  // "dog, domestic dog", as ImageNet's own lists have them
    if (lemma.starts_with(' ')) lemma.remove_prefix(1);
  return all;
}

}  // namespace shoal
