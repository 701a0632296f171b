// The version of shoal, in one place: CMake reads it from here.
#pragma once

#define SHOAL_VERSION_MAJOR 0
#define SHOAL_VERSION_MINOR 2
#define SHOAL_VERSION_PATCH 0
#define SHOAL_VERSION_STRING "0.2.0"
