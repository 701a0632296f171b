// Files of features that are not read here: what says so, with the line of Python that converts them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <shoal/core/check.hpp>

namespace shoal {

/// A kind of file that is not read here. FILE in `python` stands for its path.
struct ForeignFile {
  std::string_view suffix, what, python;
};

/// Whether a text may stand between quotes in a line that a shell or Python runs: a name from elsewhere, such
/// as "$(rm x).pt", must not be part of a command that a message offers.
[[nodiscard]] inline bool quotable(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < ' ' || std::string_view("'\"`$\\!").find(c) != std::string_view::npos)
      return false;
  return true;
}

/// A text that stands between quotes in such a line, or what stands for it there.
[[nodiscard]] inline std::string quoted_or(const std::string& text, const char* otherwise) {
  return quotable(text) ? text : otherwise;
}

/// The kinds that are known, by the ends of their names.
[[nodiscard]] inline std::span<const ForeignFile> foreign_files() {
  static constexpr std::string_view torch =
      "import numpy, torch; numpy.save('features.npy', torch.load('FILE', "
      "map_location='cpu', weights_only=True).float().numpy())";
  static constexpr std::string_view pickled =
      "import numpy; numpy.save('features.npy', numpy.asarray(numpy.load('FILE', "
      "allow_pickle=True), 'float32'))";
  static constexpr std::string_view hdf5 =
      "import h5py, numpy; numpy.save('features.npy', h5py.File('FILE')['NAME'][:])";
  static constexpr std::string_view parquet =
      "import numpy, pandas; numpy.save('features.npy', numpy.stack(pandas.read_parquet('FILE')['COLUMN']))";
  static constexpr std::string_view arrow =
      "import numpy, pandas; numpy.save('features.npy', numpy.stack(pandas.read_feather('FILE')['COLUMN']))";
  static constexpr ForeignFile kinds[] = {
      {".pt", "a PyTorch file", torch},
      {".pth", "a PyTorch file", torch},
      {".pkl", "a pickle", pickled},
      {".pickle", "a pickle", pickled},
      {".zarr", "a Zarr array",
       "import numpy, zarr; numpy.save('features.npy', zarr.open('FILE', mode='r')[:])"},
      {".h5", "an HDF5 file", hdf5},
      {".hdf5", "an HDF5 file", hdf5},
      {".parquet", "a Parquet file", parquet},
      {".arrow", "an Arrow file", arrow},
      {".feather", "an Arrow file", arrow},
      {".mat", "a MATLAB file",
       "import numpy, scipy.io; numpy.save('features.npy', scipy.io.loadmat('FILE')['NAME'])"},
  };
  return kinds;
}

/// Throws bad_file, with the line of Python that converts it, for the path of a file of a kind that is not
/// read here; `name` begins the message.
inline void refuse_foreign(std::string path, const std::string& name) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();  // a Zarr array is a folder
  for (const ForeignFile& kind : foreign_files()) {
    if (!path.ends_with(kind.suffix)) continue;
    std::string line(kind.python);
    line.replace(line.find("FILE"), 4, quoted_or(path, "FILE"));
    fail(Errc::bad_file, name, " is ", kind.what, ", which is not read here. ",
         line.find("pickle=True") == std::string::npos
             ? "Convert it"
             : "It can run any code when it is read; convert it if you trust it",
         ": python3 -c \"", line, "\"");
  }
}

}  // namespace shoal
