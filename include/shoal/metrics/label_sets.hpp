// Sets of labels per sample, read from a file or made of a class and its ancestors.
#pragma once

#include <algorithm>
#include <charconv>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/lists.hpp>
#include <shoal/io/table.hpp>
#include <shoal/metrics/label_view.hpp>

namespace shoal {

/// One set of labels for each sample (or class), ascending and without duplicates. A set may be empty.
using LabelSets = Lists<Label>;

/// Label sets from compressed rows: set i is values[offsets[i]] … values[offsets[i + 1] − 1], in any order.
/// Throws invalid_argument if offsets and values do not fit together, and for negative labels.
[[nodiscard]] inline LabelSets label_sets(std::span<const Index> offsets, std::span<const Label> values) {
  check(!offsets.empty() && offsets.front() == 0 && offsets.back() == static_cast<Index>(values.size()) &&
            std::is_sorted(offsets.begin(), offsets.end()),
        Errc::invalid_argument, "label_sets: offsets (", offsets.size(), " entries) must rise from 0 to ",
        values.size(), ", the number of values");
  LabelSets sets;
  std::vector<Label> one;
  for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
    one.assign(values.begin() + offsets[i], values.begin() + offsets[i + 1]);
    std::sort(one.begin(), one.end());
    one.erase(std::unique(one.begin(), one.end()), one.end());
    check(one.empty() || one.front() >= 0, Errc::invalid_argument, "label_sets: label (",
          one.empty() ? 0 : one.front(), ") in set ", i, " must be ≥ 0");
    sets.append(one);
  }
  return sets;
}

namespace label_sets_impl {

/// Parses a JSON list of lists of integers, such as [[1, 2], [], [3]]; anything else is an error.
class Parser {
 public:
  Parser(std::string_view text, std::string name) : text_(text), name_(std::move(name)) {}

  LabelSets parse() {
    std::vector<Index> offsets{0};
    std::vector<Label> values;
    list([&] {
      this->list([&] { values.push_back(this->number()); });
      offsets.push_back(static_cast<Index>(values.size()));
    });
    skip_space();
    expect(at_ == text_.size(), "the end");
    return label_sets(offsets, values);
  }

 private:
  template <class Entry> void list(Entry entry) {
    take('[');
    if (next_is(']')) return;
    do entry();
    while (next_is(','));
    take(']');
  }

  Label number() {
    skip_space();
    Label value = 0;
    const char* end = text_.data() + text_.size();
    const auto [stop, problem] = std::from_chars(text_.data() + at_, end, value);
    expect(problem == std::errc{} && value >= 0, "a label, an integer in [0, 2^31)");
    at_ = static_cast<std::size_t>(stop - text_.data());
    return value;
  }

  void take(char wanted) { expect(next_is(wanted), std::string("'") + wanted + "'"); }
  bool next_is(char wanted) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  void skip_space() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }
  void expect(bool ok, const std::string& wanted) const {
    check(ok, Errc::bad_file, "read_label_sets: ", name_, ": at byte ", at_, " ", wanted, " is expected");
  }

  std::string_view text_;
  std::string name_;
  std::size_t at_ = 0;
};

}  // namespace label_sets_impl

/// Reads label sets from a JSON file that holds a list of lists of integers, one inner list for each sample
/// in order. This is the format of ImageNet ReaL's real.json, in which empty lists are images without a
/// label. Throws bad_file, with the position, for anything else.
[[nodiscard]] inline LabelSets read_label_sets(const std::string& path) {
  const std::string text = read_text(path);
  return label_sets_impl::Parser(text, path).parse();
}

namespace label_sets_impl {
/// Collects sets one after the other. Throws too_large if their total length exceeds 2^26, as it would for a
/// chain of 12,000 classes.
class SetBuilder {
 public:
  template <class Set> void add(const Set& set) {
    for (const auto label : set) values_.push_back(static_cast<Label>(label));
    offsets_.push_back(static_cast<Index>(values_.size()));
    check(offsets_.back() <= Index{1} << 26, Errc::too_large,
          "ancestor_sets: the classes have more than 2^26 ancestors in all");
  }
  [[nodiscard]] LabelSets sets() const { return label_sets(offsets_, values_); }

 private:
  std::vector<Index> offsets_{0};
  std::vector<Label> values_;
};
}  // namespace label_sets_impl

/// Each class with its ancestors [classes]. above(c) is any range of the classes above c, with or without c
/// itself. Throws too_large if the sets have more than 2^26 members in total.
template <class Above> [[nodiscard]] LabelSets ancestor_sets(Label classes, Above above) {
  label_sets_impl::SetBuilder sets;
  std::vector<Label> one;
  for (Label c = 0; c < classes; ++c) {
    one.assign(1, c);
    for (const Label a : above(c)) one.push_back(a);
    sets.add(one);
  }
  return sets.sets();
}

/// The labels that occur, renumbered 0, 1, … in ascending order, and one set for each.
struct NumberedSets {
  std::vector<Label> labels;  ///< [n] the new numbers; `no_label` for samples without a label
  LabelSets sets;             ///< each class with those of its ancestors that occur
  std::vector<Index> ids;     ///< ascending: the label that each number stands for

  /// The number of a label, or no_label where it does not occur. O(log classes).
  [[nodiscard]] Index number_of(Index id) const {
    const auto found = std::lower_bound(ids.begin(), ids.end(), id);
    return found == ids.end() || *found != id ? no_label : found - ids.begin();
  }
};

/// ancestor_sets for the classes that occur in `labels` only, whatever their ids: large ids cost no memory,
/// and classes without samples cost no time. above(id) is any range of the ids above it. Samples whose label
/// is `none` get no_label. Throws too_large as ancestor_sets does.
template <class Above>
[[nodiscard]] NumberedSets numbered_ancestor_sets(LabelView labels, Above above, Index none = no_label) {
  NumberedSets numbered;
  std::vector<Index>& ids = numbered.ids;
  for (Index i = 0; i < labels.size(); ++i)
    if (labels[i] != none) ids.push_back(labels[i]);
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  for (Index i = 0; i < labels.size(); ++i)
    numbered.labels.push_back(
        static_cast<Label>(labels[i] == none ? no_label : numbered.number_of(labels[i])));
  label_sets_impl::SetBuilder sets;
  std::vector<Index> one;
  for (const Index id : ids) {
    one.assign(1, numbered.number_of(id));
    for (const auto a : above(id))
      if (const Index number = numbered.number_of(a); number != no_label) one.push_back(number);
    sets.add(one);
  }
  numbered.sets = sets.sets();
  return numbered;
}

}  // namespace shoal
