// What is said where a mapped file is cut short, or its disk or network fails, while it is read (SIGBUS).
#pragma once

/// From here on SIGBUS ends the program with one line, which names the file, and exit status 1. What the run
/// left half written is removed by the next.
void explain_bus_errors();
