// A step of heads in double precision, straight from the definitions: the oracle of the tests.
#pragma once

#include <cmath>
#include <vector>

#include <shoal/heads/engine.hpp>
#include <shoal/heads/heads.hpp>

namespace reference {

using namespace shoal;
using Row = std::vector<double>;
using Rows = std::vector<Row>;

/// The logits of one row under head h of `parameters`.
inline Row logits(const HeadShape& shape, const std::vector<double>& parameters, Index h, const Row& x) {
  const HeadView<const double> head{&shape, parameters.data(), h};
  Row a = x;
  for (Index l = 0; l < shape.layers(); ++l) {
    Row y;
    for (Index o = 0; o < shape.outputs(l); ++o) {
      double sum = head.bias(l)[o];
      for (std::size_t i = 0; i < a.size(); ++i) sum += head.weight(l)(o, static_cast<Index>(i)) * a[i];
      y.push_back(l + 1 < shape.layers() || shape.plain ? 0.5 * sum * (1 + std::erf(sum / std::sqrt(2.0)))
                                                        : sum);
    }
    a = y;
  }
  double length = 0;
  for (const double v : a) length += v * v;
  length = std::sqrt(length);
  Row out;
  for (Index c = 0; c < shape.clusters; ++c) {
    const double* v = head.directions().row(c);
    double dot = 0, square = 0;
    for (std::size_t k = 0; k < a.size(); ++k) dot += v[k] * a[k], square += v[k] * v[k];
    if (shape.plain)
      out.push_back(dot + head.gains()[c]);
    else
      out.push_back(length < 1e-12 ? 0 : head.gains()[c] * dot / std::sqrt(square) / length);
  }
  return out;
}

inline Row log_softmax(Row z, double temperature) {
  double top = -INFINITY, sum = 0;
  for (double& v : z) v /= temperature, top = std::max(top, v);
  for (const double v : z) sum += std::exp(v - top);
  const double partition = top + std::log(sum);
  for (double& v : z) v -= partition;
  return z;
}

/// Every head's loss on pairs (x_b, y_b), x first then y in `rows`; marginals are those before the step.
template <class Obj, class Bal>
Row losses(const Heads<Obj, Bal>& s, const HeadShape& shape, const std::vector<double>& student,
           const std::vector<double>& teacher, const Matrix<float>& marginal, const Rows& rows) {
  const std::size_t B = rows.size() / 2, C = static_cast<std::size_t>(shape.clusters);
  const auto pairs = static_cast<double>(B);
  std::vector<Rows> q, t;
  Row heads_agreement(B, 0.0);
  std::vector<Row> agreement;
  for (Index h = 0; h < shape.heads; ++h) {
    q.emplace_back(), t.emplace_back();
    for (const Row& x : rows) {
      q.back().push_back(log_softmax(logits(shape, student, h, x), s.student_temperature));
      t.back().push_back(Obj::teacher ? log_softmax(logits(shape, teacher, h, x), s.teacher_temperature)
                                      : q.back().back());
    }
    agreement.emplace_back(B, 0.0);
    for (std::size_t b = 0; b < B; ++b) {
      for (std::size_t c = 0; c < C; ++c)
        agreement.back()[b] += std::exp(t.back()[b][c] + t.back()[B + b][c]);
      heads_agreement[b] += agreement.back()[b] / static_cast<double>(shape.heads);
    }
  }
  Row out;
  for (Index head = 0; head < shape.heads; ++head) {
    const auto h = static_cast<std::size_t>(head);
    double loss = 0, together = 0;
    for (const double a : agreement[h]) together += a / pairs;
    Row log_m(C, 0.0);
    if (Obj::marginal)
      for (std::size_t c = 0; c < C; ++c) {
        double mean = 0;
        for (const Row& row : t[h]) mean += std::exp(row[c]) / (2 * pairs);
        log_m[c] = std::log(s.marginal_momentum * static_cast<double>(marginal(head, static_cast<Index>(c))) +
                            (1 - s.marginal_momentum) * mean);
      }
    for (std::size_t i = 0; i < 2 * B; ++i) {
      const std::size_t j = (i + B) % (2 * B);
      double sum = 0;
      if constexpr (!Obj::teacher) {  // SCP
        for (std::size_t c = 0; c < C; ++c) sum -= std::exp(q[h][i][c]) * q[h][j][c];
        loss += (sum - std::log(together)) / (2 * pairs);
      } else {
        double beta = 1, weight = 1;
        if constexpr (Obj::marginal) beta = static_cast<double>(s.objective.beta);
        if (Obj::agreement == Agreement::pair) weight = agreement[h][i % B];
        if (Obj::agreement == Agreement::heads) weight = heads_agreement[i % B];
        for (std::size_t c = 0; c < C; ++c) sum += std::exp(beta * (q[h][i][c] + t[h][j][c]) - log_m[c]);
        loss -= weight * std::log(sum) / (2 * pairs);
      }
    }
    if constexpr (Bal::active)
      for (std::size_t view = 0; view < 2; ++view)
        for (std::size_t c = 0; c < C; ++c) {
          double p = 0;
          for (std::size_t b = 0; b < B; ++b) p += std::exp(q[h][view * B + b][c]) / pairs;
          loss += (std::is_same_v<Bal, SummedMarginalEntropy> ? 1 : 0.5) *
                  static_cast<double>(s.balancer.alpha) * p * std::log(p);
        }
    out.push_back(loss);
  }
  return out;
}

}  // namespace reference
