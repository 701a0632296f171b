// The message for a mapped file that is truncated while it is read, or whose disk or network fails (SIGBUS).
#pragma once

/// Installs a handler of SIGBUS, which ends the program with one line that names the file and exit status 1.
/// Half-written files of the run are removed by the next run.
void explain_bus_errors();
