#include "io/formats.hpp"

#include <shoal/io/mapped_rows.hpp>

using namespace shoal;

TEST_CASE("mapped rows at any alignment and stride") {
  const Scratch folder("mapped-rows", memory_folder());
  for (const std::size_t offset : {0, 1, 3, 4}) {
    std::string bytes(offset, '?');
    for (Index i = 0; i < 15; ++i)
      bytes += formats::bytes_of(formats::number(i)) + (i % 3 == 2 ? "gap." : "");
    write_text((folder / "rows").string(), bytes);
    const MappedRows rows(MappedFile((folder / "rows").string()), {offset, Dtype::float32, 5, 3, 4});
    formats::check_rows(rows);
    CHECK(rows.dtype() == Dtype::float32);
    formats::check_rows(FileRows(InputFile((folder / "rows").string()), {offset, Dtype::float32, 5, 3, 4}));
  }
}
