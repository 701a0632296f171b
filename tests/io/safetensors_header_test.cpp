#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/io/safetensors_header.hpp>

TEST_CASE("headers of .safetensors files as JSON") {
  const auto parse = [](std::string_view text) { return shoal::safetensors::parse_header(text, "x"); };
  CHECK(parse("{}").empty());
  CHECK(parse(" { \"__metadata__\" : {} } \n").empty());
  const auto tensors =
      parse(R"({"a\"\u00e9\u20ac\n":{"shape":[2, 3],"dtype":"F32","data_offsets":[0,24]},)"
            R"("__metadata__":{"k":"v","l":"w"},"b":{"dtype":"I64","shape":[],"data_offsets":[24,32]}})");
  REQUIRE(tensors.size() == 2);
  CHECK(tensors[0].name == "a\"é€\n");
  CHECK(tensors[0].shape == std::vector<shoal::Index>{2, 3});
  CHECK(tensors[0].size() == 6);
  CHECK(tensors[0].end == 24);
  CHECK(tensors[1].size() == 1);
  CHECK(tensors[1].begin == 24);

  for (const char* bad :
       {"", "{", "{}}", "[]", "{\"a\"}", "{\"a\":1}", "{\"a\":{}}", R"({"a":{"dtype":"F32"}})",
        R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})",
        R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}})",
        R"({"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})",
        R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}})",
        R"({"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}})",
        R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"more":1}})",
        R"({"a":{"dtype":"","shape":[2],"data_offsets":[0,8]}})", R"({"\u12":{}})", R"({"\x":{}})",
        "{\"a\nb\":{}}", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},})"}) {
    CAPTURE(bad);
    test::refused(shoal::Errc::bad_file, "x has a damaged header", [&] { (void)parse(bad); });
  }
}
