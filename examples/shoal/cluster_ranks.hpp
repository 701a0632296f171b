// shoal cluster over ranks: k-means and heads, whose fits they share.
#pragma once

#include "cluster_job.hpp"

#include <string>

#include <shoal/backend/cpu.hpp>

/// The outcome for all rows, at every rank: each fits and labels its part of them. Throws invalid_argument
/// for what runs in one process only. All ranks must call it.
ClusterOutcome cluster_over_ranks(const std::string& method, const ClusterJob& job, const shoal::Cpu& cpu);
