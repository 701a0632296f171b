// The processes that a launcher (mpirun) has started this command as: its ranks.
#pragma once

#include <functional>

/// The number of this process among those that were started together, and how many these are.
int rank();
int ranks();

/// work() as one of the ranks: where it throws a shoal::error at one of them, all throw it.
void as_rank(const std::function<void()>& work);
