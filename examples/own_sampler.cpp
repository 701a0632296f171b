// How do I choose the pairs of samples myself?
//
// A sampler is a small class that models shoal::Sampler: it gives every sample of a batch a partner that
// should belong to the same cluster. In this one the partner is one of the nearest neighbours in one epoch,
// and the sample's own second view in the next.
#include <cstdio>
#include <string>

#include <shoal/shoal.hpp>

class NeighborsAndViews {
 public:
  NeighborsAndViews(const shoal::Neighbors& neighbors, const shoal::MappedRows& view)
      : neighbors_(neighbors), view_(view) {}

  // Training calls this once, before any draw.
  void validate(shoal::AnyRows features) const {
    neighbors_.validate(features);
    view_.validate(features);
  }

  // Fills x [B × d] and partner [B × d] for the samples `ids`. A draw may depend only on its seed and epoch
  // and on the sample, so that a run is the same for any batch size and after any interruption.
  void pairs(shoal::AnyRows features, std::span<const shoal::Index> ids, shoal::Draw draw,
             shoal::MatrixView<float> x, shoal::MatrixView<float> partner) const {
    if (draw.epoch % 2 == 0)
      neighbors_.pairs(features, ids, draw, x, partner);
    else
      view_.pairs(features, ids, draw, x, partner);
  }

 private:
  shoal::NearestPairs neighbors_;
  shoal::Views view_;
};
static_assert(shoal::Sampler<NeighborsAndViews>);

int main(int argc, char** argv) {
  const std::string data = argc > 1 ? argv[1] : "examples/data";
  const auto features = shoal::npy::map(data + "/features.npy"),
             glosses = shoal::npy::map(data + "/view_gloss.npy");
  const auto truth = shoal::npy::read_vector<shoal::Label>(data + "/labels.npy");
  const shoal::Cpu cpu;
  const auto neighbors = shoal::exact_neighbors(features, {.count = 25}, cpu);

  shoal::TEMI method{.clusters = 24, .heads = 2, .epochs = 12, .learning_rate = 1e-3, .warmup_epochs = 2};
  method.hidden = {128};  // small, so that this runs in seconds
  const auto run = [&](const char* name, const auto& sampler) {
    const auto result = shoal::fit(method, features, sampler, cpu);
    std::printf("%-26s accuracy %.3f\n", name, shoal::evaluate(result.labels, truth).acc);
  };
  run("neighbours", shoal::NearestPairs{neighbors});
  run("neighbours and other views", NeighborsAndViews{neighbors, glosses});
}
