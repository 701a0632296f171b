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

/// Log probabilities of all rows under head h of `parameters`.
inline Rows log_probabilities(const HeadShape& shape, const std::vector<double>& parameters, Index h,
                              const Rows& rows, double temperature) {
  Rows found;
  for (const Row& x : rows) found.push_back(log_softmax(logits(shape, parameters, h, x), temperature));
  return found;
}

inline Rows exponentials(Rows values) {
  for (Row& row : values)
    for (double& v : row) v = std::exp(v);
  return values;
}

/// Agreement of each pair: the sum over clusters of the products of both rows' probabilities.
inline Row agreement(const Rows& probabilities) {
  Row found(probabilities.size() / 2, 0.0);
  for (std::size_t b = 0; b < found.size(); ++b)
    for (std::size_t c = 0; c < probabilities[b].size(); ++c)
      found[b] += probabilities[b][c] * probabilities[found.size() + b][c];
  return found;
}

/// What the heads' losses on pairs (x_b, y_b) depend on beside the student: x first then y in `rows`;
/// marginals are those before the step.
template <class Obj, class Bal> class Losses {
 public:
  Losses(const Heads<Obj, Bal>& s, const HeadShape& shape, const std::vector<double>& teacher,
         const Matrix<float>& marginal, const Rows& rows)
      : s_(s), shape_(shape), marginal_(marginal), rows_(rows), heads_agreement_(rows.size() / 2, 0.0) {
    for (Index h = 0; Obj::teacher && h < shape.heads; ++h) {
      t_.push_back(log_probabilities(shape, teacher, h, rows, s.teacher_temperature));
      agreement_.push_back(agreement(exponentials(t_.back())));
      for (std::size_t b = 0; b < heads_agreement_.size(); ++b)
        heads_agreement_[b] += agreement_.back()[b] / static_cast<double>(shape.heads);
      log_marginal_.push_back(log_marginal(h));
    }
  }

  /// The loss of one head, which depends on no other head of the student.
  [[nodiscard]] double of(Index head, const std::vector<double>& student) const {
    const Rows q = log_probabilities(shape_, student, head, rows_, s_.student_temperature);
    const Rows p = exponentials(q);
    double loss = 0;
    if constexpr (Obj::teacher)
      loss = information(head, q);
    else
      loss = consistency(q, p);
    if constexpr (Bal::active)
      loss += (std::is_same_v<Bal, SummedMarginalEntropy> ? 1 : 0.5) *
              static_cast<double>(s_.balancer.alpha) * negative_entropy(p);
    return loss;
  }

  [[nodiscard]] Row of_all(const std::vector<double>& student) const {
    Row out;
    for (Index head = 0; head < shape_.heads; ++head) out.push_back(of(head, student));
    return out;
  }

 private:
  /// SCP, whose teacher is the student.
  [[nodiscard]] double consistency(const Rows& q, const Rows& p) const {
    double together = 0, loss = 0;
    for (const double a : agreement(p)) together += a / static_cast<double>(q.size() / 2);
    for (std::size_t i = 0; i < q.size(); ++i) {
      const Row& partner = q[(i + q.size() / 2) % q.size()];
      double sum = 0;
      for (std::size_t c = 0; c < partner.size(); ++c) sum -= p[i][c] * partner[c];
      loss += (sum - std::log(together)) / static_cast<double>(q.size());
    }
    return loss;
  }

  /// Of the teacher's clusters, after the step; 0 where the objective has none.
  [[nodiscard]] Row log_marginal(Index head) const {
    const Rows& t = t_[static_cast<std::size_t>(head)];
    Row log_m(t.front().size(), 0.0);
    if (Obj::marginal)
      for (std::size_t c = 0; c < log_m.size(); ++c) {
        double mean = 0;
        for (const Row& row : t) mean += std::exp(row[c]) / static_cast<double>(t.size());
        log_m[c] =
            std::log(s_.marginal_momentum * static_cast<double>(marginal_(head, static_cast<Index>(c))) +
                     (1 - s_.marginal_momentum) * mean);
      }
    return log_m;
  }

  [[nodiscard]] double information(Index head, const Rows& q) const {
    const auto h = static_cast<std::size_t>(head);
    const Rows& t = t_[h];
    const std::size_t pairs = q.size() / 2, clusters = q.front().size();
    const Row& log_m = log_marginal_[h];
    double loss = 0;
    for (std::size_t i = 0; i < q.size(); ++i) {
      const Row& partner = t[(i + pairs) % q.size()];
      double sum = 0, beta = 1, weight = 1;
      if constexpr (Obj::marginal) beta = static_cast<double>(s_.objective.beta);
      if (Obj::agreement == Agreement::pair) weight = agreement_[h][i % pairs];
      if (Obj::agreement == Agreement::heads) weight = heads_agreement_[i % pairs];
      for (std::size_t c = 0; c < clusters; ++c) sum += std::exp(beta * (q[i][c] + partner[c]) - log_m[c]);
      loss -= weight * std::log(sum) / static_cast<double>(q.size());
    }
    return loss;
  }

  /// Of the mean probabilities of each view, summed.
  [[nodiscard]] static double negative_entropy(const Rows& p) {
    const std::size_t pairs = p.size() / 2;
    double sum = 0;
    for (std::size_t view = 0; view < 2; ++view)
      for (std::size_t c = 0; c < p.front().size(); ++c) {
        double mean = 0;
        for (std::size_t b = 0; b < pairs; ++b) mean += p[view * pairs + b][c] / static_cast<double>(pairs);
        sum += mean * std::log(mean);
      }
    return sum;
  }

  const Heads<Obj, Bal>& s_;
  const HeadShape& shape_;
  const Matrix<float>& marginal_;
  const Rows& rows_;
  std::vector<Rows> t_;         // the teacher's log probabilities, head by head
  std::vector<Row> agreement_;  // of the teacher
  std::vector<Row> log_marginal_;
  Row heads_agreement_;  // their mean over the heads
};

}  // namespace reference
