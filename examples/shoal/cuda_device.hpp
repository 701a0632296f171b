// What a build with CUDA and one without have in common.
#pragma once

#include "device.hpp"

#include <string>

/// The GPU that the options of a verb name. Throws error(Errc::device) where there is none.
Device cuda_device(const Machine& machine, const std::string& verb);
