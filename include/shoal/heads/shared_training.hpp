// A training that several ranks resume from one checkpoint.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <shoal/backend/communicator.hpp>
#include <shoal/heads/checkpoint.hpp>
#include <shoal/io/path.hpp>

namespace shoal {

/// Sends all that a checkpoint stores of the first rank's training to all ranks, whose trainings have the
/// same settings.
inline void broadcast_training(Training& training, const AnyCommunicator& ranks) {
  const auto send = [&](auto* data, Index count) {
    ranks.broadcast(std::span(data, static_cast<std::size_t>(count)), 0);
  };
  std::vector<double> history = checkpoint_impl::pack(training.history);
  Index counts[3] = {training.step, training.sums.steps, std::ssize(history)};
  send(counts, 3);
  training.step = counts[0], training.sums.steps = counts[1];
  history.resize(static_cast<std::size_t>(counts[2]));
  send(history.data(), counts[2]);
  training.history = checkpoint_impl::unpack({history.data(), 1, counts[2]});
  HeadState& state = training.state;
  for (Buffer<float>* part : {&state.student, &state.teacher, &state.first_moment, &state.second_moment})
    send(part->data(), std::ssize(*part));
  send(state.marginal.data(), state.marginal.size());
  send(&training.sums.agreement, 1);
  send(training.sums.loss.data(), std::ssize(training.sums.loss));
  send(training.sums.cluster_rows.data(), training.sums.cluster_rows.size());
}

/// Resumes the training from the file, if it exists. Of several ranks the first reads the file, which no
/// other needs to see, and sends the training to all. Throws as load_checkpoint does.
inline void resume_training(const std::string& path, Training& training, const std::string& fingerprint,
                            const AnyCommunicator& ranks) {
  std::int64_t found = ranks.rank() == 0 && file_exists(path) ? 1 : 0;
  ranks.sum({&found, 1});
  if (found == 0) return;
  if (ranks.rank() == 0) load_checkpoint(path, training, fingerprint);
  if (!ranks.is_alone()) broadcast_training(training, ranks);
}

}  // namespace shoal
