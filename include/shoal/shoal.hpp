// All of shoal that needs no GPU.
#pragma once

#include <shoal/version.hpp>

#include <shoal/backend/cpu.hpp>
#include <shoal/backend/product_eigen.hpp>

#include <shoal/io/concat.hpp>
#include <shoal/io/eigen_rows.hpp>
#include <shoal/io/generated_rows.hpp>
#include <shoal/io/model_file.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/io/standardize.hpp>

#include <shoal/neighbors/exact.hpp>
#include <shoal/neighbors/nearest_pairs.hpp>
#include <shoal/neighbors/oracle_pairs.hpp>
#include <shoal/neighbors/views.hpp>

#include <shoal/balancing/marginal_entropy.hpp>
#include <shoal/balancing/none.hpp>
#include <shoal/objective/pmi.hpp>
#include <shoal/objective/scan.hpp>
#include <shoal/objective/scp.hpp>

#include <shoal/metrics/calibration.hpp>
#include <shoal/metrics/evaluate.hpp>
