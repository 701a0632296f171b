// A mapped file can't be cut on Windows, and there is no SIGBUS.
#include "bus_error.hpp"

void explain_bus_errors() {}
