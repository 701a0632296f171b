// Which classes are taken for which.
#pragma once

#include <map>
#include <span>
#include <string>

#include <shoal/metrics/contingency.hpp>

/// A table of the classes that are most confused with each other under the map `class_of` from the table's
/// clusters to its classes: what share of each class (row) lies in whose cluster (column). Empty where
/// nothing is confused.
std::string confusion_figure(const shoal::Contingency& table, std::span<const shoal::Label> class_of,
                             const std::map<shoal::Index, std::string>& names);
