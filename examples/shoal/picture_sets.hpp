// Sets of labels that a file lists by the number of a picture, for rows that may be in another order.
#pragma once

#include "path.hpp"

#include <shoal/metrics/label_sets.hpp>

/// The number at the end of a picture's name, as in val/ILSVRC2012_val_00000293.JPEG; −1 where there is none.
shoal::Index picture_number(std::string_view name);

/// The set of each row whose picture `names` names, a line a row: set number − 1 of `sets`, which are in the
/// order of the pictures' numbers, from 1. Throws bad_file for a line without a number or with one that no
/// set has, and for two rows of one picture.
shoal::LabelSets sets_of_pictures(const shoal::LabelSets& sets, const Path& names);
