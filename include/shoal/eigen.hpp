// The door to Eigen: its matrices as rows, its products, and a backend that multiplies by it. Nothing else of shoal
// needs Eigen.
#pragma once

#include <shoal/backend/eigen_cpu.hpp>
#include <shoal/io/eigen_rows.hpp>
#include <shoal/linalg/product_eigen.hpp>
