// The reader of models of shoal::compiled; model/saved_model.hpp declares it.
#include <shoal/model/saved_model.hpp>

namespace shoal {
template SavedModel load_model<>(const std::string&);
}  // namespace shoal
