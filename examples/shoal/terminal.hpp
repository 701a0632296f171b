// What the command shows while it works, and how it is stopped.
#pragma once

#include <shoal/core/progress.hpp>

/// From here on the first SIGINT (Ctrl-C), SIGTERM or SIGHUP asks the work under way to end with what it has;
/// the second ends the program. A signal that the caller ignores, as nohup does, stays ignored.
void stop_on_signals();

/// The signal that asked to end; 0 for none.
int interrupted();

/// A hook that says no once interrupted(), and that shows on stderr what is under way (progress_view.hpp):
/// first `phase`, then what is reported. It stops showing when its last copy goes.
shoal::Hook progress_bar(const char* phase = "reading");

/// Shows that work which makes no reports of its own is under way.
void show_phase(const shoal::Hook& hook, const char* phase);
