#include "work.hpp"

#include <shoal/core/check.hpp>
#include <shoal/version.hpp>

NB_MODULE(_shoal, m) {
  m.attr("__version__") = SHOAL_VERSION_STRING;
  nb::exception<shoal::error>(m, "Error", PyExc_ValueError);
  add_kmeans(m);
  add_heads(m);
  add_neighbors(m);
  add_metrics(m);
  add_hierarchy(m);
}
