// Lemmas in sentences: the texts that are embedded for zero-shot classification.
#pragma once

#include "path.hpp"

#include <string>
#include <vector>

#include <shoal/core/config.hpp>

/// Sentences with {} or {label} where a lemma goes.
using Prompts = std::vector<std::string>;

/// The paper's seven ("itap of a {label}", …), where `name` is "paper"; otherwise the lines of that file.
/// Throws bad_file for a line without a place for the lemma, and for a file without lines.
Prompts read_prompts(const std::string& name);

/// The prompt with the lemma at each of its places.
std::string text_of(const std::string& prompt, const std::string& lemma);

/// What a table of lemmas, or of their texts, says of the rows that are embedded from it.
struct LemmaTable {
  std::vector<shoal::Label> classes;  ///< of each lemma
  shoal::Index prompts = 1;           ///< rows a lemma, one after the other
  bool texts = false;                 ///< whether it has a line a text: class, id, lemma, text
};

/// Reads what shoal hierarchy lemmas writes. Throws bad_file, naming the line, for what it does not write: a
/// class that is no label, or lemmas with different numbers of texts.
LemmaTable read_lemma_table(const Path& path);
