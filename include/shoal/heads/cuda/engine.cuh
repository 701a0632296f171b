// The engines of heads on a GPU: with this header, fit() of heads/fit.hpp and predict() of heads/predict.hpp
// run on a GPU. A checkpoint of one kind of machine can't be resumed on another, since their sums differ in
// the last bits.
#pragma once

#include <shoal/heads/cuda/scorer.cuh>
#include <shoal/heads/cuda/step.cuh>
#include <shoal/heads/cuda/step_on_gpus.cuh>
#include <shoal/heads/fit.hpp>
