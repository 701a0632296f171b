#include "settings.hpp"

nlohmann::ordered_json describe(const TrialSettings& s) {
  return {{"repeats", s.repeats},
          {"neighbors", s.neighbors},
          {"iterations", s.iterations},
          {"heads", s.heads},
          {"epochs", s.epochs},
          {"pairs", s.pairs},
          {"batch", s.batch},
          {"scan_batch", s.scan_batch},
          {"learning_rate", s.learning_rate},
          {"scan_learning_rate", s.scan_learning_rate},
          {"teacher_momentum", s.teacher_momentum},
          {"hidden", s.hidden},
          {"bottleneck", s.bottleneck},
          {"probe_epochs", s.probe_epochs},
          {"silhouette_sample", s.silhouette_sample}};
}
