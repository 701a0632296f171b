#include "support/refused.hpp"
#include "support/scratch.hpp"

#include <cmath>
#include <fstream>
#include <string>

#include <doctest/doctest.h>

#include <shoal/io/npy.hpp>
#include <shoal/laws/row_source.hpp>

using namespace shoal;

namespace {

/// A file of a header with this dtype and shape and `bytes` bytes of data.
ScratchPath file_of(const Scratch& folder, const char* dtype, std::vector<Index> shape, std::size_t bytes) {
  const auto path = folder / "made.npy";
  write_text(path, npy::format_header(dtype, shape) + std::string(bytes, '\0'));
  return path;
}

/// The message of the bad_file error that f throws.
template <class F> std::string refusal(F&& f) {
  const error e = test::error_of(f);
  CHECK(e.code() == Errc::bad_file);
  return e.what();
}

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("files that NumPy wrote: float32, float16 and bfloat16 hold the same numbers") {
  const std::string data = TEST_DATA "/";
  for (const char* name : {"float32.npy", "float16.npy", "bfloat16.npy", "version2.npy"}) {
    CAPTURE(name);
    const MappedRows rows = npy::map(data + name);
    CHECK(rows.rows() == 5);
    CHECK(rows.cols() == 3);
    laws::row_source(rows);
    Matrix<float> x(5, 3);
    rows.read(0, x);
    for (Index i = 0; i < 15; ++i) CHECK(x.data()[i] == (static_cast<float>(i) - 4.f) / 4.f);
  }
  const std::vector<Label> expected{3, -1, 0, 7};
  CHECK(npy::read_vector<Label>(data + "labels64.npy") == expected);
  CHECK(npy::read_vector<Label>(data + "labels8.npy") == expected);
  CHECK(npy::read_vector<float>(data + "float64.npy") == std::vector<float>{0.5f, -2.f});
}

TEST_CASE("what is written is read back, and is what NumPy writes but for the padding") {
  const Scratch folder("npy", memory_folder());
  npy::write(folder / "v.npy", std::vector<Index>{1, 1LL << 40});
  CHECK(npy::read_vector<Index>(folder / "v.npy") == std::vector<Index>{1, 1LL << 40});
  Matrix<float> m(3, 4, 2.5f);
  npy::write(folder / "m.npy", m.view().columns(1, 2));
  const MappedRows rows = npy::map(folder / "m.npy");
  CHECK(rows.cols() == 2);
  laws::row_source(rows);
  npy::write(folder / "n.npy", std::vector<Label>{});
  CHECK(npy::read_vector<Label>(folder / "n.npy").empty());
  npy::write(folder / "nn.npy", Matrix<Label>(2, 3, 9));
  CHECK(npy::read_matrix<Label>(folder / "nn.npy")(1, 2) == 9);
  CHECK(npy::read_matrix<Index>(folder / "nn.npy")(1, 2) == 9);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 4);  // no temporary is left
}

TEST_CASE("no rows map; no columns do not") {
  const Scratch folder("npy", memory_folder());
  CHECK(npy::map(file_of(folder, "<f4", {0, 4}, 0)).rows() == 0);
  CHECK(contains(refusal([&] { (void)npy::map(file_of(folder, "<f4", {4, 0}, 0)); }), "at least one column"));
}

TEST_CASE("each bad file is refused with what to do") {
  const Scratch folder("npy", memory_folder());
  const auto map = [&](const char* dtype, std::vector<Index> shape, std::size_t bytes) {
    return refusal([&] { (void)npy::map(file_of(folder, dtype, std::move(shape), bytes)); });
  };
  CHECK(contains(map("<f4", {2, 3}, 23), "truncated"));
  CHECK(contains(map("<f4", {2, 3}, 25), "1 bytes follow"));
  CHECK(contains(map(">f4", {2, 3}, 24), "big-endian"));
  CHECK(contains(map("<i4", {2, 3}, 24), "astype(numpy.float32)"));
  CHECK(contains(map("<i4", {2, 3}, 24), "'<i4'"));
  CHECK(contains(map("<f4", {6}, 24), "1-dimensional"));
  CHECK(contains(map("<f4", {Index{1} << 40, Index{1} << 40}, 24), "damaged"));
  CHECK(contains(map("|O", {2, 3}, 6), "'|O'"));
  CHECK(contains(refusal([] { (void)npy::map(TEST_DATA "/fortran.npy"); }), "ascontiguousarray"));
  CHECK(contains(refusal([] { (void)npy::map("/no/such.npy"); }), "/no/such.npy"));
  CHECK(contains(refusal([&] { (void)npy::map(folder.path); }), "regular file"));
  CHECK(
      contains(refusal([&] { npy::write(folder / "no/x.npy", std::vector<float>{1}); }), "can't be created"));

  const auto text = [&](const std::string& content) {
    write_text(folder / "text.npy", content);
    return refusal([&] { (void)npy::map(folder / "text.npy"); });
  };
  const std::string whole = npy::format_header("<f4", std::vector<Index>{2, 3}) + std::string(24, '\0');
  CHECK(contains(text(""), "not a .npy"));
  CHECK(contains(text("a,b\n1,2\nand more text"), "not a .npy"));
  CHECK(contains(text(whole.substr(0, 40)), "inside its header"));
  const auto damaged = [&](const char* from, const char* to) {
    std::string copy = whole;
    copy.replace(copy.find(from), std::strlen(from), to);
    return text(copy);
  };
  CHECK(contains(damaged("descr", "dascr"), "damaged"));
  CHECK(contains(damaged("False", "Felse"), "damaged"));
  CHECK(contains(damaged("(2, 3, )", "(2, -3,)"), "damaged"));
  CHECK(contains(damaged("(2, 3, )", "(2, 3   "), "damaged"));
  CHECK(contains(damaged("'<f4'", "[<f4'"), "records"));
  CHECK(contains(damaged("\x01", "\x07"), "version 7"));
}

TEST_CASE("any cut of a file is refused, none crashes") {
  const Scratch folder("npy", memory_folder());
  const std::string whole = npy::format_header("<f4", std::vector<Index>{2, 3}) + std::string(24, '\0');
  for (std::size_t length = 0; length < whole.size(); ++length) {
    write_text(folder / "cut.npy", whole.substr(0, length));
    CHECK_THROWS_AS((void)npy::map(folder / "cut.npy"), error);
  }
}

TEST_CASE("labels that do not fit, and floats for labels, are refused") {
  const Scratch folder("npy", memory_folder());
  npy::write(folder / "big.npy", std::vector<Index>{5, 1LL << 31});
  CHECK(contains(refusal([&] { (void)npy::read_vector<Label>(folder / "big.npy"); }),
                 "element 1 (2147483648)"));
  npy::write(folder / "f.npy", std::vector<float>{5});
  CHECK(contains(refusal([&] { (void)npy::read_vector<Label>(folder / "f.npy"); }), "integers are expected"));
  CHECK(contains(refusal([&] { (void)npy::read_matrix<float>(folder / "f.npy"); }), "1-dimensional"));
  CHECK(contains(refusal([&] { (void)npy::read_vector<float>(folder / "big.npy"); }), "floats are expected"));
}

TEST_CASE("what holds no numbers is called what it is") {
  const Scratch folder("npy", memory_folder());
  const auto says = [&](const char* dtype, const char* words, std::size_t bytes) {
    const auto path = file_of(folder, dtype, {2, 3}, bytes);
    CHECK(contains(refusal([&] { (void)npy::map(path); }), words));
    CHECK(contains(refusal([&] { (void)npy::read_matrix<Label>(path); }), words));
    CHECK(contains(refusal([&] { (void)npy::open(path); }), words));
  };
  says("<U1", "'<U1', text, where numbers are expected", 24);
  says("|S3", "byte strings", 18);
  says("|O", "Python objects", 100);
  says("|b1", "booleans", 6);
  says("<c8", "complex numbers", 48);
  says("<M8[ns]", "dates or times", 48);
  says("|V12", "records or plain bytes", 72);
  says("", "unknown kind", 6);
  says("x", "unknown kind", 6);
  says("<", "unknown kind", 6);
  for (const char* odd : {"<f", "f4", "<f44", "<f9", "<f0", "<i-1", "<fx"}) says(odd, "is not read here", 24);
  std::string records = npy::format_header("<f4", std::vector<Index>{1});
  records.replace(records.find("'<f4'"), 5, "[('a', '<i4'), ('b', '<f4')]");
  write_text(folder / "s.npy", records);
  CHECK(contains(refusal([&] { (void)npy::map(folder / "s.npy"); }), "records"));
}

TEST_CASE("no header is longer than a header needs to be") {
  const Scratch folder("npy", memory_folder());
  std::string long_header = "\x93NUMPY\x02" + std::string(1, '\0');
  for (const int byte : {0, 0, 32, 0}) long_header += static_cast<char>(byte);  // 2 MiB
  write_text(folder / "h.npy", long_header + std::string(2 << 20, ' '));
  CHECK(contains(refusal([&] { (void)npy::map(folder / "h.npy"); }), "a header of 2097152 bytes"));
}

TEST_CASE("numbers beyond float32 are refused, infinity stays what it is") {
  const Scratch folder("npy", memory_folder());
  const auto write = [&](double value) {
    write_text(folder / "d.npy", npy::format_header("<f8", std::vector<Index>{1}) +
                                     std::string(reinterpret_cast<const char*>(&value), sizeof value));
  };
  write(1e300);
  CHECK(contains(refusal([&] { (void)npy::read_vector<float>(folder / "d.npy"); }),
                 "element 0 (1e+300) is beyond float32"));
  write(HUGE_VAL);
  CHECK(npy::read_vector<float>(folder / "d.npy")[0] == HUGE_VALF);
  write(-3e38);
  CHECK(npy::read_vector<float>(folder / "d.npy")[0] == -3e38f);
}
