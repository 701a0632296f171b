// A plain multi-head step over given logits, held against the official code's losses and gradients.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/balancing/balancer.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/objective/objective.hpp>

namespace golden {

using shoal::Index;
using shoal::Matrix;

constexpr Index steps = 3, H = 3, B = 5, C = 19;  // as in data/make_goldens.py
constexpr float scale = 10.f;

inline Matrix<float> table(const std::string& name) {
  const shoal::MappedRows rows = shoal::npy::map(std::string(TEST_DATA "/") + name + ".npy");
  Matrix<float> m(rows.rows(), rows.cols());
  rows.read(0, m);
  return m;
}

/// Softmax of one network's rows under one head.
struct Probabilities {
  Matrix<float> logits, probs{2 * B, C};
  std::vector<float> partition;

  explicit Probabilities(const float* from) : logits(2 * B, C) {
    std::copy(from, from + 2 * B * C, logits.data());
    for (Index i = 0; i < 2 * B; ++i)
      partition.push_back(softmax(shoal::CpuTeam{C}, logits.row(i), scale, probs.row(i)));
  }
  [[nodiscard]] shoal::LogProbs row(Index i) const {
    return {logits.row(i), scale, partition[static_cast<std::size_t>(i)]};
  }
};

/// Runs the steps and compares each head's loss and gradient. Values are of order 1 to 10 and made of C terms
/// of float32 exponentials: 1e-5 relative is some 100 ε.
template <class Obj, class Bal>
void follows(const std::string& name, const Obj& objective, const Bal& balancer) {
  const Matrix<float> logits = table("logits"), losses = table(name + "_loss"),
                      gradients = table(name + "_gradient");
  const shoal::CpuTeam team{C};
  Matrix<float> marginal(H, C, 1.f / static_cast<float>(C)), gradient(2 * B, C);
  for (Index step = 0; step < steps; ++step) {
    std::vector<Probabilities> student, teacher;
    std::vector<float> mean_agreement(B, 0.f);
    Matrix<float> agreement(H, B, 0.f), log_marginal(H, C);
    for (Index h = 0; h < H; ++h) {
      student.emplace_back(logits.row((step * 2 * H + h) * 2 * B));
      teacher.emplace_back(logits.row((step * 2 * H + H + h) * 2 * B));
      const Matrix<float>& t = teacher.back().probs;
      for (Index c = 0; c < C; ++c) {
        float mean = 0;
        for (Index i = 0; i < 2 * B; ++i) mean += t(i, c) / static_cast<float>(2 * B);
        marginal(h, c) = 0.9f * marginal(h, c) + 0.1f * mean;
        log_marginal(h, c) = std::log(marginal(h, c));
        for (Index b = 0; b < B; ++b) agreement(h, b) += t(b, c) * t(B + b, c);
      }
      for (Index b = 0; b < B; ++b)
        mean_agreement[static_cast<std::size_t>(b)] += agreement(h, b) / static_cast<float>(H);
    }
    for (Index h = 0; h < H; ++h) {
      const auto k = static_cast<std::size_t>(h);
      Matrix<float> balance(2, C);
      double loss = 0;
      for (Index view = 0; view < 2 && Bal::active; ++view) {
        std::vector<float> mean(C, 0.f);
        for (Index i = view * B; i < (view + 1) * B; ++i)
          for (Index c = 0; c < C; ++c)
            mean[static_cast<std::size_t>(c)] += student[k].probs(i, c) / static_cast<float>(B);
        loss += 0.5 * balancer.penalty(team, mean.data(), balance.row(view));
      }
      for (Index i = 0; i < 2 * B; ++i) {
        const shoal::PairRow pair{student[k].row(i),
                                  student[k].probs.row(i),
                                  teacher[k].row((i + B) % (2 * B)),
                                  log_marginal.row(h),
                                  agreement(h, i % B),
                                  mean_agreement[static_cast<std::size_t>(i % B)],
                                  1.f};
        loss += row_gradient(team, objective, pair, Bal::active ? balance.row(i / B) : nullptr,
                             scale / static_cast<float>(2 * B * H), gradient.row(i)) /
                static_cast<double>(2 * B);
      }
      CAPTURE(step);
      CAPTURE(h);
      CHECK(loss == doctest::Approx(losses(step, h)).epsilon(1e-5));
      const Index first = (step * H + h) * 2 * B;
      float largest = 0;
      for (Index i = 0; i < 2 * B * C; ++i) largest = std::max(largest, std::abs(gradients.row(first)[i]));
      for (Index i = 0; i < 2 * B * C; ++i)
        CHECK(std::abs(gradient.data()[i] - gradients.row(first)[i]) < 1e-5f * largest);
    }
  }
}

}  // namespace golden
