// read_back FEATURES…: the rows of each file as float32 on stdout, with their shape in front; for
// ecosystem.py, which wrote them by other libraries.
#include <cstdint>
#include <cstdio>
#include <string>

#include <shoal/io/open_features.hpp>
#if defined(SHOAL_ARROW)
#include <shoal/arrow.hpp>
#endif
#if defined(SHOAL_HDF5)
#include <shoal/hdf5.hpp>
#endif

namespace {

shoal::FeatureFile opened(const std::string& name, bool read) {
  [[maybe_unused]] const shoal::FeaturePath path = shoal::split_feature_path(name);
#if defined(SHOAL_ARROW)
  if (shoal::is_arrow_table(path.file))
    return shoal::FeatureFile(shoal::ArrowRows(path.file, path.member, {.read = read}));
#endif
#if defined(SHOAL_HDF5)
  if (path.file.ends_with(".h5")) return shoal::FeatureFile(shoal::Hdf5Rows(path.file, path.member));
#endif
  return shoal::open_features(name, {.read = read});
}

void print(const shoal::Matrix<float>& x) {
  const std::int64_t shape[] = {x.rows(), x.cols()};
  std::fwrite(shape, sizeof shape, 1, stdout);
  std::fwrite(x.data(), sizeof(float), static_cast<std::size_t>(x.rows() * x.cols()), stdout);
}

}  // namespace

int main(int argc, char** argv) try {
  for (int k = 1; k < argc; ++k)
    for (const bool read : {false, true}) {  // mapped, and read
      const shoal::FeatureFile file = opened(argv[k], read);
      shoal::Matrix<float> x(file.rows(), file.cols());
      file.read(0, x);
      print(x);
    }
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
