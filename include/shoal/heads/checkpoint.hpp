// Checkpoints: saves the state of a training to a file, and restores it.
#pragma once

#include <cmath>
#include <span>
#include <string>
#include <vector>

#include <shoal/core/finite.hpp>
#include <shoal/heads/fingerprint.hpp>
#include <shoal/heads/training.hpp>
#include <shoal/io/model_file.hpp>

namespace shoal {

/// Where and how often a training saves its state.
struct Checkpoints {
  std::string path = {};  ///< the file; empty: no checkpoints
  Index every_steps = 0;  ///< steps between saves; 0: at the end of each epoch. Always when the training ends
  bool resume = false;    ///< resume from the file if it exists; otherwise start anew
};

namespace checkpoint_impl {

/// The format number, increased when the contents of a checkpoint, or of its fingerprint, change their
/// meaning.
inline constexpr Index format = 3;

/// The number of values in the record of an epoch.
inline constexpr Index epoch_values = 6;

inline MatrixView<float> row(Buffer<float>& values) { return {values.data(), 1, std::ssize(values)}; }
inline MatrixView<const float> row(const Buffer<float>& values) {
  return {values.data(), 1, std::ssize(values)};
}

/// The records of epochs as a row of numbers.
inline std::vector<double> pack(const std::vector<HeadEpoch>& history) {
  std::vector<double> values;
  for (const HeadEpoch& e : history)
    values.insert(values.end(),
                  {e.loss, e.best_loss, static_cast<double>(e.best_head),
                   static_cast<double>(e.occupied_clusters), e.normalised_entropy, e.head_agreement});
  return values;
}
inline std::vector<HeadEpoch> unpack(MatrixView<const double> values) {
  std::vector<HeadEpoch> history;
  for (Index e = 0; e < values.rows * values.cols / epoch_values; ++e) {
    const double* v = values.data + e * epoch_values;
    history.push_back({v[0], v[1], static_cast<Index>(v[2]), static_cast<Index>(v[3]), v[4], v[5]});
  }
  return history;
}

/// Throws bad_file unless the history is complete and its heads and clusters exist.
inline void check_history(const std::string& path, MatrixView<const double> values, Index heads,
                          Index clusters) {
  check(values.rows == 1 && values.cols % epoch_values == 0, Errc::bad_file, "fit: the checkpoint ", path,
        " holds history as ", values.rows, " × ", values.cols, " where 1 × a multiple of ", epoch_values,
        " is expected");
  const auto below = [](double value, Index end) {
    return value >= 0 && value < static_cast<double>(end) && value == std::floor(value);
  };
  for (Index at = 0; at < values.cols; at += epoch_values) {
    const double* v = values.data + at;
    check(below(v[2], heads) && below(v[3], clusters + 1), Errc::bad_file, "fit: the checkpoint ", path,
          " holds an epoch whose best head is ", v[2], " of ", heads, " and which used ", v[3], " of ",
          clusters, " clusters");
  }
}

/// Throws bad_file unless the training is valid: finite, and with as many steps as it declares.
inline void check_training(const std::string& path, const Training& training) {
  const auto expect = [&](bool ok, const char* what, double value) {
    check(ok, Errc::bad_file, "fit: the checkpoint ", path, " is of no training that can be: ", what, " (",
          value, ")");
  };
  const auto finite = [&](const auto& values, const char* what) {
    for (const auto value : values) expect(is_finite(value), what, static_cast<double>(value));
  };
  const HeadState& state = training.state;
  finite(state.student, "a parameter");
  finite(state.teacher, "a parameter of the teacher");
  finite(state.first_moment, "a moment of the gradient");
  finite(state.second_moment, "a moment of the gradient");
  for (const float value : state.second_moment) expect(value >= 0, "a second moment", double{value});
  const auto all = [](const auto& matrix) {
    return std::span(matrix.data(), static_cast<std::size_t>(matrix.size()));
  };
  for (const float share : all(state.marginal))
    expect(share >= 0 && share <= 1.001f, "a share of a cluster", double{share});
  finite(training.sums.loss, "a loss");
  expect(is_finite(training.sums.agreement), "the heads' agreement", training.sums.agreement);
  for (const Index rows : all(training.sums.cluster_rows))
    expect(rows >= 0, "the rows of a cluster", static_cast<double>(rows));
  const Index under_way = training.sums.steps, epochs = std::ssize(training.history);
  expect(under_way >= 0 && under_way <= training.step, "the steps of the epoch under way",
         static_cast<double>(under_way));
  const Index done = training.step - under_way;
  expect(epochs == 0 ? done == 0 : done > 0 && done % epochs == 0, "the steps done",
         static_cast<double>(done));
}

/// Reads an array of exactly this shape.
template <class T> void read(const ModelFile& file, const char* name, MatrixView<T> out) {
  const MatrixView<const T> values = file.array<T>(name, out.rows, out.cols);
  std::copy_n(values.data, values.rows * values.cols, out.data);
}

}  // namespace checkpoint_impl

/// Saves the training to a file, atomically: if the program is killed at any moment, either the previous or
/// the new file remains. `fingerprint` identifies everything that the training depends on: settings, data,
/// sampler. Throws bad_file if the system reports an error.
inline void save_checkpoint(const std::string& path, const Training& training,
                            const std::string& fingerprint) {
  using checkpoint_impl::row;
  const std::vector<double> history = checkpoint_impl::pack(training.history);
  ModelWriter file;
  file.text("kind", "heads training");
  file.number("format", checkpoint_impl::format);
  file.text("fingerprint", fingerprint);
  file.number("step", training.step);
  file.array("student", row(training.state.student));
  file.array("teacher", row(training.state.teacher));
  file.array("first moment", row(training.state.first_moment));
  file.array("second moment", row(training.state.second_moment));
  file.array("marginal", training.state.marginal.view());
  file.number("epoch steps", training.sums.steps);
  file.number("epoch agreement", training.sums.agreement);
  file.array("epoch loss", training.sums.loss);
  file.array("epoch cluster rows", training.sums.cluster_rows.view());
  file.array("history", history);
  file.save(path);
}

/// Loads a checkpoint into a training with the same settings, which then continues with the same bits as if
/// it had never stopped. The training may have more epochs than the saved one; then it continues at the
/// learning rates of its own schedule. Throws bad_file for a file that is damaged, of another version, or
/// without a valid state, whoever wrote it, and invalid_argument if settings, data, pairs or machine differ.
inline void load_checkpoint(const std::string& path, Training& training, const std::string& fingerprint) {
  using namespace checkpoint_impl;
  const ModelFile file(path);
  check(file.has("kind") && file.text("kind") == "heads training", Errc::bad_file, "fit: ", path,
        " holds no training of heads");
  check(file.has("format") && file.number<Index>("format") == format, Errc::bad_file, "fit: the checkpoint ",
        path, " was written by another version of shoal and can't be resumed; start again without resuming");
  const std::string stored = file.text("fingerprint");
  check(stored == fingerprint || goes_on_longer(fingerprint, stored), Errc::invalid_argument,
        "fit: the checkpoint ", path,
        " is of another training and can't be resumed; it has: ", lines_missing_in(fingerprint, stored),
        "; this one has: ", lines_missing_in(stored, fingerprint));
  training.step = file.number<Index>("step");
  read(file, "student", row(training.state.student));
  read(file, "teacher", row(training.state.teacher));
  read(file, "first moment", row(training.state.first_moment));
  read(file, "second moment", row(training.state.second_moment));
  read(file, "marginal", training.state.marginal.view());
  training.sums.steps = file.number<Index>("epoch steps");
  training.sums.agreement = file.number<double>("epoch agreement");
  read(file, "epoch loss", MatrixView<double>{training.sums.loss.data(), 1, std::ssize(training.sums.loss)});
  read(file, "epoch cluster rows", training.sums.cluster_rows.view());
  const auto history = file.array<double>("history");
  check_history(path, history, training.state.shape.heads, training.state.shape.clusters);
  training.history = unpack(history);
  check_training(path, training);
}

}  // namespace shoal
