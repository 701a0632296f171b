// The GPU of --device cuda, in a build with CUDA and in one without.
#pragma once

#include "device.hpp"

#include <string>

/// The GPU that the options of a verb name. Throws error(Errc::device) where there is none.
Device cuda_device(const Machine& machine, const std::string& verb);

/// Says that this build has no CUDA, in such a build.
[[noreturn]] void refuse_cuda(const std::string& verb);
