// predict for trained heads: the clusters of rows.
#pragma once

#include <algorithm>
#include <vector>

#include <shoal/backend/ranks.hpp>
#include <shoal/core/check.hpp>
#include <shoal/heads/cpu/fused_scorer.hpp>
#include <shoal/heads/generic_scorer.hpp>
#include <shoal/heads/head_rows.hpp>

namespace shoal {

namespace predict_impl {

/// An empty prediction of the right size. Throws invalid_argument if the arguments do not fit the model.
inline Prediction room_for(const HeadModel& model, AnyRows features, Index count, Index head) {
  const Index n = features.rows();
  check(features.cols() == model.shape.features, Errc::invalid_argument, "predict: features has ",
        features.cols(), " columns; the model was trained on ", model.shape.features);
  check(count >= 1, Errc::invalid_argument, "predict: count (", count, ") must be at least 1");
  check(head >= -1 && head < model.shape.heads, Errc::invalid_argument, "predict: head (", head,
        ") must be one of the ", model.shape.heads, " heads, or -1 for the best");
  return {std::vector<Label>(static_cast<std::size_t>(n)),
          Matrix<Label>(n, std::min(count, model.shape.clusters)),
          std::vector<float>(static_cast<std::size_t>(n))};
}

}  // namespace predict_impl

/// Labels, the `count` most likely clusters (at most C) and confidences of all rows by one head: the best, or
/// number `head`. On a Cpu the result has the same bits whatever the source, the order of blocks and the
/// number of threads; other backends agree to rounding. O(n · parameters of a head). Throws invalid_argument
/// for features with another number of columns, and bad_data for rows that are not finite or, after the
/// standardisation of the training, have a squared norm of 1e30 or more.
template <Backend B>
[[nodiscard]] Prediction predict(const HeadModel& model, AnyRows features, const B& backend, Index count = 5,
                                 Index head = -1) {
  Prediction out = predict_impl::room_for(model, features, count, head);
  const Index chosen = head < 0 ? model.best : head;
  const HeadRows rows(features, model.scaling, "predict: features");
  ScorerOn<B>::score(model, chosen, rows, backend, out);
  return out;
}

/// The same for rows that are distributed over ranks, each of which passes its own and gets their
/// predictions. Nothing is exchanged but whether a rank has failed.
template <RankedBackend R>
[[nodiscard]] Prediction predict(const HeadModel& model, AnyRows features, const R& ranks, Index count = 5,
                                 Index head = -1) {
  return together(AnyCommunicator(ranks.communicator()),
                  [&] { return predict(model, features, ranks.inner(), count, head); });
}

#if defined(SHOAL_COMPILED)  // linked with shoal::compiled
extern template Prediction predict(const HeadModel&, AnyRows, const Cpu&, Index, Index);
#endif

}  // namespace shoal
