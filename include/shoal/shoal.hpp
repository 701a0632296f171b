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
#include <shoal/io/subset.hpp>
#include <shoal/io/table.hpp>

#include <shoal/neighbors/exact.hpp>
#include <shoal/neighbors/inverted_lists.hpp>
#include <shoal/neighbors/mapped_neighbors.hpp>
#include <shoal/neighbors/nearest_pairs.hpp>
#include <shoal/neighbors/oracle_pairs.hpp>
#include <shoal/neighbors/queries.hpp>
#include <shoal/neighbors/views.hpp>

#include <shoal/balancing/capacity.hpp>
#include <shoal/kmeans/bounded.hpp>
#include <shoal/kmeans/hierarchical.hpp>
#include <shoal/kmeans/kmeans.hpp>
#include <shoal/kmeans/match.hpp>
#include <shoal/kmeans/merge_tree.hpp>
#include <shoal/kmeans/mini_batch.hpp>

#include <shoal/balancing/marginal_entropy.hpp>
#include <shoal/balancing/none.hpp>
#include <shoal/heads/fit.hpp>
#include <shoal/objective/pmi.hpp>
#include <shoal/objective/scan.hpp>
#include <shoal/objective/scp.hpp>

#include <shoal/model/saved_model.hpp>

#include <shoal/metrics/alignment.hpp>
#include <shoal/metrics/bootstrap.hpp>
#include <shoal/metrics/calibration.hpp>
#include <shoal/metrics/classwise_calibration.hpp>
#include <shoal/metrics/evaluate.hpp>
#include <shoal/metrics/multilabel.hpp>
#include <shoal/metrics/separability.hpp>
#include <shoal/metrics/silhouette.hpp>
#include <shoal/metrics/stability.hpp>

#include <shoal/hierarchy/balanced_cut.hpp>
#include <shoal/hierarchy/cut.hpp>
#include <shoal/hierarchy/prototypes.hpp>
#include <shoal/hierarchy/read.hpp>
#include <shoal/hierarchy/relabel.hpp>
#include <shoal/hierarchy/temperature.hpp>
#include <shoal/hierarchy/wordnet.hpp>
#include <shoal/hierarchy/zero_shot.hpp>

#include <shoal/dataset/easy.hpp>
#include <shoal/dataset/frequency.hpp>
#include <shoal/dataset/granularity.hpp>
#include <shoal/dataset/imbalance.hpp>
#include <shoal/dataset/manifest.hpp>

#include <shoal/probe/linear.hpp>
#include <shoal/probe/split.hpp>
