// The scores of shoal::compiled; metrics/evaluate.hpp declares them.
#include <shoal/metrics/evaluate.hpp>

namespace shoal {
template Contingency contingency<>(LabelView, LabelView, Workers, Index);
template Contingency shared_contingency<>(const Contingency&, const AnyCommunicator&);
template Quality evaluate<>(const Contingency&, Workers);
}  // namespace shoal
