// The order of the files that are one input, where their names hold numbers.
#pragma once

#include "files.hpp"
#include "path.hpp"

#include <string>
#include <string_view>
#include <vector>

/// Returns whether `a` comes before `b` if numbers in names are compared as numbers: part-2 before part-10.
bool before_by_numbers(std::string_view a, std::string_view b);

/// Returns what to say of an input in several files, a folder or a pattern, that are taken in the order of
/// their names, part-10 before part-2, although the numbers in them have another: what belongs to the rows
/// must be in that order too; or that two files with the same number are of two kinds. Empty if there is
/// nothing to say. `inputs` are the files that options name.
std::string order_note(const std::string& option, const Path& input, const std::vector<NamedFile>& inputs);
