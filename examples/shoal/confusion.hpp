// The classes that are most often confused with each other.
#pragma once

#include <map>
#include <span>
#include <string>

#include <shoal/metrics/contingency.hpp>

/// A table of the classes that are most confused under the assignment `class_of` from the table's clusters to
/// its classes: the share of each class (row) in the cluster of another (column). Empty if there is no
/// confusion.
std::string confusion_figure(const shoal::Contingency& table, std::span<const shoal::Label> class_of,
                             const std::map<shoal::Index, std::string>& names);
