// How do I train heads with my own objective?
//
// An objective is a small struct that models shoal::Objective: it computes the loss of one pair of rows and
// its gradient. This one is the plain inner product of the student's and the teacher's probabilities, without
// SCAN's logarithm.
#include <cstdio>
#include <string>

#include <shoal/shoal.hpp>

struct InnerProduct {
  static constexpr const char* name = "inner product";
  static constexpr bool teacher = true;    // the partner's row is by the averaged teacher
  static constexpr bool marginal = false;  // the running marginal is not used
  static constexpr auto agreement = shoal::Agreement::none;

  // l = −Σ_c q_s(c|x) q_t(c|x′), and gradient[c] = ∂l/∂ log q_s(c|x) = −q_s(c|x) q_t(c|x′).
  template <class Team>
  SHOAL_HD float row(const Team& team, const shoal::PairRow& pair, float* gradient) const {
    const float* own = pair.own_probs;
    const shoal::LogProbs partner = pair.partner;
    return -team.sum([=](auto c) {
      const auto both = c.load(own) * shoal::exp(partner.log(c));
      c.store(gradient, -both);
      return both;
    });
  }
};
static_assert(shoal::Objective<InnerProduct>);

int main(int argc, char** argv) {
  const std::string data = argc > 1 ? argv[1] : "examples/data";
  const auto features = shoal::npy::map(data + "/features.npy"),
             glosses = shoal::npy::map(data + "/view_gloss.npy");
  const auto truth = shoal::npy::read_vector<shoal::Label>(data + "/labels.npy");
  const shoal::Cpu cpu;

  using Method = shoal::Heads<InnerProduct, shoal::MarginalEntropy>;  // without a balancer it collapses
  Method method{.clusters = 24, .heads = 2, .epochs = 12, .learning_rate = 1e-3, .warmup_epochs = 2};
  method.hidden = {128};  // small, so that this runs in seconds
  method.balancer.alpha = 1;
  const auto result =
      shoal::fit(method, features, shoal::Views{glosses}, cpu);  // the partner is the sample's other view
  std::printf("loss %.3f after %zu epochs, accuracy %.3f\n", result.history.back().loss,
              result.history.size(), shoal::evaluate(result.labels, truth).acc);
}
