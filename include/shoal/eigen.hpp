// The door to Eigen: its matrices as rows, its products, and a backend that multiplies by it. Nothing else of
// shoal needs Eigen.
#pragma once

#if !__has_include(<Eigen/Core>)
#error "shoal/eigen.hpp needs Eigen 3.4 or later: link shoal::eigen (Debian: libeigen3-dev)"
#include <shoal/needs_eigen>
#endif

#include <shoal/backend/eigen_cpu.hpp>
#include <shoal/io/eigen_rows.hpp>
#include <shoal/linalg/product_eigen.hpp>
