// What the command shows while it works, and how it is stopped.
#pragma once

#include <shoal/core/progress.hpp>

/// From here on the first SIGINT (Ctrl-C), SIGTERM or SIGHUP asks the work under way to end with what it has;
/// the second ends the program. A signal that the caller ignores, as nohup does, stays ignored.
void stop_on_signals();

/// The signal that asked to end; 0 for none.
int interrupted();

/// A hook that says no once interrupted(). On a terminal it draws a bar with the rate and the time left on
/// stderr, one line a phase; elsewhere it writes a line there now and then, the first after ten seconds.
shoal::Hook progress_bar();
