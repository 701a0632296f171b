// What the command shows while it works, and how it is stopped.
#pragma once

#include <shoal/core/progress.hpp>

/// From here on the first Ctrl-C asks the work under way to end with what it has, the second ends the
/// program.
void stop_on_interrupt();

/// Whether Ctrl-C was pressed.
bool interrupted();

/// A hook that says no once interrupted(), and on a terminal draws a bar with the rate and the time left on
/// stderr: one line a phase. In a pipe it draws nothing.
shoal::Hook progress_bar();
