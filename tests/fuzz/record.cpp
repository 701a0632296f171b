// Records of runs: refused by the name of a field, or all that the report reads of it can be read.
#include "fuzz/target.hpp"

#include <run_record.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::each(data, size, [](const std::string& path) {
    const nlohmann::ordered_json run = read_record(path);
    for (const char* name : {"method", "features", "stopped", "loss_name", "loss_unit"})
      (void)run.value(name, std::string());
    for (const char* name : {"clusters", "columns"})
      fuzz::require(run.value(name, shoal::Index{0}) >= 0, "sizes that can be");
    (void)run.value("seed", std::uint64_t{0});
    (void)run.value("fit_seconds", 0.);
    (void)run.value("losses", std::vector<double>());
    fuzz::require(read_record(fuzz::file_of(run.dump(), 1)) == run, "a record is read back");
  });
}

extern "C" int LLVMFuzzerInitialize(int* arguments, char*** argument) {
  return fuzz::plant(
      *arguments, *argument,
      {R"({"method": "k-means", "clusters": 3, "columns": 8, "seed": 18446744073709551615})",
       R"({"features": "f.npy", "losses": [1, 0.5e-3], "loss_name": "x", "settings": {"a": [1]}})",
       R"({"stopped": "caf\u00e9", "loss_unit": "'; system", "fit_seconds": 1e400})",
       R"({"clusters": -1, "losses": [1, "x"]})", "{", "[]"});
}
