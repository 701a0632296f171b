// What a verb throws about a command line.
#pragma once

#include <stdexcept>

/// An option or argument that can't be used, or that is missing: the message says which, and what would do.
/// The command ends with status 2 and points to --help.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
