#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/io/npy_header.hpp>

using namespace shoal;
using npy::Header;

namespace {

Header parsed(std::string_view bytes) { return npy::parse_header(std::as_bytes(std::span(bytes)), "x.npy"); }

/// A header of format `version` with this dictionary, padded as numpy.save pads it.
std::string header_of(std::string dictionary, int version = 1) {
  const std::size_t start = version == 1 ? 10 : 12;
  dictionary.resize((start + dictionary.size() + 1 + 63) / 64 * 64 - start - 1, ' ');
  dictionary += '\n';
  std::string bytes = "\x93NUMPY";
  bytes += {static_cast<char>(version), '\0', static_cast<char>(dictionary.size() & 255),
            static_cast<char>(dictionary.size() >> 8)};
  if (version > 1) bytes += std::string(2, '\0');
  return bytes + dictionary;
}

void refused(const std::string& dictionary, const std::string& words) {
  CAPTURE(dictionary);
  test::refused(Errc::bad_file, words, [&] { (void)parsed(header_of(dictionary)); });
}

}  // namespace

TEST_CASE("what is formatted is parsed, and starts arrays on 64 bytes") {
  for (const char* dtype : {"<f4", "<f2", "|V2", "<i8", "|u1", ">f8"})
    for (const std::vector<Index>& shape : std::vector<std::vector<Index>>{
             {}, {0}, {7}, {0, 4}, {1'281'167, 1024}, {Index{1} << 58}, {1, 2, 3, 4, 5, 6, 7, 8}}) {
      const std::string bytes = npy::format_header(dtype, shape);
      const Header header = parsed(bytes);
      CHECK(header.dtype == dtype);
      CHECK(header.shape == shape);
      CHECK_FALSE(header.fortran);
      CHECK(header.offset == bytes.size());
      CHECK(header.offset % 64 == 0);
      CHECK(header.element_bytes() == static_cast<std::size_t>(dtype[2] - '0'));
    }
  CHECK(parsed(npy::format_header("<f4", std::vector<Index>{6, 7})).size() == 42);
  CHECK(parsed(npy::format_header("<f4", {})).size() == 1);
}

TEST_CASE("each way to write the dictionary is read, in each version of the format") {
  for (const char* text : {"{'descr': '<f4', 'fortran_order': True, 'shape': (3, 4), }",
                           "{\"descr\": \"<f4\", \"fortran_order\": True, \"shape\": (3, 4)}",
                           "{'shape':(3,4),'fortran_order':True,'descr':'<f4'}",
                           "{'shape': ( 3 , 4 , ), 'descr':   '<f4', 'fortran_order':  True}"})
    for (const int version : {1, 2, 3}) {
      const Header header = parsed(header_of(text, version));
      CHECK(header.dtype == "<f4");
      CHECK(header.fortran);
      CHECK(header.shape == std::vector<Index>{3, 4});
    }
}

TEST_CASE("any cut is refused, and so is any version but three") {
  const std::string whole = header_of("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }", 2);
  for (std::size_t length = 0; length < whole.size(); ++length)
    test::refused(Errc::bad_file, "x.npy", [&] { (void)parsed(std::string_view(whole).substr(0, length)); });
  for (int version = 0; version < 256; ++version) {
    if (version >= 1 && version <= 3) continue;
    std::string other = whole;
    other[6] = static_cast<char>(version);
    test::refused(Errc::bad_file, "version " + std::to_string(version), [&] { (void)parsed(other); });
  }
}

TEST_CASE("a shape whose bytes would not fit 63 bits is refused, whatever order its lengths have") {
  const auto shaped = [](const std::string& shape) {
    return "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + "}";
  };
  for (const char* shape :
       {"(4294967296, 4294967296)", "(0, 4294967296, 4294967296)", "(9223372036854775807,)",
        "(576460752303423488,)", "(18446744073709551616,)", "(-1,)", "(3, -4)", "(+3,)", "(3.0,)", "(0x3,)",
        "(3", "3)", "", "(a)", "[3, 4]", "(3 4 x)"})
    refused(shaped(shape), "damaged");
  CHECK(parsed(header_of(shaped("(576460752303423487,)"))).size() == 576460752303423487);
}

TEST_CASE("dtypes that are no numbers, or no dtypes, are called what they are") {
  const auto typed = [](const std::string& dtype) {
    return "{'descr': " + dtype + ", 'fortran_order': False, 'shape': (3,)}";
  };
  refused(typed("''"), "unknown kind");
  refused(typed("'<'"), "unknown kind");
  refused(typed("'<U1'"), "'<U1', text, where numbers are expected");
  refused(typed("'|O'"), "Python objects");
  refused(typed("'|V16'"), "records");
  refused(typed("[('a', '<i4')]"), "records");
  refused(typed("'<f16'"), "not read here");
  refused(typed("'<f"), "not read here");
  refused("{'fortran_order': False, 'shape': (3,), 'descr': '<f4", "damaged");
  refused(typed("'<f4', 'fortran_order': Maybe, 'x': 1"), "damaged");
  refused("{'fortran_order': False, 'shape': (3,)}", "damaged");
  refused("{'descr': '<f4', 'shape': (3,)}", "damaged");
  refused("{'descr': '<f4', 'fortran_order': False}", "damaged");
  refused("", "damaged");
}
